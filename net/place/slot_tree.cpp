#include "net/place/slot_tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr int to_change = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

}  // namespace

std::string slot_error::text() const {
    return fmt::format("{} \"{}\" failed: {} ({})", what, path, error_text(number), number);
}

open_descriptor slot_tree::fail(const char* what, const std::string& path) {
    error_ = {what, path, errno};
    return {};
}

// Step by step, whatever is no directory on the way giving way.
open_descriptor slot_tree::make(const std::string& directory) {
    open_descriptor at;
    for (std::size_t begin = 0; begin <= directory.size();) {
        const auto end = std::min(directory.find('/', begin), directory.size());
        const auto name = directory.substr(begin, end - begin);
        const auto path = directory.substr(0, end);
        const int above = begin == 0 ? slot_ : at.number();
        open_descriptor next(::openat(above, name.c_str(), as_directory | O_NOFOLLOW));
        if (!next) {
            if (errno == ENOTDIR || errno == ELOOP) ::unlinkat(above, name.c_str(), 0);
            if (::mkdirat(above, name.c_str(), 0700) != 0 && errno != EEXIST) return fail("mkdir", path);
            next = open_descriptor(::openat(above, name.c_str(), as_directory | O_NOFOLLOW));
        }
        if (!next) return fail("open", path);
        at = std::move(next);
        begin = end + 1;
    }
    return at;
}

int slot_tree::directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    auto directory = slash == std::string::npos ? std::string() : path.substr(0, slash);
    if (directory == directory_) return open_ ? open_.number() : slot_;
    open_ = {};
    directory_ = "/";
    if (!directory.empty()) {
        open_ = open_descriptor(open_beneath(slot_, directory, as_directory));
        if (!open_) open_ = make(directory);
        if (!open_) return -1;
    }
    directory_ = std::move(directory);
    return open_ ? open_.number() : slot_;
}

slot_tree::opened slot_tree::open(const std::string& path, unsigned mode) {
    opened found;
    const int at = directory_of(path);
    if (at < 0) return found;
    const std::string name(name_of(path));
    const auto make = [&] {
        found.file = open_descriptor(::openat(at, name.c_str(), to_change | O_CREAT | O_EXCL, mode));
        found.made = static_cast<bool>(found.file);
        return found.made;
    };
    if (make()) return found;
    if (errno != EEXIST) {
        fail("open", path);
        return found;
    }
    struct ::stat seen{};
    if (::fstatat(at, name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) != 0) {
        fail("stat", path);
    } else if (S_ISREG(seen.st_mode) && seen.st_nlink == 1) {
        found.file = open_descriptor(::openat(at, name.c_str(), to_change));
        if (!found.file && errno == EACCES && ::fchmodat(at, name.c_str(), 0600, 0) == 0)
            found.file = open_descriptor(::openat(at, name.c_str(), to_change));
        if (!found.file) fail("open", path);
        found.size = static_cast<std::uint64_t>(seen.st_size);
    } else if (::unlinkat(at, name.c_str(), S_ISDIR(seen.st_mode) ? AT_REMOVEDIR : 0) != 0) {
        fail("could not make way for new regular file: open", path);
    } else if (!make()) {
        fail("open", path);
    }
    return found;
}

// Without --chmod a new file has got its mode from the one that it was made with, and from the umask or a
// default ACL.
int seal_staged(int file, const base_state& state, unsigned mode, std::int64_t mtime_ns, bool made) {
    constexpr std::int64_t second = 1'000'000'000;
    const bool kept = made && !state.sets_modes;
    const auto wanted = state.sets_modes ? state.modes.of_file(mode) : mode & 0777 & ~state.umask;
    if (!kept && ::fchmod(file, wanted) != 0) return errno;
    auto seconds = mtime_ns / second;
    if (mtime_ns % second < 0) --seconds;
    const struct ::timespec times[2] = {{0, UTIME_OMIT}, {seconds, mtime_ns - seconds * second}};
    return ::futimens(file, times) == 0 ? 0 : errno;
}

}  // namespace suprsync
