// Registers all files below a directory, a thousand in a transaction: a tree of millions is never in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/commands/tool_arguments.hpp"

namespace suprsync {

struct tree_settings {
    std::filesystem::path root;
    std::string archive;
    std::string remote_prefix;  ///< '' or with a slash at its end
    double last_edit = 60;      ///< s
    bool dry = false;           ///< only tell what would be registered
    bool md5 = true;
    bool deletable = true;
    int jobs = 2;  ///< files of which the MD5 sum is computed at a time
    std::string catalog_path;
};

struct tree_tally {
    struct file {
        std::string local_path;
        std::string remote_path;
    };
    std::uint64_t checked = 0;
    std::uint64_t registered = 0;
    std::uint64_t bytes = 0;  ///< of those registered
    std::uint64_t registered_already = 0;
    std::uint64_t changed_recently = 0;  ///< within `last_edit`
    std::uint64_t refused = 0;           ///< named on standard error
    std::vector<file> examples;          ///< of a dry run
};

/// Every regular file below the root that the archive does not have yet. What cannot be registered is named
/// on standard error, and everything else is registered. The catalog is the one that the arguments name
/// (tool_catalog). Throws failure_error where the catalog fails, std::filesystem::filesystem_error where the
/// root cannot be read.
tree_tally register_tree(const tree_settings& settings, const tool_arguments& arguments);

}  // namespace suprsync
