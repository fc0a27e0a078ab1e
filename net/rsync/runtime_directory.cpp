#include "net/rsync/runtime_directory.hpp"

#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "net/process/marked_processes.hpp"
#include "net/rsync/own_place.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr std::string_view own_prefix = "run-";

/// The number of a process says nothing where several have pid namespaces of their own and this directory in
/// common; a lock is gone exactly when its owner is.
void sweep(const std::string& parent) {
    std::error_code ignored;
    for (fs::directory_iterator entry(parent, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        if (!entry->path().filename().native().starts_with(own_prefix)) continue;
        const directory_descriptor left(entry->path().native());
        std::error_code kept;
        if (!left.lock(LOCK_EX | LOCK_NB)) continue;
        // Where the guardian was killed with its daemon, connections are left that nobody can use any more.
        end_marked_processes_of(entry->path().native());
        fs::remove_all(entry->path(), kept);
    }
}

struct made_directory {
    std::string path;
    int lock = -1;
};

result<made_directory> make_in(const std::string& wanted) {
    auto place = own_place(wanted);
    if (!place) return place.error();
    const auto& parent = *place;
    // Held while one is made and not locked yet, so that nobody sweeps it; no longer than that takes.
    const directory_descriptor turn(parent);
    if (!turn.lock(LOCK_EX)) return cannot_make(parent, errno);
    sweep(parent);
    auto path = parent + "/" + std::string(own_prefix) + "XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return cannot_make(path, errno);
    // The directory itself: cleaners of temporary files leave one alone that is locked, and no file in it can
    // be lost.
    directory_descriptor made(path);
    if (!made.lock(LOCK_EX | LOCK_NB)) return cannot_make(path, errno);
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
