// What prepare() learnt of a place and every later function builds on.
#pragma once

#include <string>

#include "engine/model/destination.hpp"
#include "engine/rules/mode_changes.hpp"

namespace suprsync {

enum class lock_kind { directory, file };

struct base_state {
    std::string base;  ///< real path
    base_identity identity;
    std::string staging;  ///< empty: nothing can be staged
    std::string boot;     ///< of this machine
    lock_kind locks = lock_kind::directory;
    bool ignores_case = false;   ///< the file system takes IV.dat and iv.dat for one name
    bool asker_is_here = false;  ///< whoever asks is on this machine
    mode_changes modes;          ///< what --chmod makes of modes
    bool sets_modes = false;     ///< there is a --chmod
    unsigned umask = 0;          ///< the account's
    bool prepared = false;

    std::string in() const { return staging + "/in"; }
    std::string kept() const { return staging + "/replaced"; }
};

}  // namespace suprsync
