#include "net/rsync/own_place.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr std::size_t random_letters = 6;

bool is_ours(const std::string& path) {
    struct stat facts{};
    return ::lstat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == ::geteuid() &&
           (facts.st_mode & 022) == 0;
}

// In the order of their names, so that all of this user's daemons choose the same.
std::vector<std::string> others_beside(const std::string& wanted) {
    const fs::path path(wanted);
    const auto beginning = path.filename().native() + "-";
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator entry(path.parent_path(), error), end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (name.starts_with(beginning) && name.size() == beginning.size() + random_letters &&
            is_ours(entry->path().native()))
            found.push_back(entry->path().native());
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

failure cannot_make(const std::string& path, int number) {
    const std::error_code error(number, std::generic_category());
    const auto code = error == std::errc::permission_denied ? failure_code::not_permitted : failure_code::io;
    return {code, "make the private directory", path, error.message()};
}

directory_descriptor::directory_descriptor(const std::string& path)
    : open_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}

bool directory_descriptor::lock(int how) const { return open_ && ::flock(open_.number(), how) == 0; }

result<std::string> own_place(const std::string& wanted) {
    std::error_code error;
    fs::create_directories(fs::path(wanted).parent_path(), error);
    if (::mkdir(wanted.c_str(), 0700) != 0 && errno != EEXIST) return cannot_make(wanted, errno);
    if (is_ours(wanted)) return wanted;
    if (auto found = others_beside(wanted); !found.empty()) return std::move(found.front());
    auto another = wanted + "-" + std::string(random_letters, 'X');
    if (::mkdtemp(another.data()) != nullptr) return another;
    return failure{
        failure_code::not_permitted, "use the private directory", wanted,
        "it must be a directory of this user that nobody else may write to, and none can be made beside it: remove it, or set XDG_RUNTIME_DIR"};
}

std::vector<std::string> own_places_made(const std::string& wanted) {
    auto found = others_beside(wanted);
    if (is_ours(wanted)) found.insert(found.begin(), wanted);
    return found;
}

}  // namespace suprsync
