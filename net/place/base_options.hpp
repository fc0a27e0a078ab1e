// What is to be known of a destination where our own code works: what the scripts are told by their settings.
#pragma once

#include <string>

#include "engine/model/settings.hpp"

namespace suprsync {

struct base_options {
    std::string base;           ///< base directory, an absolute path, as it was configured
    std::string staging_dir;    ///< absolute; empty: `.suprsync` beside the real path of the base directory
    std::string archive;        ///< its name: a directory in staging has it
    std::string chmod;          ///< as rsync's --chmod; empty: modes are left to the account's umask
    bool follow_links = false;  ///< symbolic links below the base directory may lead anywhere
    bool from_disk = false;  ///< what stands in a file's way is read past the page cache (verify_from: disk)
    std::string asker_boot;  ///< boot id of the machine that asks: it tells whether objects are on that one
    std::string name;        ///< the destination, for failures: "/base", "user@host:/base"
};

/// Of an archive, as this machine asks for it.
base_options base_options_for(const archive_configuration& archive);

}  // namespace suprsync
