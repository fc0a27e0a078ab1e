#include "http/server/listen_address.hpp"

#include <fmt/format.h>
#include <sys/un.h>

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string_view>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

failure wrong(const std::string& option, const std::string& detail) {
    return {failure_code::invalid, "listen on", "'" + abridged(option, most_of_a_path) + "' (--http-listen)",
            detail + "; expected ADDRESS:PORT (127.0.0.1:8642 or [::1]:8642), unix:PATH or off"};
}

result<listen_address> parse_unix(const std::string& option, const std::string& path) {
    if (path.empty()) return wrong(option, "the path is empty");
    if (path.find('\0') != std::string::npos) return wrong(option, "the path holds a NUL byte");
    constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    if (path.size() > longest)
        return wrong(
            option, fmt::format("the path is {} bytes long, a socket's path holds {}", path.size(), longest));
    return listen_address{listen_address::kind::unix_socket, "", 0, path};
}

}  // namespace

bool listen_address::local_only() const {
    if (what != kind::tcp) return true;
    const auto ip = asio::ip::make_address(address);
    if (ip.is_v6() && ip.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, ip.to_v6()).is_loopback();
    return ip.is_loopback();
}

std::string listen_address::text() const {
    if (what == kind::off) return "off";
    if (what == kind::unix_socket) return "unix:" + path;
    if (address.find(':') != std::string::npos) return fmt::format("[{}]:{}", address, port);
    return fmt::format("{}:{}", address, port);
}

result<listen_address> parse_listen_address(const std::string& option) {
    if (option == "off") return listen_address{};
    if (option.starts_with("unix:")) return parse_unix(option, option.substr(5));

    const auto colon = option.rfind(':');
    if (colon == std::string::npos) return wrong(option, "the port is missing");
    auto host = option.substr(0, colon);
    const auto port = read_number<std::uint16_t>(std::string_view(option).substr(colon + 1));
    if (!port) return wrong(option, "the port is not a number from 0 to 65535");

    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    boost::system::error_code error;
    const auto ip = asio::ip::make_address(host, error);
    if (error) return wrong(option, fmt::format("'{}' is not an IP address", abridged(host)));
    if (ip.is_v6() != bracketed) return wrong(option, "an IPv6 address, and only that, stands in brackets");
    return listen_address{listen_address::kind::tcp, ip.to_string(), *port, ""};
}

}  // namespace suprsync
