// The slow check of copies in the background (spec, The scrub): when a round begins and goes on, what goes
// first, and what follows from what it finds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/kept_copy.hpp"
#include "engine/rules/copy_check.hpp"

namespace suprsync {

/// What a round covers is fixed when it begins: `newest` is the highest id then.
scrub_state begin_round(scrub_state before, file_id newest, epoch_seconds now);

/// All up to `reached` was asked for; `over`: nothing of the round lies behind.
scrub_state go_on(scrub_state before, file_id reached, bool over, epoch_seconds now);

/// How much of the round under way was asked for, of 1, by ids; none where none is.
std::optional<double> round_done(const scrub_state& state);

/// Seconds until a round is to begin; 0: now, or one is under way. One that takes longer than `every` is
/// followed by the next at once, and no faster than `rate` either way.
double until_next_round(const scrub_state& state, double every, epoch_seconds now);

/// Since when every copy was verified or asked for; none before the first whole round.
std::optional<epoch_seconds> oldest_check(const scrub_state& state);

/// What is more urgent than a check, or goes on beside it.
struct scrub_surroundings {
    bool rests = false;     ///< the archive is paused
    bool reachable = true;  ///< the destination answers
    bool copying = false;
    bool deleting = false;
    bool doubtful = false;  ///< copies that may not be on the disk there are read anew
    bool once = false;      ///< nobody comes back
};

enum class scrub_pace {
    none,   ///< not now
    share,  ///< beside other work: share_beside_work of the rate, on an average
    full,
};
inline constexpr double share_beside_work = 0.1;
inline constexpr double share_without_a_rate = 2e6;  ///< bytes a second, where the rate has no limit
scrub_pace scrub_pace_of(const scrub_surroundings& now);

enum class scrub_step {
    none,  ///< it is as it was verified, or its absence is meant
    mend,  ///< it is sent again, once (judge_lost_copy()); what stands there is kept in replaced/
    tell,  ///< nothing mends it by itself
};

/// Whether the row's local file is here to be sent again.
enum class local_file { here, gone, not_known };

/// `day`: what is on record of its timecode. What has vanished is never sent again by a check, but where a
/// person has said so of its day.
scrub_step judge_scrubbed(copy_finding finding, const file_row& row, local_file here,
                          const std::optional<removed_day>& day);

/// Those that are kept on record, of an archive: what is more is found again when these are mended.
inline constexpr std::size_t most_bad_copies = 1000;
/// Of these, those of days that were removed there as a whole: they must not hide what else is lost.
inline constexpr std::size_t most_of_removed_days = 750;

/// Whether it vanished with its day, and a person is asked what is right with that (condition day_removed):
/// it is no other condition's.
bool is_of_removed_day(const bad_copy& bad);

/// The condition's message: how many of what, the first of them, and what to do. `bad` is not empty.
std::string tell_bad_copies(const std::string& archive, const std::string& destination,
                            const std::vector<bad_copy>& bad);

/// Ids behind which copies are looked for, evenly among all up to `newest`, where some are to stand for all.
std::vector<file_id> sample_points(file_id newest, std::size_t samples);

/// Which of these are asked for by their content, the smallest first, so that no more than `most_bytes` are
/// read; the others, and those of unknown size, by their sizes.
std::vector<bool> sampled_by_content(const std::vector<std::optional<std::uint64_t>>& sizes,
                                     std::uint64_t most_bytes);

}  // namespace suprsync
