// A transport's private place under the runtime directory: control sockets and trees of symbolic links. What
// earlier processes left in the same runtime directory is removed.
#pragma once

#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

class runtime_directory {
  public:
    /// Makes `<parent>/<pid>.<number>` (mode 0700; the parent, too, where it is missing) and removes those of
    /// processes that are gone. Failures: not_permitted, io.
    static result<runtime_directory> make(const std::string& parent);
    runtime_directory(runtime_directory&& other) noexcept;
    runtime_directory& operator=(runtime_directory&& other) noexcept;
    ~runtime_directory();

    const std::string& path() const { return path_; }

    /// A name in it that was not handed out before.
    std::string next(const std::string& prefix);

  private:
    explicit runtime_directory(std::string path) : path_(std::move(path)) {}
    std::string path_;
    unsigned count_ = 0;
};

}  // namespace suprsync
