#include "net/place/syncing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <vector>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "engine/model/text.hpp"
#include "net/place/sync_process.hpp"
#include "net/place/tree_walk.hpp"

namespace suprsync {

namespace {

// Kernels before 5.8 do not report by syncfs(2) what write-back met, but for each file.
bool reports_no_errors() {
    struct ::utsname system{};
    if (::uname(&system) != 0) return false;
    std::string_view release(system.release);
    const auto major = take_number<int>(release);
    if (!release.empty()) release.remove_prefix(1);
    const auto minor = take_number<int>(release);
    return major && minor && (*major < 5 || (*major == 5 && *minor < 8));
}

open_descriptor open_for_sync(int base, const std::string& path) {
    constexpr int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    open_descriptor file(::openat(base, path.c_str(), O_RDONLY | flags));
    if (!file && errno == EACCES) file = open_descriptor(::openat(base, path.c_str(), O_WRONLY | flags));
    return file;
}

/// The file systems that files lie on, but for the base directory's.
struct other_file_systems {
    std::set<::dev_t> known;
    std::vector<open_descriptor> opened;
    std::string unreadable;  ///< one that cannot be synced lies there

    void see(int base, const std::string& path, bool directories_only) {
        struct ::stat seen{};
        if (::fstatat(base, path.c_str(), &seen, 0) != 0) return;
        if (!S_ISDIR(seen.st_mode) && (directories_only || !S_ISREG(seen.st_mode))) return;
        if (!known.insert(seen.st_dev).second) return;
        auto file = open_for_sync(base, path);
        // A file that may not be read lies in a directory that may be.
        if (!file && !S_ISDIR(seen.st_mode)) {
            file = open_for_sync(base, suprsync::directory_of(path));
            struct ::stat around{};
            if (file && (::fstat(file.number(), &around) != 0 || around.st_dev != seen.st_dev)) file = {};
        }
        if (!file && unreadable.empty()) unreadable = path;
        opened.push_back(std::move(file));
    }
};

/// One after another; false at the first that fails. What is no file, or may not be opened, is no error.
class sync_of_files {
  public:
    explicit sync_of_files(work_watch& watch) : watch_(watch) {}
    bool sync(int base, const std::string& path) {
        struct ::stat seen{};
        if (::fstatat(base, path.c_str(), &seen, 0) != 0 || !S_ISREG(seen.st_mode)) return true;
        const auto file = open_for_sync(base, path);
        const bool synced = !file || ::fsync(file.number()) == 0;
        watch_.alive();
        return synced;
    }

  private:
    work_watch& watch_;
};

bool sync_one_by_one(int base, const stat_request& request, work_watch& watch) {
    sync_of_files files(watch);
    for (const auto& path : request.remote_paths)
        if (!files.sync(base, path)) return false;
    const open_descriptor below(
        request.synced_below.empty() ? -1 : ::openat(base, request.synced_below.c_str(), as_directory));
    return !below || walk_tree(below.number(), [&](const tree_entry& entry) {
        return files.sync(entry.directory, entry.name);
    });
}

}  // namespace

sync_outcome sync_there(int base, const base_state& state, const stat_request& request, work_watch& watch,
                        const call_names& call) {
    const auto failed = [&](std::string why, bool of_sync) {
        return sync_outcome{call.failed(failure_code::io, std::move(why)), of_sync};
    };
    other_file_systems others;
    struct ::stat own{};
    if (::fstat(base, &own) == 0) others.known.insert(own.st_dev);
    for (const auto& path : request.remote_paths) others.see(base, path, false);
    if (!request.synced_below.empty()) {
        others.see(base, request.synced_below, true);
        const open_descriptor below(::openat(base, request.synced_below.c_str(), as_directory));
        const bool seen = below ? walk_tree(below.number(),
                                            [&](const tree_entry& entry) {
                                                if (!S_ISREG(entry.facts.st_mode))
                                                    others.see(entry.directory, entry.name, true);
                                                return !watch.stop;
                                            })
                                : !is_shortage(errno);
        if (watch.stop) return {call.stopped(), false};
        if (!seen) return failed("what is to be synced below " + request.synced_below + not_walked, false);
    }
    if (!others.unreadable.empty())
        return failed("files lie on the file system at " + others.unreadable +
                          ", which cannot be synced: the account may not read it",
                      false);
    open_descriptor notes;  // the catalog's own directory of staging, which its archives share
    if (!state.staging.empty()) {
        auto in = enter_in(state, call);
        if (!in) return {in.error(), false};
        notes = open_descriptor(::openat(in->number(), "../..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        // A sync that fails is to be noted.
        if (!notes) return failed("staging cannot be opened for a sync: " + error_text(errno), false);
    }
    sync_task task;
    task.notes = notes.number();
    task.lock_file = state.locks == lock_kind::file;
    task.failed_sync_known = request.failed_sync_known;
    const auto top = open_for_sync(base, ".");
    if (!top) return failed("it cannot be opened for a sync: " + error_text(errno), false);
    task.file_systems.push_back(top.number());
    for (const auto& one : others.opened) task.file_systems.push_back(one.number());
    switch (run_sync(task, watch)) {
        case sync_end::done:
            break;
        case sync_end::failed_before:
            return failed("an earlier sync of the file system failed: what was written there may be lost",
                          true);
        case sync_end::another_runs:
            return failed("another sync of the file system still runs", false);
        case sync_end::not_run:
            return failed("no process can be started for a sync of the file system", false);
        case sync_end::stopped:
            return {call.stopped(), false};
        case sync_end::failed:
            return failed("the sync of the file system failed: what was written there may be lost", true);
    }
    if (!reports_no_errors() || sync_one_by_one(base, request, watch)) return {};
    note_failed_sync(notes.number());
    return failed("the sync of the file system failed: what was written there may be lost", true);
}

}  // namespace suprsync
