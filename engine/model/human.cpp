#include "engine/model/human.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace suprsync::human {

std::string bytes(double count) {
    constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    std::size_t unit = 0;
    for (; count >= 999.95 && unit < 5; ++unit) count /= 1000;
    return fmt::format("{:.{}f} {}", count, unit == 0 ? 0 : 1, units[unit]);
}

std::string count(std::int64_t n) {
    auto text = std::to_string(n);
    const std::size_t first = n < 0 ? 1 : 0;
    for (auto at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
    return text;
}

std::string counted(std::int64_t n, std::string_view noun) {
    return fmt::format("{} {}{}", count(n), noun, n == 1 ? "" : "s");
}

std::string span(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::clamp(std::round(std::abs(seconds)), 0.0, 1e12));
    struct unit {
        std::int64_t seconds;
        const char* name;
    };
    constexpr unit units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto n = whole / units[i].seconds;
        if (n == 0 && i < 3) continue;
        const auto rest = i < 2 ? whole % units[i].seconds / units[i + 1].seconds : 0;
        if (rest == 0) return fmt::format("{} {}", n, units[i].name);
        return fmt::format("{} {} {} {}", n, units[i].name, rest, units[i + 1].name);
    }
    return "0 s";
}

std::string age(epoch_seconds when, epoch_seconds now) {
    return when > now ? "in " + span(when - now) : span(now - when) + " ago";
}

std::string date(epoch_seconds when) {
    if (!std::isfinite(when) || std::abs(when) > 1e11) return fmt::format("{}", when);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}Z", fmt::gmtime(static_cast<std::time_t>(std::floor(when))));
}

std::string date_and_age(epoch_seconds when, epoch_seconds now) {
    return date(when) + " (" + age(when, now) + ")";
}

std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace suprsync::human
