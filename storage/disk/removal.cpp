#include "storage/disk/removal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "engine/files/file_facts.hpp"
#include "engine/model/text.hpp"
#include "storage/disk/beneath.hpp"

namespace suprsync {

namespace {

using steady = std::chrono::steady_clock;

constexpr const char* deleting = "delete";
constexpr const char* undoing = "undo the removal of";

std::string beside(const std::string& path, const std::string& name) {
    return directory_of(path) + "/" + name;
}

// Of a registered symbolic link, the link is removed and its target compared.
result<file_identity> identity_in(int directory, const std::string& name, const std::string& path) {
    struct ::stat seen{};
    if (::fstatat(directory, name.c_str(), &seen, 0) != 0) return file_failure(deleting, path, errno);
    if (auto regular = require_regular(deleting, path, seen); !regular) return regular.error();
    return identity_of(seen);
}

failure changed(const std::string& path) {
    return {failure_code::changed, deleting, path,
            "it is not the file that was verified: its device, inode, size or time changed"};
}

// Nobody stands by the decision any more.
std::optional<failure> decision_lapsed(const removal& file, steady::time_point until) {
    if (steady::now() > until)
        return failure{failure_code::stopped, deleting, file.path, "its file system answers too slowly"};
    if (file.withdrawn && *file.withdrawn)
        return failure{failure_code::stopped, deleting, file.path, "a change of its row was accepted"};
    return std::nullopt;
}

int rename_in(int directory, const std::string& from, const std::string& to) {
    return ::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
}

bool cannot_keep_from_replacing(int error) {
    return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

result<void> give_back(int directory, const removal& file, failure why) {
    const auto name = removal_name(file.id);
    const int error = rename_in(directory, name, std::string(name_of(file.path)));
    if (error == 0 || error == ENOENT) return why;
    if (error != EEXIST) {
        auto failed = directory_failure(deleting, file.path, error);
        failed.detail += fmt::format("; it stands at {} now", beside(file.path, name));
        return failed;
    }
    return failure{
        failure_code::conflict, deleting, file.path,
        fmt::format("another file took its name meanwhile; it stands at {} now, move it away by hand",
                    beside(file.path, name))};
}

// Whether anything has that name; a failure where it is not the file that was to go. Catalogs count their
// rows each for itself: of two that delete in one directory, either may have left its file under the same
// name.
result<bool> stands_in(int directory, const std::string& name, const std::string& path,
                       const lasting_identity& file) {
    struct ::stat seen{};
    if (::fstatat(directory, name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) return false;
        return directory_failure(undoing, path, errno);
    }
    const auto there = identity_in(directory, name, path);
    if (there && lasting(*there) == file) return true;
    if (!there && there.error().code != failure_code::not_found &&
        there.error().code != failure_code::invalid)
        return there.error();
    return failure{
        failure_code::conflict, undoing, path,
        fmt::format(
            "{} is not the file that was to be deleted (its inode, size or time is another): the daemon of another catalog may have left it there, and gives it its name back when it is started; otherwise see what it is, and move it away by hand",
            beside(path, name))};
}

}  // namespace

result<void> finish_removal(int directory, const removal& file, steady::time_point until) {
    const auto name = removal_name(file.id);
    const auto there = identity_in(directory, name, file.path);
    if (!there) return give_back(directory, file, there.error());
    if (*there != file.expected) return give_back(directory, file, changed(file.path));
    if (auto lapsed = decision_lapsed(file, until)) return give_back(directory, file, *lapsed);
    if (::unlinkat(directory, name.c_str(), 0) != 0)
        return give_back(directory, file, directory_failure(deleting, file.path, errno));
    return {};
}

result<void> remove_file(const removal& file, const root_directories& roots, steady::time_point until) {
    if (auto lapsed = decision_lapsed(file, until)) return *lapsed;
    const auto opened = open_directory(deleting, directory_of(file.path), roots);
    if (!opened) return opened.error();
    const int directory = opened->number();
    const std::string name(name_of(file.path));
    if (name.empty() || file.path.find('\0') != std::string::npos)
        return failure{failure_code::invalid, deleting, file.path, "it is no name of a file"};
    const auto now = identity_in(directory, name, file.path);
    if (!now) return now.error();
    if (*now != file.expected) return changed(file.path);
    if (auto lapsed = decision_lapsed(file, until)) return *lapsed;
    const int error = rename_in(directory, name, removal_name(file.id));
    if (error == 0) return finish_removal(directory, file, until);
    if (error == EEXIST)
        return failure{failure_code::conflict, deleting, file.path,
                       fmt::format("{} is in the way, which an earlier removal left: move it away by hand",
                                   beside(file.path, removal_name(file.id)))};
    if (!cannot_keep_from_replacing(error)) return directory_failure(deleting, file.path, error);
    // NFS cannot rename so: between the look above and this a file of the same name may take its place.
    if (::unlinkat(directory, name.c_str(), 0) != 0) return directory_failure(deleting, file.path, errno);
    return {};
}

result<bool> undo_removal(const std::string& path, file_id id, const std::optional<lasting_identity>& file) {
    const auto opened = open_directory(deleting, directory_of(path), root_directories({}));
    if (!opened) {
        if (opened.error().code == failure_code::not_found) return false;
        return opened.error();
    }
    const auto name = removal_name(id);
    if (file) {
        const auto ours = stands_in(opened->number(), name, path, *file);
        if (!ours || !*ours) return ours;
    }
    const int error = rename_in(opened->number(), name, std::string(name_of(path)));
    if (error == 0) return true;
    if (error == ENOENT || cannot_keep_from_replacing(error)) return false;
    if (error == EEXIST)
        return failure{
            failure_code::conflict, undoing, path,
            fmt::format("a newer file has its name; the earlier one stands at {}: move it away by hand",
                        beside(path, name))};
    return directory_failure(undoing, path, error);
}

}  // namespace suprsync
