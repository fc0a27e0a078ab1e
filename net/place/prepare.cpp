// What a place is, and what lies there from before (net/remote/prepare.sh).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <tuple>

#include "engine/files/file_facts.hpp"
#include "engine/files/open_beneath.hpp"
#include "engine/files/sync_directory.hpp"
#include "engine/loop/machine_clock.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/text.hpp"
#include "net/place/base_directory.hpp"
#include "net/place/entering.hpp"
#include "net/place/parts.hpp"
#include "net/place/shown_by_kernel.hpp"
#include "net/place/slot_lock.hpp"
#include "net/place/spelling.hpp"
#include "net/place/staging.hpp"
#include "net/place/tree_walk.hpp"
#include "net/remote/answer_records.hpp"
#include "net/remote/destination_state.hpp"
#include "net/remote/mount_record.hpp"

namespace suprsync {

namespace {

unsigned own_umask() {
    std::ifstream facts("/proc/self/status");
    constexpr std::string_view key = "Umask:";
    for (std::string line; std::getline(facts, line);) {
        if (!line.starts_with(key)) continue;
        std::string_view digits(line);
        digits.remove_prefix(std::min(digits.find_first_of("01234567"), digits.size()));
        return take_number<unsigned>(digits, 8).value_or(022);
    }
    return 022;
}

// The line of the kernel's table of mounts by which a directory is reached.
std::string mount_line_of(int directory) {
    const auto number = mount_of(directory);
    std::ifstream table("/proc/self/mountinfo");
    const auto start = std::to_string(number) + " ";
    for (std::string line; number != 0 && std::getline(table, line);)
        if (line.starts_with(start)) return line;
    return {};
}

/// What lies in a slot that nobody works in.
void take_up_slot(int in, int slot, const base_state& state, destination_facts& facts, work_watch& watch,
                  const call_names& call) {
    const auto directory = enter_slot(in, state, slot, call);
    if (!directory) return;
    auto lock = open_slot_lock(in, slot, directory->number(), state.locks);
    const bool locked =
        lock && (lock_at_once(lock.number()) ||
                 lock_hung_slot(in, slot, directory->number(), lock.number(), slot_use::alone, watch));
    const slot_hold held(slot, {}, {}, locked ? std::move(lock) : open_descriptor());
    if (locked) {
        // A second link means: published, and not unlinked here before an interruption.
        walk_tree(directory->number(), [](const tree_entry& entry) {
            if (S_ISREG(entry.facts.st_mode) && entry.facts.st_nlink > 1)
                ::unlinkat(entry.directory, entry.name.c_str(), 0);
            return true;
        });
        prune_tree(directory->number());
        if (::unlinkat(in, std::to_string(slot).c_str(), AT_REMOVEDIR) == 0) return;
    } else {
        facts.locked_slots.push_back(slot);
    }
    walk_tree(directory->number(), [&](const tree_entry& entry) {
        if (S_ISREG(entry.facts.st_mode))
            facts.staged.push_back({slot, entry.path, static_cast<std::uint64_t>(entry.facts.st_size)});
        return true;
    });
}

std::vector<int> numbered_in(int directory) {
    std::vector<int> numbers;
    std::error_code unknown;
    for (std::filesystem::directory_iterator entry(shown_by_kernel(directory), unknown), end;
         !unknown && entry != end; entry.increment(unknown))
        if (const auto number = read_number<int>(entry->path().filename().native(), 0))
            numbers.push_back(*number);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

void take_up_slots(int in, const std::vector<int>& in_use, const base_state& state, destination_facts& facts,
                   work_watch& watch, const call_names& call) {
    const auto is_free = [&](int slot) {
        return std::find(in_use.begin(), in_use.end(), slot) == in_use.end();
    };
    for (const int slot : numbered_in(in))
        if (is_free(slot) && !watch.stop) take_up_slot(in, slot, state, facts, watch, call);
    const open_descriptor parts(open_beneath(in, parts_name, as_directory));
    if (!parts) return;
    for (const int slot : numbered_in(parts.number())) {
        if (!is_free(slot)) continue;
        auto begun = list_parts(in, slot);
        facts.staged.insert(facts.staged.end(), begun.begin(), begun.end());
    }
}

}  // namespace

result<destination_facts> base_directory::prepare(const prepare_request& request, work_watch& watch) {
    const auto& name = options_.name;
    const call_names call{"prepare", name};
    base_state state;
    state.umask = own_umask();
    state.sets_modes = !options_.chmod.empty() && !request.only_look;
    if (state.sets_modes) {
        auto modes = read_mode_changes(options_.chmod, state.umask);
        if (!modes)
            return call.failed(failure_code::invalid,
                               "modes that are copied with rsync alone: " + options_.chmod);
        state.modes = std::move(*modes);
    }
    destination_facts facts;
    facts.clock = std::floor(wall_clock());
    struct ::stat seen{};
    if (::stat(options_.base.c_str(), &seen) != 0) {
        if (errno != ENOENT) return base_cannot_be_used(name, error_text(errno));
        if (!request.may_create_base) return base_is_missing(name);
        if (::mkdir(options_.base.c_str(), 0777) != 0) return base_cannot_be_used(name, error_text(errno));
        // As far as that can be: where it went with the power, a person would have to make it again.
        std::ignore = sync_directory(directory_of(options_.base));
        facts.base_created = true;
    } else if (!S_ISDIR(seen.st_mode)) {
        return base_cannot_be_used(name, "it is not a directory");
    }
    const open_descriptor base(::open(options_.base.c_str(), as_directory));
    if (!base) return base_cannot_be_used(name, error_text(errno));
    if (!may_enter(base.number())) return base_cannot_be_used(name, error_text(EACCES));
    state.base = facts.base = real_path_of(base.number());
    state.identity = facts.identity = identity_of_directory(base.number());
    state.boot = facts.boot = boot_id();
    state.asker_is_here = is_same_kernel(state.boot, options_.asker_boot);
    if (::fstat(base.number(), &seen) == 0) facts.device = seen.st_dev;
    facts.place = read_place(mount_line_of(base.number()), facts.boot, facts.base);
    if (request.expected && *request.expected != facts.identity) return base_is_another(name);
    state.ignores_case = ignores_case(base.number(), facts.base);
    const auto refuse = [&](const std::string& why) {
        facts.staging_refused = refused_staging(why);
        state.prepared = true;
        state_ = state;
        return facts;
    };
    if (request.only_look) return refuse("it is only looked at");
    if (!may_write_in(base.number())) return base_not_writable(name);
    made_staging made;
    if (const auto bad = make_staging(base.number(), facts.base, options_, request.catalog_uuid, made)) {
        if (bad->refused.empty()) return base_cannot_be_used(name, bad->why);
        return refuse(bad->refused);
    }
    state.staging = facts.staging = made.path;
    state.locks = made.locks;
    state.ignores_case = state.ignores_case || made.ignores_case;
    take_up_slots(made.in.number(), request.slots_in_use, state, facts, watch, call);
    state.prepared = true;
    state_ = std::move(state);
    return facts;
}

}  // namespace suprsync
