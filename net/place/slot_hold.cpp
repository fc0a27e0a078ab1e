#include "net/place/slot_hold.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "engine/model/text.hpp"
#include "net/place/parts.hpp"
#include "net/place/slot_lock.hpp"
#include "net/place/tree_walk.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr std::chrono::seconds patience{2};
constexpr std::chrono::milliseconds between_tries{20};
constexpr int quiet = 10;  // s without a change: what works in a slot hangs

bool lock_within(int lock, slot_use use, work_watch& watch) {
    const auto until = work_watch::clock::now() + patience;
    const int how = (use == slot_use::alone ? LOCK_EX : LOCK_SH) | LOCK_NB;
    while (::flock(lock, how) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return false;
        if (watch.stop || work_watch::clock::now() >= until) return false;
        // It is known for how long: whoever waits for us is not to take it for a hang.
        watch.alive();
        std::this_thread::sleep_for(between_tries);
    }
    return true;
}

bool is_at_rest(int directory) {
    const auto since = ::time(nullptr) - quiet;
    struct ::stat own{};
    if (::fstat(directory, &own) != 0 || own.st_ctim.tv_sec > since) return false;
    return walk_tree(directory, [&](const tree_entry& e) { return e.facts.st_ctim.tv_sec <= since; });
}

bool leads_to(const fs::path& link, const struct ::stat& what) {
    struct ::stat seen{};
    return ::stat(link.c_str(), &seen) == 0 && seen.st_dev == what.st_dev && seen.st_ino == what.st_ino;
}

// A far side works in no directory: it is known by its name, and by the lock that it has open.
bool is_far_side_with(const fs::path& process, const struct ::stat& lock) {
    std::ifstream file(process / "cmdline", std::ios::binary);
    const std::string words((std::istreambuf_iterator<char>(file)), {});
    const auto second = words.find('\0');
    if (second == std::string::npos || words.compare(second + 1, 9, "far-side\0", 9) != 0) return false;
    std::error_code unknown;
    for (fs::directory_iterator entry(process / "fd", unknown), end; !unknown && entry != end;
         entry.increment(unknown))
        if (leads_to(entry->path(), lock)) return true;
    return false;
}

void end_others(int slot, int lock) {
    struct ::stat at{};
    struct ::stat locked{};
    if (::fstat(slot, &at) != 0 || ::fstat(lock, &locked) != 0) return;
    std::error_code unknown;
    for (fs::directory_iterator entry("/proc", unknown), end; !unknown && entry != end;
         entry.increment(unknown)) {
        const auto pid = read_number<pid_t>(entry->path().filename().native());
        if (!pid || ::getpgid(*pid) == ::getpgrp()) continue;
        if (leads_to(entry->path() / "cwd", at) || is_far_side_with(entry->path(), locked))
            ::kill(*pid, SIGKILL);
    }
}

}  // namespace

slot_hold::~slot_hold() {
    // A child that is being started may have it open still.
    if (lock_) ::flock(lock_.number(), LOCK_UN);
}

bool can_lock(int descriptor) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK;
    ::flock(descriptor, LOCK_UN);
    return true;
}

open_descriptor open_slot_lock(int in, int slot, int directory, lock_kind kind) {
    if (kind == lock_kind::directory)
        return open_descriptor(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto name = fmt::format("{}.lock", slot);
    return open_descriptor(
        ::openat(in, name.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
}

bool lock_at_once(int lock) { return ::flock(lock, LOCK_EX | LOCK_NB) == 0; }

bool lock_hung_slot(int in, int slot, int directory, int lock, slot_use use, work_watch& watch) {
    if (!is_at_rest(directory)) return false;
    // What arrives in ranges changes nothing in the slot before it is whole.
    const auto parts = parts_of(in, slot);
    if (parts && !is_at_rest(parts.number())) return false;
    end_others(directory, lock);
    return lock_within(lock, use, watch);
}

result<slot_hold> take_slot(const base_state& state, int slot, slot_use use, work_watch& watch,
                            const call_names& call, bool make) {
    auto in = enter_in(state, call);
    if (!in) return in.error();
    const auto name = std::to_string(slot);
    while (true) {
        auto directory = enter_slot(in->number(), state, slot, call);
        if (!directory && make && ::mkdirat(in->number(), name.c_str(), 0700) == 0)
            directory = enter_slot(in->number(), state, slot, call);
        if (!directory) return directory.error();
        auto lock = open_slot_lock(in->number(), slot, directory->number(), state.locks);
        if (!lock) return call.failed(failure_code::io, "the staging slot cannot be locked");
        if (!lock_within(lock.number(), use, watch) &&
            (watch.stop ||
             !lock_hung_slot(in->number(), slot, directory->number(), lock.number(), use, watch))) {
            if (watch.stop) return call.stopped();
            return call.failed(failure_code::slot_busy, "another process still works in this staging slot");
        }
        slot_hold held(slot, std::move(*in), std::move(*directory), std::move(lock));
        // Whoever had it may have removed the slot.
        struct ::stat seen{};
        if (::fstat(held.directory(), &seen) == 0 && seen.st_nlink > 0) return held;
        in = enter_in(state, call);
        if (!in) return in.error();
    }
}

}  // namespace suprsync
