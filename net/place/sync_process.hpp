// syncfs(2) in a process of its own. The kernel tells of a write-back that failed once, to whoever syncs
// first: a sync whose answer is lost, with whoever asked for it, must not be the last word. So it goes on
// when that process is killed, and notes a failure in the catalog's own directory of staging, in the file
// `failed_sync` (net/remote/sync_base.sh).
#pragma once

#include <vector>

#include "net/place/work_watch.hpp"

namespace suprsync {

struct sync_task {
    std::vector<int> file_systems;  ///< descriptors; one that is not open cannot be synced
    int notes = -1;          ///< descriptor of the directory for the note and the lock; -1: there is none
    bool lock_file = false;  ///< the lock is its file sync.lock, and not the directory itself
    bool failed_sync_known = false;
};

enum class sync_end { done, failed, failed_before, another_runs, not_run, stopped };

/// Returns when it has ended, or soon after the watch says stop: then it goes on by itself.
sync_end run_sync(const sync_task& task, work_watch& watch);

/// Every later sync fails, until the caller says that it knows.
void note_failed_sync(int notes);

}  // namespace suprsync
