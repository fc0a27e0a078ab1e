#include "storage/disk/beneath.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "engine/rules/registration_rules.hpp"

namespace suprsync {

namespace {

constexpr int most_tries = 5;
// O_NONBLOCK is for a FIFO that takes the file's place after it was looked at.
constexpr int to_read = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

// The path was another when it was opened than when it was resolved.
bool is_race(int error) {
    return error == ELOOP || error == EXDEV || error == EAGAIN || error == ENOENT || error == ENOTDIR;
}

}  // namespace

result<std::string> real_path(const std::string& operation, const std::string& path) {
    if (path.find('\0') != std::string::npos)
        return failure{failure_code::invalid, operation, path, "the path holds a NUL byte"};
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    if (!real) return file_failure(operation, path, errno);
    return std::string(real.get());
}

root_directories::root_directories(std::vector<std::string> paths)
    : paths_(std::move(paths)), spellings_(paths_) {
    for (const auto& path : paths_) take(open_root(path));
}

root_directories::root_directories(std::vector<std::string> paths, std::vector<result<root>> opened)
    : paths_(std::move(paths)), spellings_(paths_) {
    for (auto& one : opened) take(std::move(one));
}

result<root_directories::root> root_directories::open_root(const std::string& path) {
    constexpr const char* operation = "open the local root";
    auto real = real_path(operation, path);
    if (!real) return real.error();
    open_descriptor at(::open(real->c_str(), as_directory));
    if (at.number() < 0) return file_failure(operation, path, errno);
    return root{path, std::move(*real), std::move(at)};
}

void root_directories::take(result<root> opened) {
    if (!opened) {
        if (opened.error().code != failure_code::not_found) unusable_root_ = opened.error();
        return;
    }
    spellings_.push_back(opened->real);
    roots_.push_back(std::move(*opened));
}

bool root_directories::spell(const std::string& path) const { return spelled_below_any(path, spellings_); }

result<open_descriptor> root_directories::open(const std::string& operation, const std::string& path,
                                               int flags) const {
    if (paths_.empty()) {
        open_descriptor opened(::open(path.c_str(), flags));
        if (opened.number() < 0) return file_failure(operation, path, errno);
        return opened;
    }
    std::optional<root_directories> anew;
    for (int tries = 0; tries < most_tries; ++tries) {
        // After a race a root may be another, too.
        if (tries > 0) anew.emplace(paths_);
        const auto& roots = anew ? *anew : *this;
        const auto real = real_path(operation, path);
        if (!real) return real.error();
        const root* within = nullptr;
        for (const auto& one : roots.roots_)
            if (lies_below_any(*real, {one.real})) within = &one;
        if (within == nullptr && roots.unusable_root_) return *roots.unusable_root_;
        if (within == nullptr)
            return failure{failure_code::not_permitted, operation, path,
                           fmt::format("it leads to {}, outside the local roots", *real)};
        auto below = real->substr(within->real.size());
        if (below.starts_with('/')) below.erase(0, 1);
        open_descriptor opened(open_beneath(within->directory.number(), below, flags));
        if (opened.number() >= 0) return opened;
        if (!is_race(errno)) return file_failure(operation, path, errno);
    }
    return failure{failure_code::changed, operation, path,
                   "it leads to another place each time it is looked at"};
}

result<open_descriptor> open_directory(const std::string& operation, const std::string& path,
                                       const root_directories& roots) {
    return roots.open(operation, path, as_directory);
}

result<regular_file> open_regular(const std::string& operation, const std::string& path,
                                  const root_directories& roots) {
    // Opening a device or a FIFO may already do something: its type is asked first.
    if (auto seen = stat_regular(operation, path); !seen) return seen.error();
    auto opened = roots.spell(path) ? roots.open(operation, path, to_read)
                                    : root_directories({}).open(operation, path, to_read);
    if (!opened) return opened.error();
    auto identity = stat_open(operation, path, opened->number());
    if (!identity) return identity.error();
    return regular_file{std::move(*opened), *identity};
}

}  // namespace suprsync
