#include "engine/model/option_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <regex>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

std::optional<double> unit_of(std::string_view text) {
    if (text.empty() || text == "s") return 1;
    if (text == "m") return 60;
    if (text == "h") return 3600;
    if (text == "d") return 86400;
    return std::nullopt;
}

bool same_in_any_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

// So many digits, no more and no less, as a number up to `most`.
std::optional<int> take_digits(std::string_view& text, std::size_t count, int most) {
    if (text.size() < count) return std::nullopt;
    const auto digits = text.substr(0, count);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    const auto number = read_number<int>(digits, 0, most);
    if (!number) return std::nullopt;
    text.remove_prefix(count);
    return number;
}

bool take_sign(std::string_view& text, char sign) {
    if (!text.starts_with(sign)) return false;
    text.remove_prefix(1);
    return true;
}

// "2026-11-28", as days since the epoch.
std::optional<int> take_day(std::string_view& text) {
    const auto year = take_digits(text, 4, 9999);
    if (!year || !take_sign(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2, 12);
    if (!month || !take_sign(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2, 31);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count();
}

// "23:15", "23:15:00" or "23:15:00.5", in seconds.
std::optional<double> take_time_of_day(std::string_view& text) {
    const auto hours = take_digits(text, 2, 23);
    if (!hours || !take_sign(text, ':')) return std::nullopt;
    const auto minutes = take_digits(text, 2, 59);
    if (!minutes) return std::nullopt;
    double seconds = *hours * 3600 + *minutes * 60;
    if (!take_sign(text, ':')) return seconds;
    const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto point = std::min(text.find('.'), end);
    const auto rest = read_number<double>(text.substr(0, end), 0);
    if (point != 2 || !rest || *rest >= 60) return std::nullopt;
    text.remove_prefix(end);
    return seconds + *rest;
}

// "Z", "+09:00", "-0330", "+09" or nothing: seconds that the clock of that zone is ahead of UTC.
std::optional<int> take_zone(std::string_view& text) {
    if (text.empty() || take_sign(text, 'Z')) return 0;
    const int sign = text.starts_with('-') ? -1 : 1;
    if (!take_sign(text, '-') && !take_sign(text, '+')) return std::nullopt;
    const auto hours = take_digits(text, 2, 14);
    if (!hours) return std::nullopt;
    if (text.empty()) return sign * *hours * 3600;
    take_sign(text, ':');
    const auto minutes = take_digits(text, 2, 59);
    if (!minutes) return std::nullopt;
    return sign * (*hours * 3600 + *minutes * 60);
}

constexpr double least_rate = 512;  // bytes/s; rsync refuses less, but for 0: no limit
constexpr unsigned long most_mode = 07777;

// std::regex_match calls itself for each character (GCC's PR 86164): a text of any length would use up the
// stack. What is longer than this is none of what is meant.
constexpr std::size_t longest_regular = 64;
constexpr std::size_t longest_ssh_destination = 64 + 1 + 255;  // a user, @, and a host name of DNS

bool is_one_mode(const std::string& text) {
    if (text.size() > longest_regular) return false;
    static const std::regex symbolic("[DFugoa]*[-+=]([rwXxst]*|[ugo])");
    static const std::regex octal("[DF]*([0-7]+)");
    // For directories alone and for files alone is for nothing.
    if (text.find('D') != std::string::npos && text.find('F') != std::string::npos) return false;
    if (std::regex_match(text, symbolic)) return true;
    std::smatch digits;
    return std::regex_match(text, digits, octal) &&
           std::strtoul(digits[1].str().c_str(), nullptr, 8) <= most_mode;
}

}  // namespace

std::optional<double> read_duration(std::string_view text) {
    // No number ends in a letter: what is not its unit is found to be no part of it.
    const auto digits = std::min(text.find_last_not_of("smhd") + 1, text.size());
    const auto number = read_number<double>(text.substr(0, digits), 0);
    const auto unit = unit_of(text.substr(digits));
    if (!number || !unit || !std::isfinite(*number * *unit)) return std::nullopt;
    return *number * *unit;
}

std::optional<epoch_seconds> read_date(std::string_view text) {
    constexpr epoch_seconds latest = 1e11;
    if (const auto number = read_number<double>(text, 0, latest)) return number;
    const auto day = take_day(text);
    if (!day) return std::nullopt;
    double seconds = 0;
    if (text.starts_with('T') || text.starts_with(' ')) {
        text.remove_prefix(1);
        const auto of_day = take_time_of_day(text);
        if (!of_day) return std::nullopt;
        const auto ahead = take_zone(text);
        if (!ahead) return std::nullopt;
        seconds = *of_day - *ahead;
    }
    const auto when = *day * 86400.0 + seconds;
    if (!text.empty() || when < 0 || when > latest) return std::nullopt;
    return when;
}

std::optional<daily_time> read_daily_time(std::string_view text) {
    constexpr std::string_view local = " local";
    daily_time when;
    when.local = text.ends_with(local);
    if (when.local) text.remove_suffix(local.size());
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = read_number<int>(text.substr(0, 2), 0, 23);
    const auto minute = read_number<int>(text.substr(3), 0, 59);
    if (!hour || !minute || text.find('-') != std::string_view::npos) return std::nullopt;
    when.minutes = *hour * 60 + *minute;
    return when;
}

std::string show_daily_time(const daily_time& when) {
    return fmt::format("{:02}:{:02}{}", when.minutes / 60, when.minutes % 60, when.local ? " local" : "");
}

std::optional<std::string> read_rate(std::string_view text) {
    const bool per_second = text.ends_with("/s");
    if (per_second) text.remove_suffix(2);
    // A number alone has a unit of its own, KiB/s.
    if (per_second && text.find_first_not_of("0123456789.") == std::string_view::npos) return std::nullopt;
    std::string rate(text);
    return is_rsync_rate(rate) ? std::optional(std::move(rate)) : std::nullopt;
}

std::string show_duration(double seconds) { return fmt::format("{}s", seconds); }

std::optional<bool> read_flag(std::string_view text) {
    if (read_word(text, {"true", "yes", "on"})) return true;
    if (read_word(text, {"false", "no", "off"})) return false;
    return std::nullopt;
}

std::optional<std::string> read_word(std::string_view text, const std::vector<std::string>& words) {
    const auto place = std::ranges::find_if(words, [&](const auto& w) { return same_in_any_case(w, text); });
    return place == words.end() ? std::nullopt : std::optional(*place);
}

std::optional<double> bytes_of_rate(const std::string& text) {
    static const std::regex rate(R"((\d+\.?\d*|\.\d+)([bB]|([kKmMgGtTpP])([bB]|[iI][bB])?)?([-+]1)?)");
    std::smatch parts;
    if (text.size() > longest_regular || !std::regex_match(text, parts, rate)) return std::nullopt;
    const std::string unit = parts[3].matched ? parts[3].str() : parts[2].matched ? "" : "k";
    const auto power = unit.empty() ? 0 : std::string("kmgtp").find(static_cast<char>(unit[0] | 0x20)) + 1;
    const double thousand = parts[4].length() == 1 ? 1000 : 1024;
    const double bytes =
        std::atof(parts[1].str().c_str()) * std::pow(thousand, power) + std::atof(parts[5].str().c_str());
    return bytes == 0 || bytes >= least_rate ? std::optional(bytes) : std::nullopt;
}

bool is_rsync_rate(const std::string& text) { return bytes_of_rate(text).has_value(); }

bool is_rsync_modes(const std::string& text) {
    for (std::size_t from = 0;;) {
        const auto to = text.find(',', from);
        if (!is_one_mode(text.substr(from, to == std::string::npos ? to : to - from))) return false;
        if (to == std::string::npos) return true;
        from = to + 1;
    }
}

bool is_ssh_destination(const std::string& text) {
    if (text.empty() || text.size() > longest_ssh_destination || text.starts_with('-') ||
        text.find('\0') != std::string::npos || text.find_first_of(" \t\n\r'\"\\/;$`") != std::string::npos)
        return false;
    const auto at = text.rfind('@');
    const auto user = at == std::string::npos ? "" : text.substr(0, at);
    const auto host = at == std::string::npos ? text : text.substr(at + 1);
    if (at == 0 || host.empty() || user.find(':') != std::string::npos) return false;
    if (host.find_first_of(":[]%") == std::string::npos) return true;
    static const std::regex ipv6("([0-9A-Fa-f]*:){2,7}[0-9A-Fa-f.]*(%[A-Za-z0-9_.-]+)?");
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    return std::regex_match(bracketed ? host.substr(1, host.size() - 2) : host, ipv6);
}

std::optional<std::string> why_no_name(const std::string& name) {
    if (name.empty()) return "it is required and must not be empty";
    if (name.size() > longest_name)
        return fmt::format("'{}' is {} bytes long: it becomes part of paths, expected at most {}",
                           abridged(name), name.size(), longest_name);
    if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
        return fmt::format("'{}' becomes part of paths and cannot hold '/' or NUL", name);
    if (name.starts_with('.'))
        return fmt::format("'{}' becomes part of paths and cannot begin with a dot", name);
    if (!is_utf8(name)) return fmt::format("'{}' is not valid UTF-8: expected a name in UTF-8", name);
    if (!is_printable(name))
        return fmt::format(
            "'{}' holds control characters or others that cannot be seen: expected visible characters and spaces",
            name);
    return std::nullopt;
}

}  // namespace suprsync
