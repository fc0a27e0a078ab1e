// `suprsync status`: what the daemon is doing.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <iostream>

#include "engine/commands/daemon_client.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/status_text.hpp"
#include "engine/commands/table.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/commands/tools.hpp"
#include "engine/config/source_file.hpp"
#include "engine/model/shown_text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr const char* default_address = "127.0.0.1:8642";
constexpr double default_interval = 2;  // s

daemon_address read_address(const tool_arguments& arguments) {
    auto parsed = parse_daemon_address(arguments.text("http").value_or(default_address));
    if (!parsed) throw usage_error("--http: " + parsed.error().detail);
    auto daemon = std::move(*parsed);
    if (!daemon.tls && daemon.where.what == listen_address::kind::off)
        throw usage_error("--http: a daemon cannot be asked at 'off'");
    for (const char* option : {"ca-file", "insecure"})
        if (!daemon.tls && arguments.has(option))
            throw usage_error(fmt::format("--{} goes with --http https://HOST:PORT", option));
    arguments.one_of({"ca-file", "insecure"});
    if (daemon.tls) {
        daemon.tls->ca_file = arguments.text("ca-file").value_or("");
        daemon.tls->insecure = arguments.has("insecure");
    }
    if (const auto file = arguments.text("token-file")) {
        auto token = read_token(*file);
        if (!token) throw usage_error("--token-file: " + token.error().detail);
        daemon.token = std::move(*token);
    }
    return daemon;
}

result<std::string> shown(const daemon_address& daemon, bool json) {
    auto answer = ask_daemon(daemon, "/status");
    if (!answer || json) return answer;
    return status_text(*answer);
}

// Until a signal; a daemon that goes away is waited for.
int watch(const daemon_address& daemon, bool json, double interval) {
    asio::io_context loop{1};
    asio::signal_set signals(loop, SIGINT, SIGTERM);
    bool ended = false;
    signals.async_wait([&](const boost::system::error_code&, int) { ended = true; });
    while (!ended && std::cout) {
        const auto now = shown(daemon, json);
        // Home, then what was there before is cleared: no flicker.
        if (on_terminal() && !json) std::cout << "\x1b[H\x1b[J";
        if (now)
            std::cout << *now << std::endl;
        else
            (on_terminal() ? std::cout : std::cerr) << shown_line(now.error().text()) << std::endl;
        asio::steady_timer timer(loop, std::chrono::milliseconds(static_cast<std::int64_t>(interval * 1000)));
        bool over = false;
        timer.async_wait([&](const boost::system::error_code&) { over = true; });
        loop.restart();
        while (!over && !ended) loop.run_one();
        timer.cancel();
        loop.restart();
        loop.poll();
    }
    return exit_code::done;
}

int status(const tool_arguments& arguments) {
    const auto daemon = read_address(arguments);
    const bool json = arguments.has("json");
    const auto interval = arguments.duration("interval", 0.1, 86'400);
    if (interval && !arguments.has("watch")) throw usage_error("--interval goes with --watch");
    if (arguments.has("watch")) return watch(daemon, json, interval.value_or(default_interval));
    std::cout << shown(daemon, json).value() << std::endl;
    return exit_code::done;
}

}  // namespace

command describe_status() {
    command c;
    c.name = "status";
    c.synopsis = "";
    c.summary = "what the daemon is doing";
    c.description =
        "Asks the running daemon over HTTP and shows what each archive is doing, and the conditions that a person should look at.";
    c.options = {
        {"http", "ADDRESS",
         "where it listens: ADDRESS:PORT, unix:PATH or https://HOST:PORT (127.0.0.1:8642)"},
        {"ca-file", "FILE", "trust the certificates in this PEM file, with https (those of this machine)"},
        {"insecure", "", "trust any certificate, with https"},
        {"token-file", "FILE", "holds the token that it wants, where it wants one"},
        {"watch", "", "again and again, until interrupted"},
        {"interval", "TIME", "time between two looks with --watch (2s)"},
        {"json", "", "print its answer (GET /status) as it is"}};
    c.run = status;
    return c;
}

}  // namespace suprsync
