// Whether the clock of this machine is believed (spec, The clock): days are announced and local files deleted
// by it. Decisions and texts, no I/O.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/clock_reading.hpp"

namespace suprsync {

/// Clocks that are apart by less (s) are taken as equal.
inline constexpr double clock_tolerance = 60;

/// Seconds that a destination's clock is ahead of this machine's.
inline double ahead_by(const destination_clock& there, const clock_reading& here) {
    return there.set_to - here.set_to;
}
/// By more than the tolerance, for sure.
bool differs(double seconds, double uncertainty);

enum class clock_state {
    trusted,
    jumped,               ///< set while we watched, and nothing vouches for it
    unlike_destinations,  ///< nothing keeps it in step, and no destination's clock agrees with it
};

/// `last`: when it was last believed; none where it never was. `others`: those destinations of which the
/// clock is known.
clock_state judge_clock(const clock_reading& here, const std::optional<trusted_clock>& last,
                        const std::vector<destination_clock>& others);

/// Whether a person has accepted the clock since this machine was started.
bool is_accepted(const std::optional<trusted_clock>& last, const clock_reading& here);

/// What to remember of a clock that is believed.
trusted_clock trusted_now(const clock_reading& here, const std::optional<trusted_clock>& last);

/// A time that is past by whichever clock of those that disagree is the right one.
epoch_seconds certainly_past(const clock_reading& here, const std::optional<trusted_clock>& last,
                             const std::vector<destination_clock>& others);

/// Whether what needs the time must wait for a clock in this state: it may be ahead of the right time. By one
/// that is only behind, nothing is announced or deleted too early.
bool may_be_ahead(clock_state state, const clock_reading& here, const std::optional<trusted_clock>& last,
                  const std::vector<destination_clock>& others);

/// What is wrong with a clock that nothing vouches for, where no destination answers.
std::string describe_without_witness(const clock_reading& here);

/// What is wrong with it, for the condition; empty where it is trusted.
std::string describe(clock_state state, const clock_reading& here, const std::optional<trusted_clock>& last,
                     const std::vector<destination_clock>& others);

}  // namespace suprsync
