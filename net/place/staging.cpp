#include "net/place/staging.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <tuple>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/text.hpp"
#include "net/place/entering.hpp"
#include "net/place/file_systems.hpp"
#include "net/place/shown_by_kernel.hpp"
#include "net/place/tree_walk.hpp"
#include "net/place/tried_links.hpp"

namespace suprsync {

namespace {

constexpr unsigned of_others = 077;
constexpr unsigned writable_by_others = 022;

using problem = std::optional<staging_problem>;

problem refused(std::string why) { return staging_problem{std::move(why), {}}; }

// What the place does not allow is a refusal of staging. A full or failing disk is neither that nor for ever.
problem refused_by(const std::string& what, int error) {
    auto why = what + ": " + error_text(error);
    switch (error) {
        case EACCES:
        case EPERM:
        case EOPNOTSUPP:
        case ENOSYS:
        case EMLINK:
        case EXDEV:
        case ENOTDIR:
        case ELOOP:
        case EEXIST:
        case EINVAL:
            return staging_problem{std::move(why), {}};
        default:
            return staging_problem{{}, std::move(why)};
    }
}

struct ::stat facts_of(int descriptor) {
    struct ::stat seen{};
    ::fstat(descriptor, &seen);
    return seen;
}

bool is_own(int directory) { return facts_of(directory).st_uid == ::geteuid(); }
bool is_closed(int directory) { return (facts_of(directory).st_mode & of_others) == 0; }

// By the path that the kernel shows: the descriptor is open by O_PATH.
bool change_mode(int directory, unsigned mode) {
    return ::chmod(shown_by_kernel(directory).c_str(), mode & 07777) == 0;
}

// Whoever may write in what contains it may stage there, too; but nobody is to rename what is not his own.
bool is_safe(int directory) {
    const auto mode = facts_of(directory).st_mode;
    return (mode & writable_by_others) == 0 || (mode & S_ISVTX) != 0;
}

class staging_maker {
  public:
    staging_maker(int base, const std::string& real, const base_options& options)
        : base_(base), real_(real), options_(options) {}

    problem make(const std::string& catalog_uuid, made_staging& made) {
        const auto beside = real_.substr(0, real_.rfind('/')) + "/.suprsync";
        is_default_ = options_.staging_dir.empty();
        const auto directory = is_default_ ? beside : options_.staging_dir;
        const auto root = directory + "/" + catalog_uuid + "/" + options_.archive;
        if (!root.starts_with('/')) return refused("remote_staging_dir is not an absolute path");
        if (auto bad = look_at(root)) return bad;
        open_descriptor at;
        if (auto bad = enter_common(directory, at)) return bad;
        for (const auto& name : {catalog_uuid, options_.archive})
            if (auto bad = make_private(at, name)) return bad;
        open_descriptor kept(::openat(at.number(), ".", as_directory));
        if (!kept) return refused_by(real_path_of(at.number()) + " cannot be entered", errno);
        if (auto bad = make_private(kept, "replaced")) return bad;
        made.path = real_path_of(at.number());
        if (lies_inside(made.path)) return refused(made.path + " lies inside the base directory");
        if (auto bad = make_private(at, "in")) return bad;
        in_ = real_path_of(at.number());
        if (auto bad = take_over(at.number(), kept.number())) return bad;
        if (!on_one_file_system(base_, at.number())) return refused(in_ + " is on another file system");
        inherit(at.number());
        if (auto bad = look_at_links(at.number(), made)) return bad;
        made.in = std::move(at);
        return std::nullopt;
    }

  private:
    bool lies_inside(const std::string& path) const {
        const auto within = real_ == "/" ? real_ : real_ + "/";
        return (path + "/").starts_with(within);
    }

    // Before anything is made: where it would lie.
    problem look_at(const std::string& root) const {
        auto nearest = root;
        std::error_code unknown;
        while (!std::filesystem::is_directory(nearest, unknown)) {
            nearest.resize(nearest.rfind('/'));
            if (nearest.empty()) nearest = "/";
        }
        const open_descriptor there(::open(nearest.c_str(), as_directory));
        if (!there) return refused_by(nearest + " cannot be entered", errno);
        if (!may_enter(there.number())) return refused(nearest + " cannot be entered");
        auto real = real_path_of(there.number());
        if (real == "/") real.clear();
        if (lies_inside(real + root.substr(nearest == "/" ? 0 : nearest.size())))
            return refused(root + " lies inside the base directory");
        if (on_one_file_system(base_, there.number())) return std::nullopt;
        const open_descriptor above(::openat(base_, "..", as_directory));
        if (!above) return refused_by("the directory above " + real_ + " cannot be entered", errno);
        if (real_ == "/" || !on_one_file_system(base_, above.number()))
            return refused(real_ + " is a mount point");
        return refused(nearest + " is on another file system");
    }

    // The directory of all catalogs.
    problem enter_common(const std::string& directory, open_descriptor& at) const {
        struct ::stat seen{};
        bool made = false;
        if (::lstat(directory.c_str(), &seen) != 0) {
            std::error_code error;
            std::filesystem::create_directories(std::filesystem::path(directory).parent_path(), error);
            if (::mkdir(directory.c_str(), is_default_ ? 0700 : 0777) != 0 && errno != EEXIST)
                return refused_by(directory + " cannot be made", error ? error.value() : errno);
            made = true;
        }
        at = open_descriptor(::open(directory.c_str(), as_directory));
        if (!at) return refused_by(directory + " cannot be entered", errno);
        if (!may_enter(at.number())) return refused(directory + " cannot be entered");
        const auto path = real_path_of(at.number());
        if (made && is_default_ && is_own(at.number()) && path == directory) {
            const open_descriptor above(::openat(at.number(), "..", as_directory));
            const auto wanted = facts_of(above.number());
            if (::chown(shown_by_kernel(at.number()).c_str(), static_cast<::uid_t>(-1), wanted.st_gid) == 0)
                change_mode(at.number(), wanted.st_mode);
        }
        if (!is_safe(at.number()) && is_own(at.number()))
            change_mode(at.number(), facts_of(at.number()).st_mode | S_ISVTX);
        if (is_safe(at.number())) return std::nullopt;
        return refused(fmt::format(
            "{} belongs to {}, and others may rename what is in it (chmod +t there makes it safe)", path,
            name_of_account(facts_of(at.number()).st_uid)));
    }

    // Makes a directory that is ours alone, and enters it. Earlier versions let others in.
    problem make_private(open_descriptor& at, const std::string& name) {
        auto above = real_path_of(at.number());
        const auto place = (above == "/" ? "" : above) + "/" + name;
        if (::mkdirat(at.number(), name.c_str(), 0700) != 0 && errno != EEXIST)
            return refused_by(place + " cannot be made", errno);
        open_descriptor entered(::openat(at.number(), name.c_str(), as_directory | O_NOFOLLOW));
        if (!entered && errno != ENOTDIR && errno != ELOOP)
            return refused_by(place + " cannot be entered", errno);
        if (!entered || !is_own(entered.number()))
            return refused(place + " is no directory of the account's own");
        at = std::move(entered);
        if (is_closed(at.number())) return std::nullopt;
        opened_ = true;
        change_mode(at.number(), (facts_of(at.number()).st_mode & ~of_others) | 0700);
        if (is_closed(at.number())) return std::nullopt;
        return refused(place + " cannot be closed to other accounts (chmod 0700)");
    }

    // What others could change until now holds what an earlier version made there, or it is not used.
    problem take_over(int in, int kept) const {
        if (!opened_) return std::nullopt;
        const auto close = [](const tree_entry& entry) {
            if (S_ISDIR(entry.facts.st_mode) && (entry.facts.st_mode & of_others) != 0)
                std::ignore = ::fchmodat(entry.directory, entry.name.c_str(), entry.facts.st_mode & 07700, 0);
            return true;
        };
        walk_tree(in, close);
        walk_tree(kept, close);
        std::string odd;
        const auto is_ours = [](const struct ::stat& seen, bool may_be_file) {
            if (seen.st_uid != ::geteuid()) return false;
            return (may_be_file && S_ISREG(seen.st_mode)) ||
                   (S_ISDIR(seen.st_mode) && (seen.st_mode & of_others) == 0);
        };
        // As they are now.
        bool all_seen = walk_tree(in, [&](const tree_entry& entry) {
            struct ::stat seen{};
            if (::fstatat(entry.directory, entry.name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) == 0 &&
                !is_ours(seen, true))
                odd = "./" + entry.path;
            return odd.empty();
        });
        all_seen = all_seen && walk_tree(kept, [&](const tree_entry& entry) {
                       struct ::stat seen{};
                       if (entry.path == entry.name &&
                           ::fstatat(entry.directory, entry.name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) == 0 &&
                           !is_ours(seen, false))
                           odd = "../replaced/" + entry.path;
                       return odd.empty();
                   });
        if (all_seen) return std::nullopt;
        // As prepare.sh: the next look is to find it open, and to refuse it, too.
        change_mode(in, facts_of(in).st_mode | 011);
        if (odd.empty()) return staging_problem{{}, in_ + not_walked};
        return refused(fmt::format(
            "{} was open to other accounts, and holds what was not made there (remove it): {}", in_, odd));
    }

    // What is made in slots inherits group, setgid and default ACL from them, and they from `in`, which has
    // them as the base directory has them now.
    void inherit(int in) const {
        constexpr const char* acl = "system.posix_acl_default";
        const auto wanted = facts_of(base_);
        const auto path = shown_by_kernel(in);
        if (facts_of(in).st_gid != wanted.st_gid)
            std::ignore = ::chown(path.c_str(), static_cast<::uid_t>(-1), wanted.st_gid);
        char value[4096];
        const auto size = ::getxattr(shown_by_kernel(base_).c_str(), acl, value, sizeof value);
        if (size > 0)
            ::setxattr(path.c_str(), acl, value, static_cast<std::size_t>(size), 0);
        else
            ::removexattr(path.c_str(), acl);
        const auto mode = (wanted.st_mode & 07000) | 0700;
        if ((facts_of(in).st_mode & 07777) != mode) change_mode(in, mode);
    }

    // Without the number of links nothing tells what was published.
    problem look_at_links(int in, made_staging& made) const {
        const auto tried = try_links(in);
        made.ignores_case = tried.ignores_case;
        made.locks = tried.locks_directory ? lock_kind::directory : lock_kind::file;
        if (tried.error != 0) return refused_by("hard links cannot be made in " + in_, tried.error);
        if (!tried.counted)
            return refused(fmt::format(
                "its file system ({}) does not tell at once how many hard links a file has, in {}",
                file_system_of(in).name, in_));
        if (tried.not_entered != 0) return refused_by(in_ + " cannot be entered", tried.not_entered);
        if (!tried.locks_directory && !tried.locks_file)
            return refused("files cannot be locked (flock) in " + in_);
        return std::nullopt;
    }

    int base_;
    const std::string& real_;
    const base_options& options_;
    bool is_default_ = false;
    bool opened_ = false;  // to others, until now
    std::string in_;
};

}  // namespace

problem make_staging(int base, const std::string& real, const base_options& options,
                     const std::string& catalog_uuid, made_staging& made) {
    return staging_maker(base, real, options).make(catalog_uuid, made);
}

}  // namespace suprsync
