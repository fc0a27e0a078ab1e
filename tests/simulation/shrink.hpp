// Of what happened in a day in which something was violated, the least for which something still is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/simulation/plan.hpp"

namespace suprsync::simulation {

/// At most so many days are run to find out.
std::vector<planned> shrunk(std::uint64_t seed, std::vector<planned> plan, std::size_t most_days);

}  // namespace suprsync::simulation
