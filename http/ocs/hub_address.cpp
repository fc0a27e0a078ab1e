#include "http/ocs/hub_address.hpp"

#include <fmt/format.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "engine/model/url_host.hpp"

namespace suprsync {

std::string hub_address::authority() const { return fmt::format("{}:{}", host_of_url(host), port); }

std::string hub_address::text() const {
    return fmt::format("{}://{}{}", tls ? "wss" : "ws", authority(), target);
}

result<hub_address> parse_hub_address(const std::string& text) {
    const auto wrong = [&](const std::string& detail) {
        return failure{failure_code::invalid, "use the hub", "'" + text + "'", detail};
    };
    constexpr const char* expected = "expected ws://HOST:PORT/PATH or wss://HOST:PORT/PATH, or off";
    const auto url = boost::urls::parse_uri(text);
    if (!url || (url->scheme() != "ws" && url->scheme() != "wss") || url->encoded_host().empty())
        return wrong(expected);
    // What is encoded there is no name of a host.
    if (std::string_view(url->encoded_host()).find('%') != std::string_view::npos)
        return wrong(fmt::format("{}; a host is written without %", expected));
    if (url->has_userinfo() || url->has_fragment())
        return wrong(fmt::format("{}; a user or a fragment has no meaning there", expected));
    hub_address hub;
    hub.tls = url->scheme() == "wss";
    hub.host = std::string(url->host_address());
    hub.port = url->has_port() ? url->port_number() : hub.tls ? 443 : 80;
    if (hub.port == 0) return wrong("the port is not a number from 1 to 65535");
    hub.target = std::string(url->encoded_path());
    if (hub.target.empty()) hub.target = "/";
    // Boost.URL 1.81 takes what follows the digits of a port for a path.
    if (!hub.target.starts_with('/')) return wrong(expected);
    if (url->has_query()) hub.target += "?" + std::string(url->encoded_query());
    return hub;
}

}  // namespace suprsync
