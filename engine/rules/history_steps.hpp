// How long the history of an archive is kept and how finely, how it is put together to longer steps, and in
// which steps a question is answered (spec, History).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/history.hpp"

namespace suprsync {

inline constexpr double history_minute = 60;
inline constexpr double history_hour = 3600;
/// How long minutes are kept, and hours (s).
inline constexpr double minutes_kept = 14 * 86400.0;
inline constexpr double hours_kept = 2 * 365 * 86400.0;
/// Points that one answer has at most.
inline constexpr std::size_t most_history_points = 2000;

/// The begin of the step that holds the time.
epoch_seconds step_of(epoch_seconds at, double step);

/// Minutes that begin before this are not kept any more, nor hours before the other; both at the begin of an
/// hour.
epoch_seconds minutes_from(epoch_seconds now);
epoch_seconds hours_from(epoch_seconds now);

/// Two parts of one span as one, the later one second: what happened is added, how it stood is that of the
/// later where it was known there.
history_point together(history_point earlier, const history_point& later);

/// Adds a point to those of the same step, or behind them; points come in the order of their times.
void add_to_steps(std::vector<history_point>& steps, const history_point& point, double step);

/// The range of a question, its ends on steps. What is not given: a day until now, in the shortest step that
/// makes at most `most` points; what was before anything is kept is left out. Failure `invalid`: it ends
/// before it begins, or the step is no whole number of minutes, or makes too many points.
result<history_range> choose_history_range(const history_request& request, epoch_seconds now,
                                           std::size_t most = most_history_points);

}  // namespace suprsync
