#include "engine/files/open_beneath.hpp"

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "engine/files/open_descriptor.hpp"

namespace suprsync {

namespace {

// Component by component, none of them a link, for kernels and sandboxes without openat2.
int walk(int root, std::string_view below, int flags) {
    if (below.empty()) return ::openat(root, ".", flags);
    int at = ::openat(root, ".", as_directory);
    while (at >= 0 && !below.empty()) {
        const auto slash = below.find('/');
        const std::string name(below.substr(0, slash));
        const bool last = slash == std::string_view::npos;
        below = last ? std::string_view() : below.substr(slash + 1);
        const int next = ::openat(at, name.c_str(), (last ? flags : as_directory) | O_NOFOLLOW);
        const int error = errno;
        ::close(at);
        errno = error;
        at = next;
    }
    return at;
}

}  // namespace

open_descriptor::~open_descriptor() {
    if (number_ >= 0) ::close(number_);
}

bool open_descriptor::close() { return ::close(std::exchange(number_, -1)) == 0; }

int open_beneath(int directory, const std::string& below, int flags) {
    open_how how{};
    how.flags = static_cast<unsigned>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const auto opened =
        ::syscall(SYS_openat2, directory, below.empty() ? "." : below.c_str(), &how, sizeof how);
    if (opened >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(opened);
    return walk(directory, below, flags);
}

}  // namespace suprsync
