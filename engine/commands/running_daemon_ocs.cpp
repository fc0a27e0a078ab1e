// The daemon's agents of OCS, and how their hub is found.
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/commands/running_daemon.hpp"
#include "engine/loop/this_machine.hpp"
#include "http/ocs/websocket_channel.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

using ip_addresses = std::vector<asio::ip::address>;

// Blocks for as long as the servers of names do.
result<ip_addresses> look_up(const std::string& host) {
    addrinfo wanted{}, *found = nullptr;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG;
    const int failed = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found);
    if (failed != 0) return failure{failure_code::connection, "find", host, ::gai_strerror(failed)};
    ip_addresses all;
    for (const auto* one = found; one; one = one->ai_next) {
        char number[NI_MAXHOST];
        boost::system::error_code none;
        if (::getnameinfo(one->ai_addr, one->ai_addrlen, number, sizeof number, nullptr, 0, NI_NUMERICHOST) !=
            0)
            continue;
        const auto address = asio::ip::make_address(number, none);
        if (!none) all.push_back(address);
    }
    ::freeaddrinfo(found);
    return all;
}

}  // namespace

asio::awaitable<result<ip_addresses>> running_daemon::addresses_of(std::string host) {
    auto found = co_await resolver_.one<ip_addresses>("find", host, look_up);
    if (!found && found.error().code == failure_code::place)
        co_return failure{failure_code::connection, "find", host, "no name server has answered in time"};
    co_return found;
}

void running_daemon::open_ocs_client() {
    const auto loop = loop_.get_executor();
    const auto make_channel = [this, loop](const hub_address& hub) {
        return make_websocket_channel(loop, hub,
                                      [this](std::string host) { return addresses_of(std::move(host)); });
    };
    ocs_client_ = std::make_unique<ocs_client>(loop, *daemon_, clock_, agent_process{host_name(), ::getpid()},
                                               make_channel);
    ocs_client_->set(ocs_configuration_of(options_.daemon));
}

}  // namespace suprsync
