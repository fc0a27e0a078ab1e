#include "tests/simulation/simulated_day.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

namespace suprsync::simulation {

namespace {

constexpr std::size_t most_sleepers = 400;
constexpr std::size_t most_open = 2000;
constexpr std::uint64_t most_wakes_in_hour = 200'000;
constexpr const char* catalog_name = "catalog.db";

}  // namespace

simulated_day::simulated_day(std::uint64_t seed, const circumstances& like, std::vector<planned> plan,
                             std::function<void(const std::string&)> tell)
    : seed_(seed),
      like_(like),
      plan_(std::move(plan)),
      tell_(std::move(tell)),
      there_(time_, random(seed).branch(3)),
      files_(faulty_files::instance()),
      judge_(time_, here_, there_, [this]() -> test::foreign_writer& { return others(); }) {
    files_.begin(random(seed).branch(4), time_);
    sqlite3_randomness(0, nullptr);  // its generator begins anew
    files_.on_death = [this] {
        if (life_) life_->die();
    };
    time_.synchronized = like_.synchronized;
    here_.coarse_times = like_.coarse_times;
    there_.ignores_case = like_.ignores_case;
    there_.reads_from = like_.read_from;
    judge_.rechecks_content = like_.recheck == recheck_kind::md5;
    judge_.delete_after = delete_after_ = like_.delete_after;
    const auto never = [&](auto what) { return std::none_of(plan_.begin(), plan_.end(), what); };
    judge_.clock_right = never([](const planned& e) { return e.kind == event_kind::set_clock; });
    judge_.calm = !like_.coarse_times && never([](const planned& e) {
        return e.kind >= event_kind::kill && e.kind != event_kind::write_back;
    });
    there_.on_published = [this](const std::string& path, const far_file& file) {
        judge_.on_published(path, file);
    };
    watch_.on_step = [this] { step(); };
    watch_.on_replaced = [this](const std::string&, const publish_item& by, const far_file& yielded) {
        judge_.on_replaced(by.id, by.remote_path, yielded);
    };
}

simulated_day::~simulated_day() {
    life_.reset();
    others_.reset();
}

surroundings simulated_day::around() {
    return {time_, here_, there_, watch_, scratch_ / catalog_name, like_.longest_nap};
}

test::foreign_writer& simulated_day::others() {
    if (!others_) others_ = std::make_unique<test::foreign_writer>(scratch_ / catalog_name);
    return *others_;
}

void simulated_day::say(const std::string& what) {
    if (tell_) tell_(fmt::format("{:9.1f} s: {}", time_.seconds(), what));
}

void simulated_day::after(double seconds, std::function<void()> what) {
    agenda_.emplace(time_.elapsed + nanoseconds_of(seconds), std::move(what));
}

// The daemon does something, here or there.
void simulated_day::step() {
    for (auto& event : waiting_)
        if (--event.steps == 0) after(0, [this, event] { perform(event); });
    std::erase_if(waiting_, [](const planned& event) { return event.steps == 0; });
}

day_report simulated_day::run() {
    try {
        live();
    } catch (const std::exception& bug) {
        judge_.violated(fmt::format("nobody caught an exception: {}", bug.what()));
    }
    report_.violations = judge_.violations;
    report_.seen = judge_.seen;
    report_.catalog_writes = files_.calls();
    report_.catalog_failures = files_.failed();
    report_.catalog_writes_lost = files_.lost();
    report_.answers_lost = watch_.lost_answers;
    return report_;
}

void simulated_day::live() {
    others().create_tables();
    for (const auto& event : plan_)
        agenda_.emplace(nanoseconds_of(event.at), [this, event] {
            if (event.steps > 0)
                waiting_.push_back(event);
            else
                perform(event);
        });
    start();
    run_until(like_.busy);
    say("faults have stopped");
    end_troubles();
    run_until(like_.busy + like_.quiet);
    judge_.check_handed_over();
    if (life_)
        judge_.check_settled(life_->engine().conditions().list());
    else
        judge_.violated("the daemon does not run though nothing keeps it from it");
}

// What can happen at this moment happens; then time goes on to the next thing that is to happen.
void simulated_day::run_until(double seconds) {
    const auto until = nanoseconds_of(seconds);
    while (true) {
        take_turn();
        auto next = until;
        if (!agenda_.empty()) next = std::min(next, agenda_.begin()->first);
        if (life_) {
            const auto wakes = life_->clock().next();
            if (wakes) next = std::min(next, *wakes);
        }
        time_.elapsed = std::max(time_.elapsed, next);
        if (!agenda_.empty() && agenda_.begin()->first <= time_.elapsed) {
            const auto what = std::move(agenda_.begin()->second);
            agenda_.erase(agenda_.begin());
            what();
        } else if (life_ && life_->clock().wake_one()) {
            ++report_.wakes;
            ++wakes_in_hour_;
        } else if (time_.elapsed >= until) {
            return;
        }
    }
}

void simulated_day::take_turn() {
    if (life_) {
        life_->settle();
        look_around();
    }
    if (files_.dead())
        bury();
    else if (life_ && life_->ended())
        end_life();
}

// What the daemon tells, and what it holds.
void simulated_day::look_around() {
    const auto& feed = life_->engine().events();
    while (true) {
        const auto events = feed.after(last_event_told_, 1000);
        if (events.empty()) break;
        for (const auto* e : events) {
            judge_.on_event(*e);
            last_event_told_ = e->id;
            if (!tell_) continue;
            if (const auto* file = std::get_if<file_event>(&e->what)) {
                constexpr const char* words[] = {"registered", "copied", "verified", "failed", "deleted"};
                say(fmt::format("    {} {} {} {}", words[static_cast<int>(file->what)], file->id,
                                file->remote_path, file->reason));
            } else if (const auto* condition = std::get_if<condition_event>(&e->what)) {
                say(fmt::format("    {} {} {}: {}", condition->raised.kind, condition->raised.archive,
                                condition->begins ? "begins" : "is over", condition->raised.message));
            } else if (const auto* day = std::get_if<finalized_event>(&e->what)) {
                say(fmt::format("    finalized {} of {}, revision {}", day->timecode, day->archive,
                                day->revision));
            }
        }
    }
    report_.most_sleepers = std::max(report_.most_sleepers, life_->clock().sleepers());
    report_.most_open = std::max(report_.most_open, life_->disk().open_now());
    if (life_->clock().sleepers() > most_sleepers || life_->disk().open_now() > most_open)
        judge_.violated(fmt::format("{} coroutines sleep, {} files are open", life_->clock().sleepers(),
                                    life_->disk().open_now()));
    const int hour = static_cast<int>(time_.seconds() / 3600);
    if (hour != hour_) hour_ = hour, wakes_in_hour_ = 0;
    if (wakes_in_hour_ == most_wakes_in_hour) judge_.violated("the daemon is awake all the time");
    if (wakes_in_hour_ > 2 * most_wakes_in_hour) {
        judge_.violated("it does not rest");
        time_.elapsed += nanoseconds_of(60);
    }
}

}  // namespace suprsync::simulation
