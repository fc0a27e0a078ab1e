#include "engine/model/notify_settings.hpp"

#include <string_view>

namespace suprsync {

namespace {

// What stands between the scheme, or an account, and the path.
std::string host_in(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return "";
    url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
    return std::string(url);
}

}  // namespace

std::string place_of(const notify_configuration& entry) {
    if (!entry.command.empty()) return "the command " + entry.command.front();
    const auto host = host_in(entry.url);
    return host.empty() ? "a webhook" : "the webhook at " + host;
}

}  // namespace suprsync
