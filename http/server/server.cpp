#include "http/server/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <set>
#include <utility>

#include "engine/loop/as_value.hpp"
#include "engine/loop/task_group.hpp"
#include "http/server/connection.hpp"
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
constexpr auto never = asio::steady_timer::time_point::max();

}  // namespace

struct http_server::state {
    state(const asio::any_io_executor& e, http_server_options o, server_context c)
        : options(std::move(o)),
          context(std::move(c)),
          tasks(e),
          stopped(e, never),
          grace_end(e),
          executor(e) {}

    // One that listens, with the task that accepts.
    struct open_listener {
        open_listener(listener l, const listen_address& a, listening_socket s, const asio::any_io_executor& e)
            : listening(std::move(l)),
              asked(a),
              socket(std::make_shared<listening_socket>(std::move(s))),
              pause(e) {}
        listener listening;
        listen_address asked;
        std::shared_ptr<listening_socket> socket;
        asio::steady_timer pause;
    };
    struct client {
        std::shared_ptr<const listening_socket> via;
        std::unique_ptr<connection> to;
    };

    http_server_options options;
    server_context context;
    std::list<std::shared_ptr<open_listener>> open_listeners;
    using client_list = std::list<client>;
    client_list connections;
    client_list overload_answers;
    std::set<const connection*> leaving;  // closed, and not gone yet
    task_group tasks;
    asio::steady_timer stopped;  // never expires
    asio::steady_timer grace_end;
    asio::any_io_executor executor;
    bool serving = false;

    void begin(const std::shared_ptr<open_listener>& one) {
        if (serving) tasks.spawn(accept(one));
    }

    void close(const std::shared_ptr<open_listener>& one) {
        one->socket->closed = true;
        one->listening.close();
        one->pause.cancel();
        for (auto& client : connections)
            if (client.via == one->socket && client.to->now().idle()) client.to->close();
    }

    asio::awaitable<void> accept(std::shared_ptr<open_listener> here) {
        bool complained = false;
        while (!here->socket->closed) {
            auto [error, socket] = co_await here->listening.socket().async_accept(as_value);
            if (here->socket->closed) break;
            if (error == asio::error::connection_aborted) continue;
            if (error) {
                if (!std::exchange(complained, true))
                    context.report(
                        fmt::format("the HTTP server cannot accept a connection: {}", error.message()));
                here->pause.expires_after(accept_again);
                co_await here->pause.async_wait(as_value);
                continue;
            }
            complained = false;
            ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
            if (here->asked.what == listen_address::kind::tcp)
                socket.set_option(asio::ip::tcp::no_delay(true), error);
            if (connections.size() - leaving.size() < context.limits.connections || make_room())
                admit(connections, here->socket, make_connection(std::move(socket), context, here->socket));
            else {
                ++context.figures.refused_connections;
                if (!here->socket->speaks_tls && overload_answers.size() < most_overload_answers)
                    admit(overload_answers, here->socket,
                          make_overload_answer(std::move(socket), context.limits));
            }
        }
    }

    // Closes a connection for a newcomer: whoever has kept it longest without a request, else who is slow,
    // else a stream. False where all of them wait for the service, which answers soon.
    bool make_room() {
        connection* least = nullptr;
        for (const auto& [via, client] : connections) {
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

    void admit(client_list& list, std::shared_ptr<const listening_socket> via,
               std::unique_ptr<connection> one) {
        tasks.spawn(serve(list, list.insert(list.end(), client{std::move(via), std::move(one)})));
        context.figures.connections = connections.size();
    }

    asio::awaitable<void> serve(client_list& list, client_list::iterator one) {
        co_await one->to->run();
        leaving.erase(one->to.get());
        list.erase(one);
        context.figures.connections = connections.size();
    }
};

http_server::http_server(std::shared_ptr<state> s) : state_(std::move(s)) {}
http_server::~http_server() = default;

result<std::unique_ptr<http_server>> http_server::open(const asio::any_io_executor& executor,
                                                       http_server_options options, service& service) {
    server_context context{service,
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
    const auto wanted = std::exchange(options.listen, {});
    std::unique_ptr<http_server> opened(
        new http_server(std::make_shared<state>(executor, std::move(options), std::move(context))));
    for (const auto& where : wanted)
        if (auto added = opened->add(where); !added) return added.error();
    return opened;
}

result<listen_address> http_server::add(const listen_address& where) {
    auto& s = *state_;
    const auto& o = s.options;
    for (const auto& one : s.open_listeners)
        if (one->asked == where) return one->listening.where();
    if (!where.local_only() && o.token.empty())
        return failure{
            failure_code::invalid, "listen on", where.text(),
            "others can reach this address: set http.token_file, or listen on 127.0.0.1, [::1] or unix:PATH"};
    if (where.what == listen_address::kind::off) return where;
    auto opened = listener::open(s.executor, where, o.socket_access);
    if (!opened) return opened.error();
    auto actual = opened->where();
    const bool tls = s.context.tls && where.what == listen_address::kind::tcp;
    s.open_listeners.push_back(std::make_shared<state::open_listener>(
        std::move(*opened), where,
        listening_socket{access_control(where, o.host_names, o.token, o.read_only), tls}, s.executor));
    s.begin(s.open_listeners.back());
    return actual;
}

void http_server::keep_only(const std::vector<listen_address>& wanted) {
    std::erase_if(state_->open_listeners, [&](const auto& one) {
        if (std::find(wanted.begin(), wanted.end(), one->asked) != wanted.end()) return false;
        state_->close(one);
        return true;
    });
}

std::vector<listen_address> http_server::listens() const {
    std::vector<listen_address> all;
    for (const auto& one : state_->open_listeners) all.push_back(one->asked);
    return all;
}

std::vector<listen_address> http_server::lost() const {
    std::vector<listen_address> all;
    for (const auto& one : state_->open_listeners)
        if (!one->listening.stands()) all.push_back(one->asked);
    return all;
}

asio::awaitable<void> http_server::run() {
    auto& s = *state_;
    s.serving = true;
    for (const auto& one : s.open_listeners) s.begin(one);
    while (!s.context.closing) co_await s.stopped.async_wait(as_value);
    co_await s.tasks.join();
    s.grace_end.cancel();
}

void http_server::stop(std::chrono::milliseconds grace) {
    auto& s = *state_;
    s.context.closing = true;
    s.stopped.cancel();
    keep_only({});
    for (auto& client : s.overload_answers) client.to->close();
    s.grace_end.expires_after(grace);
    s.grace_end.async_wait([alive = std::weak_ptr<state>(state_)](error_code cancelled) {
        const auto still = alive.lock();
        if (cancelled || !still) return;
        for (auto& client : still->connections) client.to->close();
    });
}

std::string http_server::address() const {
    return state_->open_listeners.empty() ? "off" : state_->open_listeners.front()->listening.where().text();
}

}  // namespace suprsync
