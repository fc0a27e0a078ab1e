#include "net/place/publishing.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <set>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "engine/model/text.hpp"
#include "net/place/reading.hpp"
#include "net/place/remote_objects.hpp"
#include "net/place/slot_tree.hpp"
#include "net/place/spelling.hpp"

namespace suprsync {

namespace {

bool look(int directory, const std::string& path, struct ::stat& seen, int flags) {
    return ::fstatat(directory, path.c_str(), &seen, flags) == 0;
}

std::string directory_below(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

void publishing::unstage(const std::string& path) const { ::unlinkat(slot_.directory(), path.c_str(), 0); }

void publishing::enter(const std::string& directory) {
    if (directory == directory_) return;
    directory_ = directory;
    here_ = directories_.enter_or_make(directory);
    obstacle_ = here_ ? directories_below::obstacle{} : directories_.problem_of(directory);
    // What stood in the way has gone.
    if (!here_ && obstacle_.held_back.empty() && obstacle_.why.empty()) here_ = directories_.enter(directory);
}

bool publishing::link(const std::string& path, const std::string& name) {
    error_ = ::linkat(slot_.directory(), path.c_str(), here_.number(), name.c_str(), 0) == 0 ? 0 : errno;
    return error_ == 0;
}

// The file's fault, or its directory's: then that of all files that go there.
void publishing::give_up(publish_outcome& outcome, std::string& detail) {
    detail = directories_.problem_by(directory_, error_);
    outcome = detail.empty() ? publish_outcome::refused : publish_outcome::held_back;
    if (detail.empty()) detail = error_text(error_);
}

std::string publishing::sum_of(const std::string& name) {
    const auto file = open_to_read(here_.number(), name);
    struct ::stat seen{};
    if (!file || ::fstat(file.number(), &seen) != 0 || !S_ISREG(seen.st_mode)) return {};
    return sum_of_open(file.number(), options_.from_disk, watch_).md5;
}

remote_object publishing::object_at(const std::string& name) const {
    struct ::stat seen{};
    return look(here_.number(), name, seen, 0) ? object_of(seen, state_) : remote_object{};
}

// Not every file system writes names in their order: after a power cut it has this one or the other.
bool publishing::sync_names(int above, std::string directory) {
    for (;; directory = directory_below(directory)) {
        const open_descriptor each(directory.empty()
                                       ? ::openat(above, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                                       : open_beneath(above, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        // Where directories cannot be synced, what the file system does by itself must do.
        error_ = each && (::fsync(each.number()) == 0 || errno == EINVAL) ? 0 : errno;
        if (error_ != 0 || directory.empty()) return error_ == 0;
    }
}

bool publishing::keep(const publish_item& item, const std::string& name, const std::string& kept_as) {
    const open_descriptor replaced(::openat(slot_.in(), "../replaced", as_directory | O_NOFOLLOW));
    slot_tree kept(replaced.number());
    const int there = replaced ? kept.directory_of(kept_as) : -1;
    if (there < 0) {
        error_ = replaced ? kept.error().number : ENOENT;
        return false;
    }
    const std::string last(name_of(item.remote_path));
    if (::linkat(here_.number(), name.c_str(), there, last.c_str(), 0) == 0) {
        if (!sync_names(replaced.number(), directory_below(kept_as))) {
            ::unlinkat(there, last.c_str(), 0);
            return false;
        }
        error_ = ::unlinkat(here_.number(), name.c_str(), 0) == 0 ? 0 : errno;
        return error_ == 0;
    }
    error_ = errno;
    if (error_ == EXDEV || error_ == EEXIST) return false;
    // What belongs to somebody else may be moved where it may not be linked (fs.protected_hardlinks).
    if (::renameat2(here_.number(), name.c_str(), there, last.c_str(), RENAME_NOREPLACE) == 0)
        error_ = 0;
    else
        error_ = errno;
    return error_ == 0;
}

// What stands in the way and is listed under another name, where case is ignored, may be the proven copy of
// another file: it is neither moved away nor taken for this one. False where nothing stands there.
bool publishing::stands_in_its_way(const publish_item& item, const struct ::stat& staged,
                                   publish_outcome& outcome, std::string& detail,
                                   std::optional<remote_object>& object) {
    const std::string name(name_of(item.remote_path));
    struct ::stat there{};
    if (!look(here_.number(), name, there, AT_SYMLINK_NOFOLLOW)) return false;
    if (S_ISDIR(there.st_mode)) {
        outcome = publish_outcome::refused;
        detail = "a directory stands in its place";
        return true;
    }
    if (const auto listed = listed_otherwise(root_, item.remote_path)) {
        outcome = publish_outcome::conflict;
        detail = *listed;
        return true;
    }
    const bool supersedes = item.supersedes_md5 && !item.supersedes_md5->empty();
    std::string sum;
    struct ::stat led_to{};
    // Other content is known by its size, where it may be large.
    if (look(here_.number(), name, led_to, 0) && S_ISREG(led_to.st_mode) &&
        (supersedes || led_to.st_size == staged.st_size))
        sum = sum_of(name);
    if (watch_.stop) return true;
    const auto kept_in = fmt::format("{}-{}", item.id, static_cast<long long>(std::time(nullptr)));
    if (sum == item.md5) {
        outcome = publish_outcome::already_there;
        object = object_at(name);
        unstage(item.remote_path);
    } else if (supersedes && sum == *item.supersedes_md5) {
        // At once, so that no reader finds the place empty.
        error_ = ::renameat(slot_.directory(), item.remote_path.c_str(), here_.number(), name.c_str()) == 0
                     ? 0
                     : errno;
        if (error_ == 0)
            outcome = publish_outcome::superseded;
        else
            give_up(outcome, detail);
    } else if (keep(item, name, kept_in + "/" + item.remote_path) && link(item.remote_path, name)) {
        outcome = publish_outcome::replaced;
        detail = fmt::format("{}/{}/{}", state_.kept(), kept_in, item.remote_path);
        unstage(item.remote_path);
    } else {
        give_up(outcome, detail);
    }
    return true;
}

void publishing::one(const publish_item& item, publish_outcome& outcome, std::string& detail,
                     std::optional<remote_object>& object) {
    enter(directory_below(item.remote_path));
    if (!here_) {
        outcome = obstacle_.held_back.empty() ? publish_outcome::refused : publish_outcome::held_back;
        detail = obstacle_.held_back.empty() ? obstacle_.why : obstacle_.held_back;
        if (detail.empty()) outcome = publish_outcome::unknown;
        return;
    }
    const std::string name(name_of(item.remote_path));
    struct ::stat staged{};
    struct ::stat there{};
    if (!look(slot_.directory(), item.remote_path, staged, AT_SYMLINK_NOFOLLOW) || !S_ISREG(staged.st_mode)) {
        // It may have been published before.
        if (look(here_.number(), name, there, 0) && S_ISREG(there.st_mode) && sum_of(name) == item.md5 &&
            !listed_otherwise(root_, item.remote_path)) {
            outcome = publish_outcome::already_there;
            object = object_at(name);
        }
        return;
    }
    const bool linked = link(item.remote_path, name);
    if (linked || (error_ == EEXIST && look(here_.number(), name, there, 0) &&
                   there.st_ino == staged.st_ino && there.st_dev == staged.st_dev)) {
        outcome = publish_outcome::published;
        unstage(item.remote_path);
        return;
    }
    const int why = error_;
    if (stands_in_its_way(item, staged, outcome, detail, object)) return;
    error_ = why;
    // What stood there has gone since.
    if (why == EEXIST && link(item.remote_path, name)) {
        outcome = publish_outcome::published;
        unstage(item.remote_path);
        return;
    }
    give_up(outcome, detail);
}

// Those of one directory in a row.
void publishing::run(const std::vector<publish_item>& items, publish_report& report) {
    report.objects.resize(items.size());
    std::vector<std::size_t> order(items.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const std::string_view one(items[a].remote_path);
        const std::string_view other(items[b].remote_path);
        const auto way = one.substr(0, one.size() - name_of(one).size());
        const auto other_way = other.substr(0, other.size() - name_of(other).size());
        return way != other_way ? way < other_way : a < b;
    });
    std::set<std::string, std::greater<>> directories;
    for (const auto i : order) {
        if (watch_.stop) break;
        one(items[i], report.outcomes[i], report.details[i], report.objects[i]);
        watch_.alive();
        directories.insert(directory_);
    }
    // What has become empty, from below.
    for (const auto& directory : directories)
        for (auto path = directory; !path.empty(); path = directory_below(path))
            if (::unlinkat(slot_.directory(), path.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) break;
}

}  // namespace suprsync
