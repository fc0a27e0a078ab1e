// Copies that were verified once and are asked for again (spec, Checking copies again): which rows have one,
// what an answer of the destination says of it, and how much is asked for at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/model/destination.hpp"
#include "engine/model/file.hpp"
#include "engine/model/removed_day.hpp"

namespace suprsync {

/// Whether the destination is to have a copy of this row, whether the local file is still here or not. One
/// that a later row superseded has none any more, and nobody looks after an ignored one.
bool is_to_be_there(const file_row& row, bool superseded);

enum class copy_finding {
    fine,
    accepted,       ///< it is not there, and somebody said that its day was removed on purpose
    vanished,       ///< there is nothing, or no regular file, or what is another file's
    wrong_size,     ///< other content, as its size tells
    wrong_content,  ///< other content of that size
    unanswered,     ///< nothing is known: it cannot be read, or takes too long
};
inline constexpr std::size_t copy_findings = 6;

/// "wrong_size", as JSON shows it.
std::string_view name_of(copy_finding finding);

/// Whether the copy is known not to be as it was verified.
constexpr bool is_bad(copy_finding finding) {
    return finding == copy_finding::vanished || finding == copy_finding::wrong_size ||
           finding == copy_finding::wrong_content;
}

/// What was asked of a copy: its content, too, or the size alone.
enum class check_depth { size, content };

/// `bytes`: of the verified file, where that is known; `day`: what is on record of its timecode.
copy_finding judge_copy(const file_row& row, std::optional<std::uint64_t> bytes,
                        const std::optional<removed_day>& day, const stat_answer& answer, check_depth depth);

/// The same for people: "other content stands there (12 bytes, verified 13)"; '' where it is fine.
std::string describe(copy_finding finding, const file_row& row, std::optional<std::uint64_t> bytes,
                     const stat_answer& answer);

/// What one command asks for.
struct check_portion {
    std::size_t files = 0;
    std::uint64_t bytes = 0;  ///< of content that is read there; one file may have more

    /// After a command that took too long: half of it. Nothing is left to halve where one file did.
    bool halve();
};

/// Some seconds of reading at `rate` (bytes a second; none: as fast as it goes).
check_portion portion_at(std::optional<double> rate, check_depth depth);

/// A file of which no size is on record may have so many bytes, for a time limit, and is likely to have so
/// many, for a portion.
inline constexpr std::uint64_t bytes_of_unknown = 1 << 28;
inline constexpr std::uint64_t likely_bytes_of_unknown = 20'000'000;

/// How fast (bytes a second) content is read within a command, where a file of `largest` bytes takes longer
/// than a portion is to; none: as fast as it goes. A file is read within longest_reading_of_a_file, so that
/// whoever waits for a command's end does not wait for hours; what is too fast by that is rested for
/// afterwards.
std::optional<double> pace_within(std::optional<double> rate, std::uint64_t largest);
inline constexpr double longest_reading_of_a_file = 600;  // s

/// Seconds to wait before the next command, so that `bytes` that were read in `elapsed` s are no more than
/// `rate` allows.
double rest_after(std::optional<double> rate, std::uint64_t bytes, double elapsed);

}  // namespace suprsync
