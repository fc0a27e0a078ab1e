#include "engine/config/rsync_syntax.hpp"

#include <cmath>
#include <cstdlib>
#include <regex>

namespace suprsync {

namespace {

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
