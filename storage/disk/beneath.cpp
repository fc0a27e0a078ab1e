#include "storage/disk/beneath.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/rules/registration_rules.hpp"
#include "storage/disk/file_facts.hpp"

namespace suprsync {

namespace {

constexpr int most_tries = 5;
constexpr int as_directory = O_PATH | O_DIRECTORY | O_CLOEXEC;

std::optional<std::string> resolved(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    if (!real) return std::nullopt;
    return std::string(real.get());
}

// Component by component, none of them a link, for kernels and sandboxes without openat2.
int walk(int root, std::string_view below) {
    int at = ::openat(root, ".", as_directory);
    while (at >= 0 && !below.empty()) {
        const auto slash = below.find('/');
        const std::string name(below.substr(0, slash));
        below = slash == std::string_view::npos ? std::string_view() : below.substr(slash + 1);
        const int next = ::openat(at, name.c_str(), as_directory | O_NOFOLLOW);
        const int error = errno;
        ::close(at);
        errno = error;
        at = next;
    }
    return at;
}

int open_below(int root, const std::string& below) {
    open_how how{};
    how.flags = as_directory;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const auto opened = ::syscall(SYS_openat2, root, below.empty() ? "." : below.c_str(), &how, sizeof how);
    if (opened >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(opened);
    return walk(root, below);
}

// The path was another when it was opened than when it was resolved.
bool is_race(int error) {
    return error == ELOOP || error == EXDEV || error == EAGAIN || error == ENOENT || error == ENOTDIR;
}

}  // namespace

open_descriptor::~open_descriptor() {
    if (number_ >= 0) ::close(number_);
}

bool open_descriptor::close() { return ::close(std::exchange(number_, -1)) == 0; }

result<open_descriptor> open_directory(const std::string& operation, const std::string& path,
                                       const std::vector<std::string>& roots) {
    if (roots.empty()) {
        open_descriptor opened(::open(path.c_str(), as_directory));
        if (opened.number() < 0) return file_failure(operation, path, errno);
        return opened;
    }
    for (int tries = 0; tries < most_tries; ++tries) {
        const auto real = resolved(path);
        if (!real) return file_failure(operation, path, errno);
        std::string root;
        for (const auto& one : roots)
            if (auto real_root = resolved(one); real_root && lies_below_any(*real, {*real_root}))
                root = *real_root;
        if (root.empty())
            return failure{failure_code::not_permitted, operation, path,
                           fmt::format("it leads to {}, outside the local roots", *real)};
        const open_descriptor at(::open(root.c_str(), as_directory));
        if (at.number() < 0) return file_failure(operation, root, errno);
        auto below = real->substr(root.size());
        if (below.starts_with('/')) below.erase(0, 1);
        open_descriptor opened(open_below(at.number(), below));
        if (opened.number() >= 0) return opened;
        if (!is_race(errno)) return file_failure(operation, path, errno);
    }
    return failure{failure_code::changed, operation, path,
                   "it leads to another place each time it is looked at"};
}

}  // namespace suprsync
