// A transport's private place under the runtime directory: control sockets and trees of symbolic links.
// Nobody can guess its name, and it is locked as long as it is in use; what earlier processes left beside it
// is removed, and made anew is what somebody removed under us (spec, Our own place).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

class runtime_directory {
  public:
    /// Makes `<parent>/run-<random>` (mode 0700; in own_place(parent)) in the first parent where that is
    /// possible, and removes those that nobody has locked. Failures, of the last parent:
    /// not_permitted, io.
    static result<runtime_directory> make(std::vector<std::string> parents);
    runtime_directory(runtime_directory&& other) noexcept;
    runtime_directory& operator=(runtime_directory&& other) noexcept;
    ~runtime_directory();

    const std::string& path() const { return path_; }

    /// Whether the directory is still there: sessions that end and cleaners of temporary files remove it.
    bool stands() const;

    /// A name in it that was not handed out before. Where it went away it is made anew; where that cannot be
    /// done, using the name fails.
    std::string next(const std::string& prefix);

  private:
    runtime_directory(std::vector<std::string> parents, std::string path, int lock)
        : parents_(std::move(parents)), path_(std::move(path)), lock_(lock) {}
    void remove();

    std::vector<std::string> parents_;
    std::string path_;
    int lock_ = -1;  // the directory itself, locked
    unsigned count_ = 0;
};

}  // namespace suprsync
