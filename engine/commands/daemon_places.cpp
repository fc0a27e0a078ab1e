#include "engine/commands/daemon_places.hpp"

#include <filesystem>

#include "engine/commands/runtime_places.hpp"
#include "engine/commands/tool_configuration.hpp"
#include "engine/config/source_file.hpp"
#include "engine/loop/this_machine.hpp"

namespace suprsync {

namespace {

// Who listens everywhere listens here.
std::string here_of(const std::string& address) {
    return address == "0.0.0.0" ? "127.0.0.1" : address == "::" ? "::1" : address;
}

// With TLS it is asked by a name that its certificate has.
daemon_address place_of(listen_address where, const daemon_configuration& daemon) {
    daemon_address place{std::move(where), std::nullopt, ""};
    if (place.where.what != listen_address::kind::tcp) return place;
    if (daemon.http_tls_key) {
        auto& tls = place.tls.emplace();
        tls.name = daemon.http_host_names.empty() ? host_name() : daemon.http_host_names.front();
        tls.port = place.where.port;
    }
    place.where.address = here_of(place.where.address);
    return place;
}

// Sockets first: the system says who answers there, and a token may be sent. A port that the system chose is
// not known.
std::vector<daemon_address> told_by(const tool_configuration& configuration) {
    using kind = listen_address::kind;
    std::vector<daemon_address> places;
    for (const auto what : {kind::unix_socket, kind::tcp})
        for (const auto& text : configuration.daemon.http_listen)
            if (auto where = parse_listen_address(text).value();
                where.what == what && (what == kind::unix_socket || where.port != 0))
                places.push_back(place_of(std::move(where), configuration.daemon));
    if (places.empty())
        throw failure_error({failure_code::invalid, "ask", "the daemon",
                             (configuration.file.empty() ? "SUPRSYNC_HTTP_LISTEN" : configuration.file) +
                                 " says that it listens nowhere that is known (http.listen): say --http"});
    return places;
}

}  // namespace

daemon_places places_of_daemon(const tool_arguments& arguments) {
    const auto configuration = read_tool_configuration(arguments);
    daemon_places found;
    found.unusable = configuration.unusable;
    found.told = !configuration.daemon.http_listen.empty();
    if (found.told) {
        found.places = told_by(configuration);
    } else {
        // What nobody named is no reason to pass by other daemons.
        auto sockets = configuration.is_default ? std::vector<std::string>()
                                                : sockets_of_unit(http_sockets, configuration.file);
        if (sockets.empty()) sockets = sockets_of_daemons(http_sockets);
        for (auto& path : sockets)
            found.places.push_back(
                {{listen_address::kind::unix_socket, "", 0, std::move(path)}, std::nullopt, ""});
    }
    const auto& token_file = configuration.daemon.http_token_file;
    const auto token = token_file ? read_token(*token_file) : result<std::string>(std::string());
    // Whoever has a port while the daemon does not run would be told it.
    for (auto& place : found.places)
        if (token && (place.tls || place.where.what == listen_address::kind::unix_socket))
            place.token = *token;
    return found;
}

}  // namespace suprsync
