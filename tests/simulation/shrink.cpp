#include "tests/simulation/shrink.hpp"

#include <algorithm>

#include "tests/simulation/simulated_day.hpp"

namespace suprsync::simulation {

// Parts are left out, large ones first (ddmin).
std::vector<planned> shrunk(std::uint64_t seed, std::vector<planned> plan, std::size_t most_days) {
    std::size_t part = (plan.size() + 1) / 2;
    while (part > 0 && most_days > 0) {
        bool smaller = false;
        for (std::size_t at = 0; at < plan.size() && most_days > 0;) {
            auto less = plan;
            const auto begin = less.begin() + static_cast<std::ptrdiff_t>(at);
            less.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(part, less.size() - at)));
            --most_days;
            if (simulated_day(seed, less, {}).run().violations.empty()) {
                at += part;
            } else {
                plan = std::move(less);
                smaller = true;
            }
        }
        if (part == 1 && !smaller) break;
        part = part == 1 ? 1 : part / 2;
    }
    return plan;
}

}  // namespace suprsync::simulation
