// What goes wrong: with the daemon, with this machine, with the destination.
#include <fmt/format.h>

#include "tests/simulation/content.hpp"
#include "tests/simulation/simulated_day.hpp"

namespace suprsync::simulation {

void simulated_day::perform(const planned& event) {
    if (quiet_) return;
    ++report_.happened[name_of(event.kind)];
    say(describe(event).substr(13));
    const random chance(event.salt);
    try_to([&] {
        if (event.kind == event_kind::retry ||
            (event.kind >= event_kind::resume && event.kind <= event_kind::tell_readers))
            ask(event, chance);
        else if (event.kind < event_kind::kill)
            perform_of_people(event, chance);
        else if (event.kind < event_kind::cut)
            perform_here(event, chance);
        else
            perform_there(event, chance);
    });
}

// What the catalog refuses has not happened: its disk is full, or broken.
void simulated_day::try_to(const std::function<void()>& do_it) {
    try {
        do_it();
    } catch (const std::runtime_error& why) {
        say(fmt::format("    in vain: {}", why.what()));
    }
}

void simulated_day::perform_here(const planned& event, random chance) {
    const auto ends = [&](std::function<void()> end) { after(event.lasts, std::move(end)); };
    switch (event.kind) {
        case event_kind::kill:
            return die(false);
        case event_kind::power_cut:
            return die(true);
        case event_kind::kill_in_transaction:
            death_cut_power_ = false;
            return files_.die_at_call(1 + chance.below(40), false);
        case event_kind::power_cut_in_transaction:
            death_cut_power_ = true;
            return files_.die_at_call(1 + chance.below(40), true);
        case event_kind::stop:
            return stop_daemon();
        case event_kind::reload:
            if (chance.chance(0.3)) one_archive_ = !one_archive_;
            deletes_ = !chance.chance(0.15);
            if (chance.chance(0.5)) delete_after_ = like_.delete_after * (chance.chance(0.5) ? 1 : 3);
            return reload();
        case event_kind::pause:
            return pause(event.lasts, chance);
        case event_kind::unmount_here:
            here_.unmounted = true;
            return ends([this] { here_.unmounted = false; });
        case event_kind::hang_here:
            here_.hung = true;
            return ends([this] { here_.hung = false; });
        case event_kind::unreadable:
        case event_kind::forbidden: {
            const auto row = any_row(chance, "removed IS NULL");
            if (!row) return;
            auto& path = event.kind == event_kind::unreadable ? here_.unreadable : here_.forbidden;
            path = local_files::plain(row->local_path);
            return ends([&path] { path.reset(); });
        }
        case event_kind::disk_full_here:
            here_.full = true;
            return ends([this] { here_.full = false; });
        case event_kind::set_clock:
            time_.set_wrong_by =
                like_.synchronized ? chance.between(-20, 20) : chance.between(-100'000, 200'000);
            judge_.clock_was_set();
            return ends([this] { time_.set_wrong_by = 0; });
        case event_kind::catalog_call_fails:
            return files_.fail_call(1 + chance.below(30));
        case event_kind::question_fails:
            return fail_question(chance);
        case event_kind::catalog_full:
            files_.set_full(true);
            return ends([this] { files_.set_full(false); });
        case event_kind::catalog_locked:
            lock_catalog();
            return ends([this] { unlock_catalog(); });
        case event_kind::restore_backup:
            return restore_backup();
        default:
            throw std::logic_error("nobody performs " + name_of(event.kind));
    }
}

void simulated_day::perform_there(const planned& event, random chance) {
    const auto holds = [&](bool& what) {
        what = true;
        after(event.lasts, [&what] { what = false; });
    };
    const auto concerns = [&](some_files& which) {
        which.digit = static_cast<char>('0' + chance.below(10));
        after(event.lasts, [&which] { which.digit.reset(); });
    };
    switch (event.kind) {
        case event_kind::cut:
            ++there_.cuts;
            return holds(there_.cut);
        case event_kind::blink:
            ++there_.cuts;
            return;
        case event_kind::stall:
            return holds(there_.stalled);
        case event_kind::slow:
            there_.slowness = chance.between(2, 200);
            return after(event.lasts, [this] { there_.slowness = 1; });
        case event_kind::replace_base:
            ++there_.cuts;
            return there_.replace_base();
        case event_kind::closed_there:
            there_.closed = chance.chance(0.5) ? "smurf" : "timestreams";
            return after(event.lasts, [this] { there_.closed.clear(); });
        case event_kind::obstacle_there:
            return concerns(there_.obstructed);
        case event_kind::unreadable_there:
            return concerns(there_.unreadable);
        case event_kind::write_error_there:
            return concerns(there_.unwritable);
        case event_kind::no_program_there:
            ++there_.cuts;
            return holds(there_.no_program);
        case event_kind::sync_hangs:
            return holds(there_.sync_hangs);
        case event_kind::full_there:
            return holds(there_.full);
        case event_kind::read_only_there:
            return holds(there_.read_only);
        case event_kind::unmount_there:
            ++there_.cuts;
            return holds(there_.unmounted);
        case event_kind::power_cut_there:
            there_.lose_power();
            judge_.check_handed_over();
            return holds(there_.cut);
        case event_kind::sync_fails:
            there_.disk_fails = true;
            // What was lost is seen later where memory holds it.
            return chance.chance(0.5) ? holds(there_.memory_is_held) : void();
        case event_kind::write_back:
            return there_.write_back();
        case event_kind::lock_slots:
            for (int slot = 0; slot < 4; ++slot)
                if (chance.chance(0.5)) there_.lock(slot, event.lasts);
            return;
        case event_kind::mangle:
            return holds(there_.mangles);
        case event_kind::lying_size:
            return holds(there_.lies_about_size);
        case event_kind::clock_there:
            there_.clock_wrong_by = chance.between(-100'000, 100'000);
            judge_.clock_was_set();
            return after(event.lasts, [this] { there_.clock_wrong_by = 0; });
        default:
            return meddle(event, chance);
    }
}

// Somebody else at what is published.
void simulated_day::meddle(const planned& event, random chance) {
    if (there_.published.empty() || there_.unmounted) return;
    auto place = there_.published.begin();
    std::advance(place, static_cast<std::ptrdiff_t>(chance.below(there_.published.size())));
    const auto path = place->first;
    auto& file = place->second;
    say("    " + path);
    there_.meddle(path);
    const auto written = [&](std::string content) {
        auto made = std::make_shared<far_file>();
        made->inode = 2'000'000 + chance.below(1'000'000);
        made->memory = std::move(content);
        made->disk = made->memory;
        made->dirty = false;
        made->changed_ns = there_.now_ns();
        return made;
    };
    switch (event.kind) {
        case event_kind::vanish:
            return there_.put(there_.published, path, nullptr);
        case event_kind::corrupt:
            file = written(torn(file->memory, chance.next()));
            return;
        case event_kind::second_host:
            there_.kept["of the second host/" + path] = file;
            file = written(content_of(++next_content_, 10 + chance.below(300)));
            return;
        case event_kind::link_to_original:
            for (const auto& row : others().rows(oracle::is_text("remote_path", path))) {
                const auto original = here_.named(row.local_path);
                if (!original) continue;
                file = written(original->content);
                file->original = original;
            }
            return;
        case event_kind::remove_day: {
            const auto day = path.substr(0, path.find('/'));
            for (const auto& [name, one] : std::map(there_.published))
                if (name.starts_with(day + "/")) {
                    there_.meddle(name);
                    there_.put(there_.published, name, nullptr);
                }
            there_.directories.erase(day);
            return;
        }
        default:
            throw std::logic_error("nobody performs " + name_of(event.kind));
    }
}

}  // namespace suprsync::simulation
