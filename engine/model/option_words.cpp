#include "engine/model/option_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <regex>

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

constexpr double least_rate = 512;  // bytes/s; rsync refuses less, but for 0: no limit
constexpr unsigned long most_mode = 07777;

bool is_one_mode(const std::string& text) {
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

bool is_rsync_rate(const std::string& text) {
    static const std::regex rate(R"((\d+\.?\d*|\.\d+)([bB]|([kKmMgGtTpP])([bB]|[iI][bB])?)?([-+]1)?)");
    std::smatch parts;
    if (!std::regex_match(text, parts, rate)) return false;
    const std::string unit = parts[3].matched ? parts[3].str() : parts[2].matched ? "" : "k";
    const auto power = unit.empty() ? 0 : std::string("kmgtp").find(static_cast<char>(unit[0] | 0x20)) + 1;
    const double thousand = parts[4].length() == 1 ? 1000 : 1024;
    const double bytes =
        std::atof(parts[1].str().c_str()) * std::pow(thousand, power) + std::atof(parts[5].str().c_str());
    return bytes == 0 || bytes >= least_rate;
}

bool is_rsync_modes(const std::string& text) {
    for (std::size_t from = 0;;) {
        const auto to = text.find(',', from);
        if (!is_one_mode(text.substr(from, to == std::string::npos ? to : to - from))) return false;
        if (to == std::string::npos) return true;
        from = to + 1;
    }
}

bool is_ssh_destination(const std::string& text) {
    if (text.empty() || text.starts_with('-') || text.find('\0') != std::string::npos ||
        text.find_first_of(" \t\n\r'\"\\/;$`") != std::string::npos)
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

}  // namespace suprsync
