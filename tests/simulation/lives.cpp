// How the daemon's lives begin and end.
#include <fmt/format.h>

#include <filesystem>

#include "tests/simulation/simulated_day.hpp"

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

constexpr double ends_within = 700;  // s after a stop: its grace, and what cannot be ended sooner

archive_configuration archive_named(const std::string& name) {
    archive_configuration c;
    c.name = name;
    c.remote_basedir = "/base";
    c.ssh_host = "user@far";
    c.instance_id = "crate1";
    c.suprsync_file_root = announced_root;
    c.local_roots = {data_root};
    c.stall_timeout = 120;
    return c;
}

asio::awaitable<void> ask_to_pause(suprsync::daemon& engine, std::string archive, bool paused) {
    co_await engine.set_paused(std::move(archive), paused, "by a person");
}

asio::awaitable<void> wait_while(const bool* locked, clock* time) {
    while (*locked) co_await time->sleep_for(std::chrono::seconds(7));
}

}  // namespace

daemon_configuration simulated_day::configuration() const {
    daemon_configuration c;
    c.db_path = "/sync/catalog.db";
    c.suprsync_file_root = announced_root;
    c.instance_id = "crate1";
    c.local_roots = {data_root};
    c.once = like_.once && !quiet_;
    c.archives = {archive_named("smurf")};
    if (!one_archive_) c.archives.push_back(archive_named("timestreams"));
    for (auto& archive : c.archives) {
        if (deletes_) archive.delete_local_after = delete_after_;
        archive.sleep_time = like_.sleep_time;
        archive.concurrency = like_.concurrency;
        archive.verify_from = like_.from_disk ? verify_kind::disk : verify_kind::cache;
        archive.recheck_remote = like_.recheck;
        archive.copy_timeout = like_.copy_timeout;
        if (like_.finds_lanes) archive.concurrency.reset();
        if (!like_.has_roots) archive.local_roots.clear();
        if (like_.two_names && archive.name == "timestreams") archive.remote_basedir = "/also/base";
        if (like_.scrubs) archive.scrub_every = 20'000;
        if (like_.scrubs_at_once) archive.scrub_rate = "0";
        if (like_.limits_rate) archive.bwlimit = "10MB";
    }
    return c;
}

void simulated_day::start() {
    if (life_ || down_for_good_) return;
    try {
        if (others().text("PRAGMA quick_check") != "ok") judge_.violated("the catalog is damaged");
        life_ = std::make_unique<daemon_life>(around(), configuration(),
                                              random(seed_).branch(1000 + report_.lives));
        judge_.on_life(life_->engine().events());
    } catch (const std::exception& why) {
        say(fmt::format("the daemon cannot start: {}", why.what()));
        life_.reset();
        after(30, [this] { start(); });
        return;
    }
    ++report_.lives;
    say("the daemon starts");
    last_event_told_ = life_->engine().events().newest();
    life_->disk().on_removal = [this](const std::string& path, const local_file& file) {
        judge_.on_removal(path, file);
    };
    life_->disk().on_step = [this] { step(); };
    life_->catalog().before = [this](const std::string& function) {
        questions_.insert(function);
        announces_anew_ =
            function == "reissue_finalization" || (announces_anew_ && function != "register_finalization");
        if (function == "record_history" && !like_.keeps_history)
            life_->catalog().fail_next(function, {failure_code::io, "record", "a minute", "not today"});
    };
    life_->catalog().after = [this](const std::string& function) {
        if (function == "register_finalization") {
            judge_.on_announced(false);
            if (std::exchange(announces_late_, false))
                after(0, [this] { try_to([this] { age_announcements(); }); });
        }
        if (function == "reissue_finalization") judge_.on_announced(true);
    };
    if (catalog_locked_) lock_catalog();
    if (like_.lacks_memory)
        life_->engine().ask_for_memory(
            [this] { return 1ULL << (20 + random(seed_).branch(report_.wakes).below(13)); });
    life_->begin();
}

// Each is as likely, however often it is asked.
void simulated_day::fail_question(random chance) {
    if (!life_ || questions_.empty()) return;
    const auto which =
        std::next(questions_.begin(), static_cast<std::ptrdiff_t>(chance.below(questions_.size())));
    say(fmt::format("    {}", *which));
    life_->catalog().fail_next(*which, {failure_code::catalog, "use", "the catalog", "not this time"});
}

// Whoever wants something of it waits.
void simulated_day::lock_catalog() {
    catalog_locked_ = true;
    if (!life_) return;
    life_->catalog().locked = time_.wall();
    life_->catalog().until_free = [this] { return wait_while(&catalog_locked_, &life_->clock()); };
}

void simulated_day::unlock_catalog() {
    catalog_locked_ = false;
    if (!life_) return;
    life_->catalog().locked.reset();
    life_->catalog().until_free = nullptr;
}

// It has ended by itself: after a stop, or with --once.
void simulated_day::end_life() {
    say("the daemon has ended");
    if (life_->says_all_is_settled()) judge_.on_said_to_be_settled();
    life_.reset();
    after(random(seed_).branch(2000 + report_.lives).between(1, 600), [this] { start(); });
}

void simulated_day::die(bool power_cut) {
    death_cut_power_ = power_cut;
    if (life_) life_->die();
    files_.die(power_cut);
}

void simulated_day::bury() {
    say(death_cut_power_ ? "this machine has lost its power" : "the daemon was killed");
    auto chance = random(seed_).branch(3000 + report_.lives);
    life_.reset();
    others_.reset();
    files_.live_again();
    if (death_cut_power_) {
        here_.lose_power(chance);
        ++time_.start;
        time_.started_at = time_.elapsed;
    }
    death_cut_power_ = false;
    // Of what it registered in its last moment nobody heard.
    judge_.on_announced(announces_anew_);
    after(quiet_ ? 1 : chance.between(0.1, 600), [this] { start(); });
}

void simulated_day::stop_daemon() {
    if (!life_) return;
    life_->engine().stop();
    // Whoever waits for a moment for its end may oversleep, and its grace is such a moment, too.
    after(ends_within + 2 * like_.longest_nap, [this, lives = report_.lives] {
        if (life_ && report_.lives == lives)
            judge_.violated("the daemon does not end though it was told to stop");
    });
}

void simulated_day::reload() {
    if (!life_) return;
    const auto changes = life_->engine().reload(configuration());
    say(changes ? "the configuration is read again" : "reload: " + changes.error().text());
    if (!changes && quiet_) after(60, [this] { reload(); });
}

void simulated_day::pause(double seconds, random chance) {
    const std::string archive = chance.chance(0.5) ? "smurf" : "timestreams";
    if (!life_) return;
    life_->ask(ask_to_pause(life_->engine(), archive, seconds > 0));
    if (seconds > 0)
        after(seconds, [this, archive] {
            if (life_) life_->ask(ask_to_pause(life_->engine(), archive, false));
        });
}

// Put back by a rename, with what lay beside the old one taken away (spec, The catalog that is meant).
void simulated_day::restore_backup() {
    const auto backup = scratch_ / "backup.db";
    const auto catalog = scratch_ / "catalog.db";
    if (!backup_taken_) {
        std::filesystem::remove(backup);
        others().execute("VACUUM INTO '" + backup.string() + "'");
        backup_taken_ = true;
        say("a backup of the catalog is taken");
        return;
    }
    say("a backup is put in the catalog's place");
    backup_taken_ = false;
    others_.reset();
    std::filesystem::rename(backup, catalog);
    std::filesystem::remove(catalog.string() + "-wal");
    std::filesystem::remove(catalog.string() + "-shm");
    files_.replaced(catalog.string());
    others().execute("PRAGMA journal_mode = WAL");
    judge_.catalog_restored();
}

void simulated_day::end_troubles() {
    quiet_ = true;
    waiting_.clear();
    files_.no_faults();
    here_.unmounted = here_.hung = here_.full = false;
    here_.unreadable.reset();
    here_.forbidden.reset();
    there_.cut = there_.stalled = there_.full = there_.read_only = there_.unmounted = false;
    there_.mangles = there_.lies_about_size = there_.memory_is_held = false;
    there_.no_program = there_.sync_hangs = false;
    there_.closed.clear();
    for (auto* which : {&there_.obstructed, &there_.unreadable, &there_.unwritable}) which->digit.reset();
    unlock_catalog();
    there_.slowness = 1;
    there_.clock_wrong_by = time_.set_wrong_by = 0;
    down_for_good_ = false;
    one_archive_ = false;
    delete_after_ = like_.delete_after;
    deletes_ = true;
    // Whoever ends a pause was not asked about a base directory that is another one by then; with --once
    // there may be nobody to be told, for ten minutes.
    for (const double at : {60.0, 1000.0, 7300.0})
        for (const auto* archive : {"smurf", "timestreams"})
            after(at, [this, archive] {
                if (life_) life_->ask(ask_to_pause(life_->engine(), archive, false));
            });
    if (!life_) {
        after(1, [this] { start(); });
        return;
    }
    reload();
}

}  // namespace suprsync::simulation
