// A timecode directory that somebody removed at the destination, and what a person said to that.
#pragma once

#include "engine/model/file.hpp"

namespace suprsync {

enum class removal_choice {
    none = 0,        ///< nobody has said anything: its files wait
    accepted = 1,    ///< what is here goes, too
    send_again = 2,  ///< it was a mistake
};

struct removed_day {
    int timecode = 0;
    epoch_seconds noticed_at = 0;
    removal_choice choice = removal_choice::none;
    epoch_seconds chosen_at = 0;

    bool waits() const { return choice == removal_choice::none; }
    bool operator==(const removed_day&) const = default;
};

}  // namespace suprsync
