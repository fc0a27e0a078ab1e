#include "net/place/tree_walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

namespace suprsync {

namespace {

bool walk_below(int directory, const std::string& path, const std::function<bool(const tree_entry&)>& visit) {
    const int own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (own < 0) return !is_shortage(errno);
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::fdopendir(own), ::closedir);
    if (!open) {
        ::close(own);
        return false;
    }
    while (const auto* found = ::readdir(open.get())) {
        const std::string_view name = found->d_name;
        if (name == "." || name == "..") continue;
        tree_entry entry{own, std::string(name), path + std::string(name), {}};
        if (::fstatat(own, found->d_name, &entry.facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (S_ISDIR(entry.facts.st_mode)) {
            const int below = ::openat(own, found->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            const bool on = below < 0 ? !is_shortage(errno) : walk_below(below, entry.path + "/", visit);
            if (below >= 0) ::close(below);
            if (!on) return false;
        }
        if (!visit(entry)) return false;
    }
    return true;
}

}  // namespace

bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM; }

bool walk_tree(int directory, const std::function<bool(const tree_entry&)>& visit) {
    return walk_below(directory, "", visit);
}

void prune_tree(int directory) {
    walk_tree(directory, [](const tree_entry& entry) {
        if (S_ISDIR(entry.facts.st_mode)) ::unlinkat(entry.directory, entry.name.c_str(), AT_REMOVEDIR);
        return true;
    });
}

}  // namespace suprsync
