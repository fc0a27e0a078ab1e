#include "net/place/sync_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "engine/files/detached_thread.hpp"
#include "engine/files/open_descriptor.hpp"

namespace suprsync {

namespace {

constexpr const char* note = "failed_sync";
constexpr int tries_for_the_lock = 600;      // a minute
constexpr long lock_interval = 100'000'000;  // ns
constexpr int look_interval = 50;            // ms

// From here to the end of do_sync(): system calls alone, as in the child of a process with threads.
void close_all_but(const std::vector<int>& kept) {
    unsigned from = 0;
    for (const int one : kept) {
        const auto number = static_cast<unsigned>(one);
        if (number > from) ::syscall(SYS_close_range, from, number - 1, 0U);
        from = number + 1;
    }
    ::syscall(SYS_close_range, from, ~0U, 0U);
}

bool lock_notes(int lock) {
    const struct ::timespec pause{0, lock_interval};
    for (int i = 0; i < tries_for_the_lock; ++i) {
        if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return true;
        ::nanosleep(&pause, nullptr);
    }
    return false;
}

sync_end do_sync(const sync_task& task, int lock) {
    if (task.notes >= 0) {
        if (!lock_notes(lock)) return sync_end::another_runs;
        if (task.failed_sync_known) ::unlinkat(task.notes, note, 0);
        struct ::stat seen{};
        if (::fstatat(task.notes, note, &seen, AT_SYMLINK_NOFOLLOW) == 0) return sync_end::failed_before;
    }
    bool synced = true;
    for (const int one : task.file_systems) synced = one >= 0 && ::syncfs(one) == 0 && synced;
    if (!synced) note_failed_sync(task.notes);
    return synced ? sync_end::done : sync_end::failed;
}

[[noreturn]] void be_the_child(const sync_task& task, int lock, const std::vector<int>& kept) {
    ::setsid();
    close_all_but(kept);
    ::_exit(static_cast<int>(do_sync(task, lock)));
}

// Somebody is to see its end. Without a thread it stays for whoever comes after us.
void reap_later(::pid_t child) {
    if (!start_detached_thread([child] { ::waitpid(child, nullptr, 0); })) ::waitpid(child, nullptr, WNOHANG);
}

}  // namespace

void note_failed_sync(int notes) {
    if (notes < 0) return;
    const int made = ::openat(notes, note, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (made >= 0) ::close(made);
}

sync_end run_sync(const sync_task& task, work_watch& watch) {
    const open_descriptor lock(
        task.notes < 0 ? -1
        : task.lock_file
            ? ::openat(task.notes, "sync.lock", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600)
            : ::openat(task.notes, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (task.notes >= 0 && !lock) return sync_end::not_run;
    std::vector<int> kept = task.file_systems;
    kept.push_back(task.notes);
    kept.push_back(lock.number());
    std::erase_if(kept, [](int one) { return one < 0; });
    std::sort(kept.begin(), kept.end());
    const auto child = ::fork();
    if (child == 0) be_the_child(task, lock.number(), kept);
    if (child < 0) return sync_end::not_run;
    const open_descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0U)));
    int status = 0;
    while (true) {
        struct ::pollfd ended{handle.number(), POLLIN, 0};
        ::poll(&ended, 1, look_interval);
        const auto found = ::waitpid(child, &status, WNOHANG);
        if (found == child) break;
        if (found < 0 && errno != EINTR) return sync_end::failed;
        if (!watch.stop) continue;
        reap_later(child);
        return sync_end::stopped;
    }
    return WIFEXITED(status) ? static_cast<sync_end>(WEXITSTATUS(status)) : sync_end::failed;
}

}  // namespace suprsync
