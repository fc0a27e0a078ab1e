// What a machine says of its clock, and how clocks compare.
#pragma once

#include <string>

#include "engine/model/file.hpp"

namespace suprsync {

/// This machine's clock at a moment. What is set with the clock changes `set_to`; what passes does not.
struct clock_reading {
    std::string boot;           ///< which run of the kernel (boot_id)
    double since_start = 0;     ///< s, suspended or not
    epoch_seconds set_to = 0;   ///< what the clock says less `since_start`
    bool synchronized = false;  ///< the kernel is told by a program (chrony, ntpd) that the clock is right

    epoch_seconds now() const { return set_to + since_start; }
};

/// What the clock was set to when it was last believed.
struct trusted_clock {
    std::string boot;
    epoch_seconds set_to = 0;
    bool accepted = false;  ///< by a person, whatever speaks against it (`suprsync accept-clock`)
    bool operator==(const trusted_clock&) const = default;
};

/// What the clock of a destination on another machine is set to, reckoned from the start of this one.
struct destination_clock {
    epoch_seconds set_to = 0;
    double uncertainty = 0;  ///< s
    double heard_at = 0;     ///< s since the start of this machine
};

}  // namespace suprsync
