// Opens what a path leads to so that what was judged is what is opened: the path is resolved, a root that
// contains the result chosen, and the result opened from that root's descriptor without following anything on
// the way. A path that leads there without any link needs no resolving: that is tried first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

/// Where a path leads, every symbolic link resolved. Failures: as file_failure, invalid (a NUL byte).
result<std::string> real_path(const std::string& operation, const std::string& path);

/// The directories below which files may be opened, themselves open: asked for once, for many files. None:
/// anywhere.
class root_directories {
  public:
    struct root {
        std::string path;
        std::string real;
        open_descriptor directory;
    };

    explicit root_directories(std::vector<std::string> paths);
    /// Of roots that were opened by open_root(), each by itself, since one may hang.
    root_directories(std::vector<std::string> paths, std::vector<result<root>> opened);
    static result<root> open_root(const std::string& path);

    /// Whether the path is spelled below one of them, as they were given or links resolved.
    bool spell(const std::string& path) const;

    struct opened {
        open_descriptor descriptor;
        bool is_real_path = false;  ///< no symbolic link was on the way; false: not known
    };
    /// Opens what `path` leads to (open(2)'s flags). Failures: as file_failure, `not_permitted` where it lies
    /// outside the roots, `changed` where the path led somewhere else each time.
    result<opened> open(const std::string& operation, const std::string& path, int flags) const;

  private:
    void take(result<root> opened);
    const root* containing(const std::string& real) const;
    int open_as_spelled(const std::string& path, int flags) const;
    std::vector<std::string> paths_;
    std::vector<std::string> spellings_;
    std::vector<root> roots_;               // those that are there
    std::optional<failure> unusable_root_;  // why one that is there cannot be opened
};

/// A directory (O_PATH); failures as root_directories::open.
result<open_descriptor> open_directory(const std::string& operation, const std::string& path,
                                       const root_directories& roots);

/// A regular file that is open for reading, and what fstat(2) says of it.
struct regular_file {
    open_descriptor descriptor;
    file_identity identity;
    bool is_real_path = false;  ///< as root_directories::opened
};

/// Below the roots where the path is spelled below one of them; anywhere else, and through any links, where
/// it is not (spec, What may be registered). Failures: as stat_regular and root_directories::open.
result<regular_file> open_regular(const std::string& operation, const std::string& path,
                                  const root_directories& roots);

}  // namespace suprsync
