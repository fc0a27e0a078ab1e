#include "net/rsync/runtime_directory.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr std::string_view own_prefix = "run-";

failure io_failure(const std::string& path, const std::error_code& error) {
    const auto code = error == std::errc::permission_denied ? failure_code::not_permitted : failure_code::io;
    return {code, "make the private directory", path, error.message()};
}

failure io_failure(const std::string& path) { return io_failure(path, {errno, std::generic_category()}); }

class directory_descriptor {
  public:
    explicit directory_descriptor(const std::string& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}
    directory_descriptor(const directory_descriptor&) = delete;
    directory_descriptor& operator=(const directory_descriptor&) = delete;
    ~directory_descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    bool lock(int how) const { return fd_ >= 0 && ::flock(fd_, how) == 0; }
    int release() { return std::exchange(fd_, -1); }

  private:
    int fd_;
};

/// The number of a process says nothing where several have pid namespaces of their own and this directory in
/// common; a lock is gone exactly when its owner is.
void sweep(const std::string& parent) {
    std::error_code ignored;
    for (fs::directory_iterator entry(parent, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        if (!entry->path().filename().native().starts_with(own_prefix)) continue;
        const directory_descriptor left(entry->path().native());
        std::error_code kept;
        if (left.lock(LOCK_EX | LOCK_NB)) fs::remove_all(entry->path(), kept);
    }
}

struct made_directory {
    std::string path;
    int lock = -1;
};

result<made_directory> make_in(const std::string& parent) {
    std::error_code error;
    if (!fs::exists(parent, error)) {
        fs::create_directories(fs::path(parent).parent_path(), error);
        if (::mkdir(parent.c_str(), 0700) != 0 && errno != EEXIST) return io_failure(parent);
    }
    // In a directory for everybody, such as /tmp, somebody else may have made one of that name.
    struct stat facts{};
    if (::lstat(parent.c_str(), &facts) != 0) return io_failure(parent);
    if (!S_ISDIR(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & 022) != 0)
        return failure{
            failure_code::not_permitted, "use the private directory", parent,
            "it must be a directory of this user that nobody else may write to; remove it, or set XDG_RUNTIME_DIR"};
    // Held while one is made and not locked yet, so that nobody sweeps it; no longer than that takes.
    const directory_descriptor turn(parent);
    if (!turn.lock(LOCK_EX)) return io_failure(parent);
    sweep(parent);
    auto path = parent + "/" + std::string(own_prefix) + "XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return io_failure(path);
    // The directory itself: cleaners of temporary files leave one alone that is locked, and no file in it can
    // be lost.
    directory_descriptor made(path);
    if (!made.lock(LOCK_EX | LOCK_NB)) return io_failure(path);
    return made_directory{std::move(path), made.release()};
}

}  // namespace

result<runtime_directory> runtime_directory::make(std::vector<std::string> parents) {
    failure why{failure_code::io, "make the private directory", "", "there is no place for it"};
    for (const auto& parent : parents) {
        auto made = make_in(parent);
        if (made) return runtime_directory(std::move(parents), std::move(made->path), made->lock);
        why = made.error();
    }
    return why;
}

runtime_directory::runtime_directory(runtime_directory&& other) noexcept
    : parents_(std::move(other.parents_)),
      path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, -1)),
      count_(other.count_) {}

runtime_directory& runtime_directory::operator=(runtime_directory&& other) noexcept {
    std::swap(parents_, other.parents_);
    std::swap(path_, other.path_);
    std::swap(lock_, other.lock_);
    std::swap(count_, other.count_);
    return *this;
}

runtime_directory::~runtime_directory() { remove(); }

// Where another directory has the name, it is not ours to remove.
void runtime_directory::remove() {
    std::error_code ignored;
    if (!path_.empty() && stands()) fs::remove_all(path_, ignored);
    if (lock_ >= 0) ::close(std::exchange(lock_, -1));
}

bool runtime_directory::stands() const {
    struct stat locked{}, at_path{};
    return ::fstat(lock_, &locked) == 0 && ::lstat(path_.c_str(), &at_path) == 0 &&
           locked.st_dev == at_path.st_dev && locked.st_ino == at_path.st_ino;
}

std::string runtime_directory::next(const std::string& prefix) {
    if (!stands())
        if (auto anew = make(parents_)) {
            std::swap(path_, anew->path_);
            std::swap(lock_, anew->lock_);
        }
    return path_ + "/" + prefix + std::to_string(count_++);
}

}  // namespace suprsync
