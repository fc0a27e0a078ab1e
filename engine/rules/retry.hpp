// Which files are given their attempts back where a person asks for it, through the tools or over HTTP.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "engine/model/rows.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

/// What a file can be tried again from.
inline constexpr std::array<std::string_view, 2> states_to_retry{"failed", "retrying"};

/// Why files in this state are none to be tried again: what was expected instead. None where they are.
inline std::optional<std::string> why_no_state_to_retry(const std::string& state) {
    if (std::ranges::find(states_to_retry, state) != states_to_retry.end()) return std::nullopt;
    return expected_not("failed or retrying", state);
}

/// Whether it would be tried again. What is gone here cannot be, whatever attempts it has.
inline bool would_be_retried(const file_view& file) {
    return !why_no_state_to_retry(file.state) && !file.row.removed;
}

}  // namespace suprsync
