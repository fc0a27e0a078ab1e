// What an archive did over time: a figure of each minute, and of each hour for longer (spec, History).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/file.hpp"
#include "engine/model/latencies.hpp"

namespace suprsync {

/// What happened in a span of time, and how it stood at its end.
struct history_point {
    epoch_seconds at = 0;  ///< when the span begins
    double seconds = 0;    ///< of it that a daemon saw: what happened in the rest nobody knows
    std::uint64_t sent_bytes = 0;
    std::uint64_t verified_bytes = 0;
    std::int64_t verified_files = 0;
    std::int64_t waiting_files = 0;  ///< at the end, neither verified nor ignored nor failed
    std::int64_t failed_files = 0;   ///< at the end
    latencies verified_after;        ///< from registration to verified, of the files that were verified
    std::optional<std::uint64_t> free_here;  ///< bytes at the end, where they were known
    std::optional<std::uint64_t> free_there;

    bool operator==(const history_point&) const = default;
};

/// A minute of one archive, as it is recorded.
struct archive_minute {
    std::string archive;
    history_point point;
};

/// Points from `from` on and before `to`, both at the begin of a step, one for each step of which anything is
/// known.
struct history_range {
    epoch_seconds from = 0;
    epoch_seconds to = 0;
    double step = 0;  ///< s

    bool operator==(const history_range&) const = default;
};

struct history_query {
    std::string archive;
    history_range range;
    epoch_seconds now = 0;  ///< minutes are kept for some time before it
};

/// How free space goes: at the latest look, and by the straight line through the last hours.
struct space_forecast {
    std::uint64_t free = 0;                  ///< bytes
    epoch_seconds at = 0;                    ///< when that was seen
    std::optional<double> bytes_per_second;  ///< how it changes, negative where it fills; none: on no line
    std::optional<double> full_in;           ///< s from `at`; none: not foreseen

    bool operator==(const space_forecast&) const = default;
};

/// The history of one archive, as people ask for it.
struct archive_history {
    std::string archive;
    history_range range;
    std::vector<history_point> points;
    std::optional<space_forecast> here;  ///< none: the free space is not known now
    std::optional<space_forecast> there;
};

/// What is not said is chosen (engine/rules/history_steps.hpp).
struct history_request {
    std::string archive;
    std::optional<epoch_seconds> from;
    std::optional<epoch_seconds> to;
    std::optional<double> step;
};

}  // namespace suprsync
