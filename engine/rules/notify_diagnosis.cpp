#include "engine/rules/notify_diagnosis.hpp"

#include <fmt/format.h>

namespace suprsync {

std::vector<finding> judge_notify(const std::vector<probed_notify>& entries) {
    std::vector<finding> found;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& one = entries[i];
        const auto check = fmt::format("notify {}", i + 1);
        if (!one.program.empty() && one.found.empty())
            found.push_back(
                {health::failed, "", check,
                 fmt::format(
                     "there is no program '{}' that this account may execute: install it, or name it with its whole path (notify[{}].command)",
                     one.program, i)});
        else
            found.push_back({health::ok, "", check,
                             fmt::format("{}{} is told; to try it: suprsync notify --test --to {}", one.place,
                                         one.found.empty() ? "" : fmt::format(" ({})", one.found), i + 1)});
    }
    return found;
}

}  // namespace suprsync
