#include "http/server/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <optional>
#include <set>
#include <utility>

#include "engine/loop/as_value.hpp"
#include "engine/loop/task_group.hpp"
#include "http/server/connection.hpp"
#include "http/server/listener.hpp"
#include "http/server/overload_answer.hpp"
#include "http/server/tls.hpp"

namespace asio = boost::asio;
using boost::system::error_code;

namespace suprsync {

namespace {

// How many that came too late are told so at a time; more are closed without a word.
constexpr std::size_t most_overload_answers = 32;
// After accept(2) failed (no descriptors left), before it is tried again.
constexpr std::chrono::milliseconds accept_again{100};

}  // namespace

struct http_server::state {
    state(const asio::any_io_executor& e, std::optional<listener> l, server_context c)
        : listening(std::move(l)), context(std::move(c)), tasks(e), pause(e), grace_end(e) {}

    std::optional<listener> listening;  // none: off
    server_context context;
    using client_list = std::list<std::unique_ptr<connection>>;
    client_list connections;
    client_list overload_answers;
    std::set<const connection*> leaving;  // closed, and not gone yet
    task_group tasks;
    asio::steady_timer pause;
    asio::steady_timer grace_end;

    asio::awaitable<void> accept() {
        bool complained = false;
        while (!context.closing) {
            auto [error, socket] = co_await listening->socket().async_accept(as_value);
            if (context.closing) break;
            if (error == asio::error::connection_aborted) continue;
            if (error) {
                if (!std::exchange(complained, true))
                    context.report(
                        fmt::format("the HTTP server cannot accept a connection: {}", error.message()));
                pause.expires_after(accept_again);
                co_await pause.async_wait(as_value);
                continue;
            }
            complained = false;
            ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
            if (listening->where().what == listen_address::kind::tcp)
                socket.set_option(asio::ip::tcp::no_delay(true), error);
            if (connections.size() - leaving.size() < context.limits.connections || make_room())
                admit(connections, make_connection(std::move(socket), context));
            else {
                ++context.figures.refused_connections;
                if (!context.tls && overload_answers.size() < most_overload_answers)
                    admit(overload_answers, make_overload_answer(std::move(socket), context.limits));
            }
        }
    }

    // Closes a connection for a newcomer: whoever has kept it longest without a request, else who is slow,
    // else a stream. False where all of them wait for the service, which answers soon.
    bool make_room() {
        connection* least = nullptr;
        for (const auto& client : connections) {
            if (client->now().doing == connection::occupation::service || leaving.contains(client.get()))
                continue;
            const auto rank = [](const connection& c) { return std::pair(c.now().doing, c.now().since); };
            if (!least || rank(*client) < rank(*least)) least = client.get();
        }
        if (!least) return false;
        leaving.insert(least);
        least->close();
        return true;
    }

    void admit(client_list& list, std::unique_ptr<connection> client) {
        tasks.spawn(serve(list, list.insert(list.end(), std::move(client))));
        context.figures.connections = connections.size();
    }

    asio::awaitable<void> serve(client_list& list, client_list::iterator client) {
        co_await (*client)->run();
        leaving.erase(client->get());
        list.erase(client);
        context.figures.connections = connections.size();
    }
};

http_server::http_server(std::shared_ptr<state> s) : state_(std::move(s)) {}
http_server::~http_server() = default;

result<std::unique_ptr<http_server>> http_server::open(const asio::any_io_executor& executor,
                                                       http_server_options options, service& service) {
    auto where = parse_listen_address(options.listen);
    if (!where) return where.error();
    if (!where->local_only() && options.token.empty())
        return failure{
            failure_code::invalid, "listen on", where->text(),
            "others can reach this address: set http.token_file, or listen on 127.0.0.1, [::1] or unix:PATH"};
    server_context context{service,
                           access_control(*where, options.host_names, options.token, options.read_only),
                           options.limits,
                           page_turns(executor, options.limits.pages_at_once, options.limits.pages_waiting),
                           body_budget(options.limits.all_bodies_bytes),
                           nullptr,
                           std::move(options.report),
                           false,
                           {}};
    if (!context.report) context.report = [](const std::string&) {};
    if (!options.tls_certificate.empty() || !options.tls_key.empty()) {
        auto tls = make_tls_context(options.tls_certificate, options.tls_key);
        if (!tls) return tls.error();
        context.tls = std::move(*tls);
    }
    std::optional<listener> listening;
    if (where->what != listen_address::kind::off) {
        auto opened = listener::open(executor, std::move(*where));
        if (!opened) return opened.error();
        listening.emplace(std::move(*opened));
    }
    return std::unique_ptr<http_server>(
        new http_server(std::make_shared<state>(executor, std::move(listening), std::move(context))));
}

asio::awaitable<void> http_server::run() {
    if (!state_->listening) co_return;
    co_await state_->accept();
    co_await state_->tasks.join();
    state_->grace_end.cancel();
}

void http_server::stop(std::chrono::milliseconds grace) {
    auto& s = *state_;
    s.context.closing = true;
    if (s.listening) s.listening->close();
    s.pause.cancel();
    for (auto& client : s.overload_answers) client->close();
    for (auto& client : s.connections)
        if (client->now().idle()) client->close();
    s.grace_end.expires_after(grace);
    s.grace_end.async_wait([alive = std::weak_ptr<state>(state_)](error_code cancelled) {
        const auto still = alive.lock();
        if (cancelled || !still) return;
        for (auto& client : still->connections) client->close();
    });
}

std::string http_server::address() const {
    return state_->listening ? state_->listening->where().text() : "off";
}

}  // namespace suprsync
