// Runs days, one seed each, and says what they were like; of the first in which something is violated, the
// seed, the commit, and the least that has to happen for it.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

#include "engine/model/version.hpp"
#include "tests/simulation/shrink.hpp"
#include "tests/simulation/simulated_day.hpp"

namespace suprsync::simulation {

namespace {

struct wishes {
    std::uint64_t from = 1;
    std::uint64_t days = 200;
    std::uint64_t most_failures = 1;
    double seconds = 0;  // stop after so long; 0: never
    bool replay = false, whole = false, logs = false, shrinks = true;
};

void print(const std::string& line) {
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

void add(day_report& all, const day_report& day) {
    for (const auto& [kind, times] : day.happened) all.happened[kind] += times;
    all.seen.registered += day.seen.registered;
    all.seen.verified += day.seen.verified;
    all.seen.deleted += day.seen.deleted;
    all.seen.announced += day.seen.announced;
    all.seen.replaced += day.seen.replaced;
    all.seen.failed += day.seen.failed;
    all.seen.checks += day.seen.checks;
    all.lives += day.lives;
    all.wakes += day.wakes;
    all.catalog_writes += day.catalog_writes;
    all.catalog_failures += day.catalog_failures;
    all.catalog_writes_lost += day.catalog_writes_lost;
    all.answers_lost += day.answers_lost;
    all.most_sleepers = std::max(all.most_sleepers, day.most_sleepers);
    all.most_open = std::max(all.most_open, day.most_open);
}

day_report run_day(std::uint64_t seed, std::vector<planned> plan,
                   std::function<void(const std::string&)> tell) {
    return simulated_day(seed, std::move(plan), std::move(tell)).run();
}

// Step by step, of the least plan that fails, or of the whole.
int replay(const wishes& w) {
    auto plan = plan_of(w.from);
    if (!w.whole && !run_day(w.from, plan, {}).violations.empty())
        plan = shrunk(w.from, std::move(plan), 400);
    if (w.logs) spdlog::set_level(spdlog::level::debug);
    const auto report = run_day(w.from, plan, print);
    for (const auto& violation : report.violations) print("VIOLATED " + violation);
    return report.violations.empty() ? 0 : 1;
}

void tell_failure(const wishes& w, std::uint64_t seed, const std::vector<std::string>& violations) {
    print(fmt::format("\nseed {} of {}: {} violated", seed, version(), violations.size()));
    for (std::size_t i = 0; i < violations.size() && i < 5; ++i) print("  " + violations[i]);
    if (!w.shrinks) return;
    const auto least = shrunk(seed, plan_of(seed), 300);
    print(fmt::format("the least of it ({} events), tests/simulation/replay {} shows it step by step:",
                      least.size(), seed));
    for (const auto& event : least) print("  " + describe(event));
    for (const auto& violation : run_day(seed, least, {}).violations) print("  violated " + violation);
}

int run(const wishes& w) {
    const auto begun = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    };
    day_report all;
    std::uint64_t failures = 0, days = 0;
    for (std::uint64_t seed = w.from; seed < w.from + w.days && failures < w.most_failures; ++seed) {
        if (w.seconds > 0 && elapsed() > w.seconds) break;
        const auto report = run_day(seed, plan_of(seed), {});
        ++days;
        add(all, report);
        if (report.violations.empty()) continue;
        ++failures;
        tell_failure(w, seed, report.violations);
    }
    const auto seconds = elapsed();
    print(fmt::format("{} days (seeds from {}) in {:.1f} s, {:.3f} s a day: {} failed", days, w.from, seconds,
                      seconds / static_cast<double>(std::max<std::uint64_t>(1, days)), failures));
    print(fmt::format(
        "{} files registered, {} verified, {} deleted here, {} days announced, {} attempts failed; {} checks",
        all.seen.registered, all.seen.verified, all.seen.deleted, all.seen.announced, all.seen.failed,
        all.seen.checks));
    print(fmt::format(
        "{} lives of the daemon; {} answers lost, {} writes to the catalog, {} failed, {} lost with the power",
        all.lives, all.answers_lost, all.catalog_writes, all.catalog_failures, all.catalog_writes_lost));
    print(fmt::format("at most {} sleepers and {} open files; {} wakes a day", all.most_sleepers,
                      all.most_open, all.wakes / std::max<std::uint64_t>(1, days)));
    std::string events = "what happened:";
    for (const auto& [kind, times] : all.happened) events += fmt::format(" {} {},", kind, times);
    events.pop_back();
    print(events);
    return failures == 0 ? 0 : 1;
}

wishes read(int count, char** words) {
    wishes w;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto number = [&] {
            if (i + 1 == count) throw std::invalid_argument(word + " wants a number");
            return std::stoull(words[++i]);
        };
        if (word == "--from")
            w.from = number();
        else if (word == "--days")
            w.days = number();
        else if (word == "--failures")
            w.most_failures = number();
        else if (word == "--seconds")
            w.seconds = static_cast<double>(number());
        else if (word == "--replay")
            w.replay = true, w.from = number();
        else if (word == "--whole")
            w.whole = true;
        else if (word == "--log")
            w.logs = true;
        else if (word == "--no-shrink")
            w.shrinks = false;
        else
            throw std::invalid_argument("what is " + word + "?");
    }
    return w;
}

}  // namespace

}  // namespace suprsync::simulation

int main(int count, char** words) {
    using namespace suprsync::simulation;
    try {
        spdlog::set_level(spdlog::level::off);
        const auto wanted = read(count, words);
        return wanted.replay ? replay(wanted) : run(wanted);
    } catch (const std::exception& e) {
        std::fputs((std::string(e.what()) + "\n").c_str(), stderr);
        return 2;
    }
}
