#include "net/rsync/runtime_directory.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "engine/model/text.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

failure io_failure(const std::string& path, const std::error_code& error) {
    const auto code = error == std::errc::permission_denied ? failure_code::not_permitted : failure_code::io;
    return {code, "make the private directory", path, error.message()};
}

/// The process that an entry `<pid>.<number>` belongs to; 0 where the name is not one of ours.
pid_t owner_of(std::string_view name) {
    const auto pid = take_number<pid_t>(name);
    return pid && *pid > 0 && name.starts_with('.') ? *pid : 0;
}

/// In a container every start may have the same pid, so the first use of a directory by this process removes
/// what carries its own number, too.
void sweep(const std::string& parent, bool first_use) {
    std::error_code ignored;
    for (fs::directory_iterator entry(parent, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        const pid_t owner = owner_of(entry->path().filename().native());
        if (owner == 0) continue;
        const bool gone = owner == ::getpid() ? first_use : (::kill(owner, 0) != 0 && errno == ESRCH);
        std::error_code kept;
        if (gone) fs::remove_all(entry->path(), kept);
    }
}

}  // namespace

result<runtime_directory> runtime_directory::make(const std::string& parent) {
    static std::set<std::string> used;
    static unsigned made = 0;
    std::error_code error;
    if (!fs::exists(parent, error)) {
        fs::create_directories(fs::path(parent).parent_path(), error);
        if (::mkdir(parent.c_str(), 0700) != 0 && errno != EEXIST)
            return io_failure(parent, {errno, std::generic_category()});
    }
    // In a directory for everybody, such as /tmp, somebody else may have made one of that name.
    struct stat facts{};
    if (::lstat(parent.c_str(), &facts) != 0) return io_failure(parent, {errno, std::generic_category()});
    if (!S_ISDIR(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & 022) != 0)
        return failure{
            failure_code::not_permitted, "use the private directory", parent,
            "it must be a directory of this user that nobody else may write to; remove it, or set XDG_RUNTIME_DIR"};
    sweep(parent, used.insert(parent).second);
    auto path = parent + "/" + std::to_string(::getpid()) + "." + std::to_string(made++);
    if (::mkdir(path.c_str(), 0700) != 0) return io_failure(path, {errno, std::generic_category()});
    return runtime_directory(std::move(path));
}

runtime_directory::runtime_directory(runtime_directory&& other) noexcept
    : path_(std::exchange(other.path_, {})), count_(other.count_) {}

runtime_directory& runtime_directory::operator=(runtime_directory&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(count_, other.count_);
    return *this;
}

runtime_directory::~runtime_directory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

std::string runtime_directory::next(const std::string& prefix) {
    return path_ + "/" + prefix + std::to_string(count_++);
}

}  // namespace suprsync
