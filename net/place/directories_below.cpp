#include "net/place/directories_below.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/text.hpp"
#include "net/place/entering.hpp"
#include "net/place/shown_by_kernel.hpp"
#include "net/place/spelling.hpp"

namespace suprsync {

namespace {

constexpr const char* other_file_system =
    "//it is another file system than the base directory, and staged files cannot be linked to it: make it a directory of the same one, or an archive of its own";

std::string account() { return name_of_account(::geteuid()); }

bool is_directory(int root, const std::string& path) {
    struct ::stat seen{};
    return ::fstatat(root, path.empty() ? "." : path.c_str(), &seen, 0) == 0 && S_ISDIR(seen.st_mode);
}

std::string above(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

// Calls `visit` with "a", "a/b" and "a/b/c" until it returns false.
template <class Visit>
void each_on_the_way(const std::string& path, Visit visit) {
    for (std::size_t slash = 0; slash < path.size();) {
        slash = std::min(path.find('/', slash + 1), path.size());
        if (!visit(path.substr(0, slash))) return;
    }
}

bool has_default_acl(int directory) {
    return ::getxattr(shown_by_kernel(directory).c_str(), "system.posix_acl_default", nullptr, 0) > 0;
}

}  // namespace

open_descriptor directories_below::enter(const std::string& directory) const {
    if (!directory.empty() && listed_otherwise(root_, directory)) return {};
    const auto* path = directory.empty() ? "." : directory.c_str();
    open_descriptor entered;
    for (int tries = 0; tries < 5 && !entered; ++tries) {
        // Another name may be moved at that moment: EAGAIN says that it is not known.
        entered = open_descriptor(options_.follow_links ? ::openat(root_, path, as_directory)
                                                        : open_beneath(root_, directory, as_directory));
        if (!entered && errno != EAGAIN) return entered;
    }
    if (entered && !may_enter(entered.number())) return {};
    return entered;
}

// With the mode that --chmod gives directories; without it, what the account's umask leaves. A default ACL of
// the directory above takes the place of a umask.
int directories_below::make(const std::string& directory) const {
    const auto parent = enter(above(directory));
    if (!parent) return ENOTDIR;
    const std::string name(name_of(directory));
    const unsigned wanted = state_.modes.of_directory(0755);
    const bool by_mask = state_.sets_modes && !has_default_acl(parent.number());
    if (::mkdirat(parent.number(), name.c_str(), by_mask ? wanted & 0777 : 0777) != 0) return errno;
    if (!state_.sets_modes) return 0;
    const open_descriptor made(::openat(parent.number(), name.c_str(), as_directory | O_NOFOLLOW));
    struct ::stat seen{};
    if (!made || ::fstat(made.number(), &seen) != 0) return errno;
    const auto as_it_is = seen.st_mode & 07777;
    auto mode = as_it_is | (wanted & 07000);
    if (by_mask) mode = (mode & 07000) | (wanted & 0777);
    if (mode != as_it_is && ::chmod(shown_by_kernel(made.number()).c_str(), mode) != 0) return errno;
    return 0;
}

open_descriptor directories_below::enter_or_make(const std::string& directory) const {
    auto entered = enter(directory);
    if (entered || directory.empty()) return entered;
    each_on_the_way(directory,
                    [&](const std::string& path) { return is_directory(root_, path) || make(path) == 0; });
    return enter(directory);
}

directories_below::obstacle directories_below::problem_of(const std::string& directory) const {
    obstacle found;
    each_on_the_way(directory, [&](const std::string& path) {
        if (is_directory(root_, path)) {
            if (enter(path)) return true;
            if (const auto listed = listed_otherwise(root_, path)) {
                found.held_back = path + "//it is listed as " + (listed->empty() ? "another" : *listed) +
                                  " there, where case is ignored: give both one name";
                return false;
            }
            const open_descriptor there(::openat(root_, path.c_str(), as_directory));
            if (!there || !may_enter(there.number()))
                found.held_back = path + "//the account " + account() + " may not enter it";
            else
                found.held_back = path + "//a symbolic link there leads to " + real_path_of(there.number()) +
                                  ": set remote_links to follow where that is meant, or remove it";
            return false;
        }
        struct ::stat seen{};
        if (::fstatat(root_, path.c_str(), &seen, AT_SYMLINK_NOFOLLOW) == 0) {
            found.why = error_text(ENOTDIR);
            return false;
        }
        if (const int error = make(path)) {
            found.why = error_text(error);
            found.held_back = problem_by(above(path), error);
            return false;
        }
        return true;
    });
    return found;
}

std::string directories_below::problem_by(const std::string& directory, int error) const {
    const open_descriptor there(::openat(root_, directory.empty() ? "." : directory.c_str(), as_directory));
    switch (error) {
        case EACCES:
        case EPERM:
            if (there && ::faccessat(there.number(), ".", W_OK, AT_EACCESS) == 0) return {};
            return directory + "//the account " + account() + " may not write in it: give it permission";
        case EXDEV:
            return directory + other_file_system;
        case EROFS:
            if (there && on_one_file_system(there.number(), root_)) return {};
            return directory + other_file_system;
        default:
            return {};
    }
}

}  // namespace suprsync
