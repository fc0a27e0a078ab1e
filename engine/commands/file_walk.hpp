// Files below a directory, one after another: nothing of the tree is kept in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/file.hpp"

namespace suprsync {

struct found_file {
    std::string path;      ///< root and relative path, joined
    std::string relative;  ///< to the root
    std::uint64_t bytes = 0;
    epoch_seconds mtime = 0;
    std::string problem;  ///< not empty: it cannot be read, and why
};

class file_walk {
  public:
    /// Regular files, and symbolic links to such, in no order; links to directories are not followed. What
    /// lies in a directory that cannot be read is left out, and the directory is a problem. Throws
    /// std::filesystem::filesystem_error where that is the root.
    explicit file_walk(const std::filesystem::path& root);

    /// The next one; none at the end.
    std::optional<found_file> next();

  private:
    std::optional<found_file> stat_file(const std::filesystem::path& path) const;

    const std::filesystem::path root_;
    std::vector<std::filesystem::directory_iterator> places_;  // one for each directory down to where we are
};

}  // namespace suprsync
