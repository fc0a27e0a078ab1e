#include "net/place/tried_links.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/files/open_descriptor.hpp"
#include "net/place/shown_by_kernel.hpp"
#include "net/place/slot_lock.hpp"
#include "net/place/spelling.hpp"

namespace suprsync {

namespace {

constexpr const char* common_name = ".probe.";
constexpr int most_tries = 5;

// How old they are does not matter: whoever is at it at this moment finds its names gone, and begins anew.
void take_leftovers(int in) {
    std::error_code unknown;
    for (std::filesystem::directory_iterator entry(shown_by_kernel(in), unknown), end;
         !unknown && entry != end; entry.increment(unknown)) {
        const auto name = entry->path().filename().native();
        if (name.starts_with(common_name)) ::unlinkat(in, name.c_str(), 0);
    }
}

bool was_gone(int in, const std::string& name) {
    return ::unlinkat(in, name.c_str(), 0) != 0 && errno == ENOENT;
}

// FUSE may keep what it told for a second.
bool are_two_names_of_one(int in, const std::string& one, const std::string& other) {
    struct ::stat first{};
    struct ::stat second{};
    return ::fstatat(in, one.c_str(), &first, 0) == 0 && ::fstatat(in, other.c_str(), &second, 0) == 0 &&
           first.st_ino == second.st_ino && first.st_dev == second.st_dev && first.st_nlink == 2;
}

// None: somebody else took the names away meanwhile, so that nothing of it counts.
std::optional<tried_links> try_once(int in) {
    take_leftovers(in);
    tried_links found;
    const auto name = fmt::format("{}{}", common_name, ::gettid());
    const auto second = name + ".2";
    const open_descriptor file(
        ::openat(in, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) found.error = errno;
    if (file && ::linkat(in, name.c_str(), in, second.c_str(), 0) != 0) found.error = errno;
    const bool linked = found.error == 0;
    found.counted = linked && are_two_names_of_one(in, name, second);
    found.ignores_case = linked && folds(in, name);
    const open_descriptor directory(::openat(in, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    found.not_entered = directory ? 0 : errno;
    found.locks_directory = can_lock(directory.number());
    found.locks_file = can_lock(file.number());
    const bool gone = file && was_gone(in, name);
    const bool second_gone = linked && was_gone(in, second);
    if (gone || second_gone) return std::nullopt;
    return found;
}

}  // namespace

tried_links try_links(int directory) {
    for (int tried = 0; tried < most_tries; ++tried)
        if (auto found = try_once(directory)) return *found;
    tried_links disturbed;
    disturbed.error = EAGAIN;
    return disturbed;
}

}  // namespace suprsync
