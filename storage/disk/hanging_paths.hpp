// The local paths of which a call does not come back. One waits alone; where a second one of the same file
// system hangs, the others there are not asked either.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace suprsync {

/// Where the path lies, by its text alone, since nothing of a file system that hangs may be asked: the mount
/// point above it; its directory where that is "/".
std::string mount_of(const std::string& path);

class hanging_paths {
  public:
    void begins(const std::string& path);
    /// It came back.
    void ends(const std::string& path);
    bool holds_up(const std::string& path) const;
    std::size_t count() const { return hanging_.size(); }

  private:
    struct one {
        std::string path;
        std::string mount;
    };
    std::vector<one> hanging_;
};

}  // namespace suprsync
