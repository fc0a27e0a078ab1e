#include "engine/model/option_words.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace suprsync {

namespace {

std::optional<double> unit_of(std::string_view text) {
    if (text.empty() || text == "s") return 1;
    if (text == "m") return 60;
    if (text == "h") return 3600;
    if (text == "d") return 86400;
    return std::nullopt;
}

}  // namespace

std::optional<double> parse_duration(std::string_view text) {
    double number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc()) return std::nullopt;
    const auto unit = unit_of(std::string_view(rest, static_cast<std::size_t>(end - rest)));
    // from_chars reads "inf" and "nan", too.
    if (!unit || !std::isfinite(number * *unit) || number < 0) return std::nullopt;
    return number * *unit;
}

std::string show_duration(double seconds) { return fmt::format("{}s", seconds); }

}  // namespace suprsync
