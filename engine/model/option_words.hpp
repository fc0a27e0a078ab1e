// Lengths of time as people write them: a number of seconds, or one with a unit (90, 90s, 15m, 2h, 7d).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace suprsync {

/// What parse_duration takes, for messages.
inline constexpr const char* duration_forms = "a time such as 90, 90s, 15m, 2h or 7d";

/// Seconds; none where the text is no such thing, negative or not finite.
std::optional<double> parse_duration(std::string_view text);

/// "90s", "0.5s": what parse_duration reads as the same number.
std::string show_duration(double seconds);

}  // namespace suprsync
