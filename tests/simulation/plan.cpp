#include "tests/simulation/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "engine/model/text.hpp"

namespace suprsync::simulation {

namespace {

struct kind_traits {
    const char* name;
    double often;         // times a day, about, where the day has it
    double lasts = 0;     // s, at most
    bool always = false;  // else half of the days have it
    bool apart = false;   // it came later, and draws from a source of its own: the others keep their days
};

constexpr std::size_t most_steps = 40;

// In the order of event_kind.
constexpr std::array<kind_traits, event_kinds> traits = {{
    {"register files", 25, 0, true},
    {"register by the service", 6},
    {"register a new version", 4},
    {"register in the way", 2},
    {"register elsewhere", 3},
    {"register back-dated", 4},
    {"register oddly", 3},
    {"register for another day", 2},
    {"register unfinished", 4},
    {"register another case", 2},
    {"register as spelled", 2},
    {"modify", 5},
    {"replace", 4},
    {"remove here", 2},
    {"ignore", 3},
    {"unignore", 3},
    {"keep", 3},
    {"release", 3},
    {"date anew", 2},
    {"delete a row", 2},
    {"retry", 2},
    {"late announcement", 1},
    {"register garbage", 3, 0, false, true},
    {"register what is gone", 3, 0, false, true},
    {"kill", 2},
    {"kill in a transaction", 2},
    {"stop", 1},
    {"reload", 2},
    {"pause", 1, 6000},
    {"resume", 1},
    {"accept a removal", 1},
    {"retry a day", 1},
    {"accept the clock", 1},
    {"tell readers", 8},
    {"power cut", 1},
    {"power cut in a transaction", 1},
    {"unmount here", 1, 4000},
    {"hang here", 1, 2000},
    {"unreadable", 1, 8000},
    {"forbidden", 1, 8000},
    {"disk full here", 1, 4000},
    {"set the clock", 1, 8000},
    {"a call of the catalog fails", 4},
    {"a question to the catalog fails", 8, 0, false, true},
    {"catalog full", 1, 2000},
    {"catalog locked", 1, 300},
    {"restore a backup", 0.5},
    {"cut", 3, 2000},
    {"blink", 6},
    {"stall", 1, 1500},
    {"slow", 2, 4000},
    {"vanish", 3},
    {"corrupt", 2},
    {"second host", 2},
    {"link to the original", 1},
    {"remove a day", 0.5},
    {"replace the base", 0.3},
    {"full there", 1, 3000},
    {"read-only there", 1, 3000},
    {"closed there", 1, 6000},
    {"obstacle there", 1, 6000},
    {"unreadable there", 1, 8000},
    {"write error there", 1, 4000},
    {"no program there", 1, 2000},
    {"unmount there", 1, 3000},
    {"power cut there", 4, 300},
    {"sync fails", 2, 8000},
    {"sync hangs", 1, 4000},
    {"write back", 20, 0, true},
    {"lock slots", 1, 600},
    {"mangle", 2, 600},
    {"lying size", 1, 3000},
    {"clock there", 1, 8000},
}};

const kind_traits& traits_of(event_kind kind) { return traits.at(static_cast<std::size_t>(kind)); }

}  // namespace

std::string name_of(event_kind kind) { return traits_of(kind).name; }

std::string describe(const planned& event) {
    const auto until = event.lasts > 0 ? fmt::format(" for {:.0f} s", event.lasts) : "";
    const auto step = event.steps > 0 ? fmt::format(", at step {} from then", event.steps) : "";
    return fmt::format("{:9.1f} s: {}{}{} [{:x}]", event.at, name_of(event.kind), until, step,
                       event.salt & 0xffffU);
}

circumstances circumstances_of(std::uint64_t seed) {
    auto chance = random(seed).branch(1);
    circumstances c;
    c.ignores_case = chance.chance(0.15);
    c.coarse_times = chance.chance(0.3);
    c.synchronized = chance.chance(0.3);
    c.longest_nap = chance.pick(std::vector<double>{1200, 3600});
    c.delete_after = chance.pick(std::vector<double>{60, 600, 3600, 20'000});
    c.sleep_time = chance.pick(std::vector<double>{600, 1800, 3600});
    c.concurrency = 1 + chance.below(4);
    c.scrubs = chance.chance(0.3);
    c.from_disk = chance.chance(0.2);
    c.keeps_history = chance.chance(0.1);
    if (chance.chance(0.2)) c.recheck = chance.chance(0.5) ? recheck_kind::size : recheck_kind::off;
    if (chance.chance(0.2)) c.read_from = chance.chance(0.5) ? read_source::own_memory : read_source::unknown;
    c.has_roots = !chance.chance(0.1);
    c.finds_lanes = chance.chance(0.2);
    c.two_names = chance.chance(0.2);
    if (chance.chance(0.3)) c.copy_timeout = chance.pick(std::vector<double>{20, 100});
    c.limits_rate = chance.chance(0.1);
    c.scrubs_at_once = chance.chance(0.3);
    c.once = chance.chance(0.1);
    c.lacks_memory = chance.chance(0.3);
    return c;
}

std::vector<planned> plan_of(std::uint64_t seed) {
    auto all = random(seed).branch(2);
    std::vector<planned> plan;
    // A day that has everything has little of each: half of the kinds are left out, others in other days.
    const double faults = all.pick(std::vector<double>{0, 0.5, 1, 2});
    for (int k = 0; k < event_kinds; ++k) {
        const auto kind = static_cast<event_kind>(k);
        const auto& t = traits_of(kind);
        auto own = random(seed).branch(fnv1a(t.name));
        auto& chance = t.apart ? own : all;
        const bool is_writer = kind < event_kind::kill;
        if (!t.always && chance.chance(0.5)) continue;
        const double often = t.often * (is_writer ? chance.between(0.3, 1.5) : faults);
        auto times = static_cast<std::size_t>(often);
        times += chance.chance(often - static_cast<double>(times)) ? 1 : 0;
        for (std::size_t i = 0; i < times; ++i)
            plan.push_back({chance.between(0, busy_for), kind, chance.next(),
                            t.lasts > 0 ? chance.between(1, t.lasts) : 0,
                            !t.always && chance.chance(0.6) ? 1 + chance.below(most_steps) : 0});
    }
    std::sort(plan.begin(), plan.end(), [](const planned& a, const planned& b) {
        return std::tie(a.at, a.salt) < std::tie(b.at, b.salt);
    });
    return plan;
}

}  // namespace suprsync::simulation
