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

// Each component is a name.
bool is_plain(const std::string& path) {
    return path.find("//") == std::string::npos && path.find("/./") == std::string::npos &&
           path.find("/../") == std::string::npos && !path.ends_with("/") && !path.ends_with("/.") &&
           !path.ends_with("/..") && path.find('\0') == std::string::npos;
}

std::string below(const std::string& real, const std::string& root) {
    auto rest = real.substr(root.size());
    if (rest.starts_with('/')) rest.erase(0, 1);
    return rest;
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

const root_directories::root* root_directories::containing(const std::string& real) const {
    const root* within = nullptr;
    for (const auto& one : roots_)
        if (lies_below_any(real, {one.real})) within = &one;
    return within;
}

// -1 where it has to be resolved first.
int root_directories::open_as_spelled(const std::string& path, int flags) const {
    const auto* within = containing(path);
    if (within == nullptr || !is_plain(path)) return -1;
    return open_beneath(within->directory.number(), below(path, within->real), flags);
}

result<root_directories::opened> root_directories::open(const std::string& operation, const std::string& path,
                                                        int flags) const {
    if (paths_.empty()) {
        open_descriptor anywhere(::open(path.c_str(), flags));
        if (anywhere.number() < 0) return file_failure(operation, path, errno);
        return opened{std::move(anywhere)};
    }
    if (open_descriptor spelled(open_as_spelled(path, flags)); spelled.number() >= 0)
        return opened{std::move(spelled), true};
    std::optional<root_directories> anew;
    for (int tries = 0; tries < most_tries; ++tries) {
        // After a race a root may be another, too.
        if (tries > 0) anew.emplace(paths_);
        const auto& roots = anew ? *anew : *this;
        const auto real = real_path(operation, path);
        if (!real) return real.error();
        const auto* within = roots.containing(*real);
        if (within == nullptr && roots.unusable_root_) return *roots.unusable_root_;
        if (within == nullptr)
            return failure{failure_code::not_permitted, operation, path,
                           fmt::format("it leads to {}, outside the local roots", *real)};
        open_descriptor found(open_beneath(within->directory.number(), below(*real, within->real), flags));
        if (found.number() >= 0) return opened{std::move(found)};
        if (!is_race(errno)) return file_failure(operation, path, errno);
    }
    return failure{failure_code::changed, operation, path,
                   "it leads to another place each time it is looked at"};
}

result<open_descriptor> open_directory(const std::string& operation, const std::string& path,
                                       const root_directories& roots) {
    auto found = roots.open(operation, path, as_directory);
    if (!found) return found.error();
    return std::move(found->descriptor);
}

result<regular_file> open_regular(const std::string& operation, const std::string& path,
                                  const root_directories& roots) {
    // Opening a device or a FIFO may already do something: its type is asked first.
    if (auto seen = stat_regular(operation, path); !seen) return seen.error();
    auto opened = roots.spell(path) ? roots.open(operation, path, to_read)
                                    : root_directories({}).open(operation, path, to_read);
    if (!opened) return opened.error();
    auto identity = stat_open(operation, path, opened->descriptor.number());
    if (!identity) return identity.error();
    return regular_file{std::move(opened->descriptor), *identity, opened->is_real_path};
}

}  // namespace suprsync
