// Rows of the catalog in which anything stands, about files that are or are not there: the input decides
// what, in which archive, and when. A short simulated day with the whole engine on the real catalog
// (tests/simulation) is judged as every one is: nothing is lost, nothing appears there that nobody
// registered, what else was registered is settled, and of each row that is not, a condition says so.
#include <fuzzer/FuzzedDataProvider.h>
#include <spdlog/spdlog.h>

#include "tests/fuzz/fuzz.hpp"
#include "tests/simulation/simulated_day.hpp"

namespace suprsync::fuzz {

namespace {

using simulation::event_kind;

simulation::circumstances short_day(FuzzedDataProvider& input) {
    simulation::circumstances like;
    like.longest_nap = 3600;
    like.sleep_time = 3600;
    like.delete_after = 60;
    like.synchronized = true;
    like.scrubs = input.ConsumeBool();
    like.ignores_case = input.ConsumeBool();
    like.busy = 1000;
    // Until attempts are used up (the last follows an hour after the others), and what is due is deleted.
    like.quiet = 9000;
    return like;
}

// Some files, garbage before the daemon starts for the first time or after, perhaps a kill or a stop.
std::vector<simulation::planned> plan_of(FuzzedDataProvider& input) {
    constexpr event_kind among[] = {
        event_kind::register_files, event_kind::register_garbage, event_kind::kill,    event_kind::stop,
        event_kind::retry,          event_kind::release,          event_kind::unignore};
    std::vector<simulation::planned> plan;
    double at = 0;
    for (int left = input.ConsumeIntegralInRange(1, 4); left > 0; --left) {
        plan.push_back({at, input.PickValueInArray(among), input.ConsumeIntegral<std::uint8_t>()});
        at += input.ConsumeBool() ? 0 : 200;
    }
    plan.push_back({at, event_kind::register_garbage});
    plan.push_back({at, event_kind::register_files});
    return plan;
}

}  // namespace

}  // namespace suprsync::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace suprsync::fuzz;
    spdlog::set_level(spdlog::level::off);
    FuzzedDataProvider input(data, size);
    const auto like = short_day(input);
    suprsync::simulation::simulated_day day(1, like, plan_of(input), {});
    day.garbage_chosen_by = [&input](std::size_t n) {
        return input.ConsumeIntegralInRange<std::size_t>(0, n - 1);
    };
    const auto violations = day.run().violations;
    must(violations.empty(), violations.empty() ? "" : violations.front());
    return 0;
}
