#include "net/place/spelling.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/text.hpp"
#include "net/place/file_systems.hpp"

namespace suprsync {

namespace {

bool is_there(int directory, const std::string& path, struct ::stat& seen) {
    return ::fstatat(directory, path.c_str(), &seen, 0) == 0;
}

bool same_file(const struct ::stat& a, const struct ::stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// One letter of it, the one that other names have most.
std::optional<std::string> in_other_case(const std::string& name) {
    constexpr std::string_view letters = "aeioutsnrdlmbcfghjkpqvwxyz";
    for (const char letter : letters) {
        const char capital = static_cast<char>(letter - 'a' + 'A');
        for (const auto [own, other] : {std::pair(letter, capital), std::pair(capital, letter)}) {
            const auto at = name.find(own);
            if (at == std::string::npos) continue;
            auto changed = name;
            changed[at] = other;
            return changed;
        }
    }
    return std::nullopt;
}

// Whether what stands there may be listed under another name: the name has what case is not all of, or
// reaches something with a letter of the other case, too.
bool may_be_another(int directory, const std::string& name) {
    const auto is_plain = [](char c) { return c >= ' ' && c < '~'; };
    if (!std::all_of(name.begin(), name.end(), is_plain) || name.ends_with('.') || name.ends_with(' '))
        return true;
    const auto other = in_other_case(name);
    struct ::stat seen{};
    return other && is_there(directory, *other, seen);
}

// Of the first name with a letter in so many levels; none where there is none.
std::optional<bool> first_folds(int directory, int levels) {
    const int own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (own < 0) return std::nullopt;
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::fdopendir(own), ::closedir);
    while (const auto* entry = open ? ::readdir(open.get()) : nullptr) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        if (in_other_case(name)) return folds(own, name);
        if (levels < 2) continue;
        const open_descriptor below(
            ::openat(own, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        const auto found = below ? first_folds(below.number(), levels - 1) : std::nullopt;
        if (found) return found;
    }
    return std::nullopt;
}

// None: it is listed, or not there.
std::optional<std::string> other_listing(int directory, const std::string& name) {
    struct ::stat meant{};
    const bool leads_somewhere = is_there(directory, name, meant);
    std::string listed;
    const int own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (own >= 0) {
        const std::unique_ptr<DIR, int (*)(DIR*)> open(::fdopendir(own), ::closedir);
        while (const auto* entry = open ? ::readdir(open.get()) : nullptr) {
            if (name == entry->d_name) return std::nullopt;
            struct ::stat seen{};
            if (listed.empty() && leads_somewhere && std::string_view(entry->d_name) != "." &&
                std::string_view(entry->d_name) != ".." && is_there(directory, entry->d_name, seen) &&
                same_file(seen, meant))
                listed = entry->d_name;
        }
    }
    struct ::stat link{};
    if (!leads_somewhere && ::fstatat(directory, name.c_str(), &link, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    return listed;
}

}  // namespace

std::optional<std::string> listed_otherwise(int root, const std::string& path) {
    std::string so_far;
    int at = root;
    std::optional<std::string> found;
    for (std::size_t begin = 0; begin < path.size() && !found;) {
        const auto slash = std::min(path.find('/', begin), path.size());
        const auto name = path.substr(begin, slash - begin);
        if (may_be_another(at, name))
            if (const auto other = other_listing(at, name)) found = other->empty() ? "" : so_far + *other;
        so_far += name + "/";
        begin = slash + 1;
        if (found || begin >= path.size()) break;
        const int next = ::openat(at, name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (at != root) ::close(at);
        at = next;
        if (at < 0) return std::nullopt;
    }
    if (at != root) ::close(at);
    return found;
}

bool folds(int directory, const std::string& name) {
    struct ::stat own{};
    struct ::stat seen{};
    const auto other = in_other_case(name);
    return other && is_there(directory, name, own) && is_there(directory, *other, seen) &&
           same_file(own, seen);
}

bool ignores_case(int directory, const std::string& real_path) {
    if (file_system_of(directory).ignores_case) return true;
    struct ::stat own{};
    struct ::stat above{};
    if (::fstat(directory, &own) == 0 && ::fstatat(directory, "..", &above, 0) == 0 &&
        own.st_dev == above.st_dev) {
        const int parent = ::openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        const bool folded = parent >= 0 && folds(parent, std::string(name_of(real_path)));
        if (parent >= 0) ::close(parent);
        if (folded) return true;
    }
    return first_folds(directory, 2).value_or(false);
}

}  // namespace suprsync
