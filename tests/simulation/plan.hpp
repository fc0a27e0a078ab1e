// What happens to the daemon in one day, as a list that is made from the seed before the day begins: so that
// a shorter list is a day, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/destination.hpp"
#include "engine/model/settings.hpp"
#include "tests/simulation/random.hpp"

namespace suprsync::simulation {

enum class event_kind {
    // Writers.
    register_files,       // by SQL, as other programs do
    register_by_service,  // as over HTTP
    register_version,     // the same file again, modified
    register_in_the_way,  // another file for the same place there
    register_elsewhere,   // the same file for the other archive
    register_back_dated,
    register_oddly,  // flags that are NULL, paths with "//" or "..", a timestamp that is none, what is no sum
    register_for_another_day,  // long over, far ahead, or none
    register_unfinished,       // and written to once more, a moment later
    register_other_case,       // a place there that differs by case alone
    register_as_spelled,       // the same file for the other archive, its path spelled otherwise
    modify,
    replace,
    remove_here,
    ignore,
    unignore,
    keep,       // deletable = 0
    release,    // deletable = 1
    date_anew,  // timestamp = now, of what is due and kept by something
    delete_row,
    retry,
    late_announcement,  // the next one is a day old before it is sent
    register_garbage,   // rows with anything in any column
    register_gone,      // once more what was deleted for its copy
    // People at the daemon.
    kill,
    kill_in_transaction,
    stop,
    reload,
    pause,
    resume,  // also of what the daemon paused by itself
    accept_removal,
    retry_a_day,
    accept_clock,
    tell_readers,  // they ask until when everything is there
    // This machine.
    power_cut,
    power_cut_in_transaction,
    unmount_here,
    hang_here,
    unreadable,
    forbidden,
    disk_full_here,
    set_clock,
    // The catalog.
    catalog_call_fails,
    question_fails,  // of the daemon to the catalog, of one kind
    catalog_full,
    catalog_locked,
    restore_backup,
    // The destination.
    cut,
    blink,  // connections are lost, and can be made anew at once
    stall,
    slow,
    vanish,
    corrupt,
    second_host,
    link_to_original,
    remove_day,
    replace_base,
    full_there,
    read_only_there,
    closed_there,      // directories of an archive
    obstacle_there,    // directories stand where files are to go
    unreadable_there,  // some files
    write_error_there,
    no_program_there,
    unmount_there,
    power_cut_there,
    sync_fails,
    sync_hangs,
    write_back,
    lock_slots,
    mangle,
    lying_size,
    clock_there,
};
inline constexpr int event_kinds = static_cast<int>(event_kind::clock_there) + 1;

struct planned {
    double at = 0;  ///< s since the day began
    event_kind kind = event_kind::register_files;
    std::uint64_t salt = 0;  ///< of what chance has to do with it
    double lasts = 0;        ///< s, of what ends by itself
    /// It waits until the daemon has done so many things, here or there, from then on: so that it comes in
    /// the middle of something. 0: it does not wait.
    std::uint64_t steps = 0;
};

inline constexpr double busy_for = 70'000;  // s: until then things happen

/// What the day is like from its begin to its end.
struct circumstances {
    bool ignores_case = false;   ///< the destination
    bool coarse_times = false;   ///< this machine's disk
    bool synchronized = false;   ///< this machine's clock, as the kernel says
    double longest_nap = 1;      ///< s
    double delete_after = 3600;  ///< s
    double sleep_time = 60;      ///< s
    std::size_t concurrency = 3;
    bool scrubs = false;
    bool from_disk = false;      ///< verify_from
    bool keeps_history = false;  ///< a commit a minute, which takes a third of a day's time
    double busy = busy_for;
    double quiet = 30'000;  ///< s, from then on: within these everything is to be settled
    recheck_kind recheck = recheck_kind::md5;
    read_source read_from = read_source::disk;  ///< what can be had past the page cache there
    bool has_roots = true;                      ///< local_roots
    bool finds_lanes = false;                   ///< concurrency: auto
    bool two_names = false;                     ///< the archives spell their base directory differently
    std::optional<double> copy_timeout;         ///< s
    bool limits_rate = false;
    bool scrubs_at_once = false;  ///< at no rate
    bool once = false;            ///< --once, again and again, as a timer does
    bool lacks_memory = false;    ///< for more batches
};

circumstances circumstances_of(std::uint64_t seed);
/// In the order of their times.
std::vector<planned> plan_of(std::uint64_t seed);
std::string name_of(event_kind kind);
std::string describe(const planned& event);

}  // namespace suprsync::simulation
