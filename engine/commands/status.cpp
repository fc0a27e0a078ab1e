// `suprsync status`: what the daemon is doing.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <iostream>

#include "engine/commands/daemon_client.hpp"
#include "engine/commands/daemon_places.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/status_check.hpp"
#include "engine/commands/status_text.hpp"
#include "engine/commands/table.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/commands/tool_configuration.hpp"
#include "engine/commands/tools.hpp"
#include "engine/config/source_file.hpp"
#include "engine/model/shown_text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double default_interval = 2;  // s

// What is asked, and of whom.
struct question {
    std::optional<daemon_address> named;
    daemon_places found;  ///< where nobody is named
    std::string token;    ///< for those, where --token-file says it
    bool alive = false;   ///< nothing else
    bool json = false;
    bool in_the_clear = false;  ///< the token, too
};

daemon_address read_named(const tool_arguments& arguments, const std::string& text) {
    auto parsed = parse_daemon_address(text);
    if (!parsed) throw usage_error("--http: " + parsed.error().detail);
    auto daemon = std::move(*parsed);
    if (!daemon.tls && daemon.where.what == listen_address::kind::off)
        throw usage_error("--http: a daemon cannot be asked at 'off'");
    if (daemon.tls) {
        daemon.tls->ca_file = arguments.text("ca-file").value_or("");
        daemon.tls->insecure = arguments.has("insecure");
    }
    return daemon;
}

// Anybody may have the port while the daemon does not run, and would be told the token.
void check_token(const question& asked, const daemon_address& daemon) {
    if (daemon.token.empty() || daemon.tls || asked.in_the_clear ||
        daemon.where.what == listen_address::kind::unix_socket)
        return;
    throw usage_error(fmt::format(
        "--token-file: at {} whoever has the port would be told the token; ask at the daemon's Unix socket (--http unix:PATH) or at https://HOST:PORT, or say --token-in-clear",
        daemon.text()));
}

question read_question(const tool_arguments& arguments) {
    question asked;
    if (const auto text = arguments.text("http")) asked.named = read_named(arguments, *text);
    for (const char* option : {"ca-file", "insecure"})
        if (arguments.has(option) && !(asked.named && asked.named->tls))
            throw usage_error(fmt::format("--{} goes with --http https://HOST:PORT", option));
    arguments.one_of({"ca-file", "insecure"});
    for (const char* option : {"json", "watch", "check"}) arguments.one_of({"alive", option});
    for (const char* option : {"json", "watch"}) arguments.one_of({"check", option});
    asked.alive = arguments.has("alive");
    asked.json = arguments.has("json");
    asked.in_the_clear = arguments.has("token-in-clear");
    const auto file = arguments.text("token-file");
    if (!file && asked.in_the_clear) throw usage_error("--token-in-clear goes with --token-file");
    if (file) {
        auto token = read_token(*file);
        if (!token) throw usage_error("--token-file: " + token.error().detail);
        (asked.named ? asked.named->token : asked.token) = std::move(*token);
    }
    if (asked.named) {
        check_token(asked, *asked.named);
        // What is said is looked at, also where it decides nothing.
        if (arguments.has("config")) read_tool_configuration(arguments);
    }
    return asked;
}

daemon_address with_token(const question& asked, daemon_address place) {
    if (asked.token.empty()) return place;
    place.token = asked.token;
    check_token(asked, place);
    return place;
}

failure with_also(failure why, const std::string& also) {
    why.detail += also;
    return why;
}

// A daemon's answer to GET /status, and where it was asked.
struct told_status {
    std::string where;
    std::string answer;
};

// Where nobody says whom: all that answer where they are looked for, else whoever has the port.
result<std::vector<told_status>> ask_for_status(const question& asked) {
    std::vector<told_status> all;
    const auto ask = [&](const daemon_address& daemon) -> result<void> {
        auto answer = ask_daemon(daemon, "/status");
        if (!answer) return answer.error();
        all.push_back({daemon.text(), std::move(*answer)});
        return {};
    };
    if (asked.named) {
        if (auto answered = ask(*asked.named); !answered) return answered.error();
        return all;
    }
    std::string not_there;
    std::optional<failure> first;
    for (const auto& place : asked.found.places) {
        const auto daemon = with_token(asked, place);
        const auto answered = ask(daemon);
        if (answered) {
            // All of these are one daemon's.
            if (asked.found.told) break;
        } else if (answered.error().code == failure_code::connection) {
            not_there += fmt::format("; {}: {}", daemon.text(), answered.error().detail);
            if (!first) first = answered.error();
        } else {
            return answered.error();
        }
    }
    if (!all.empty()) return all;
    if (asked.found.told)
        return asked.found.places.size() == 1
                   ? *first
                   : failure{failure_code::connection, "ask", "the daemon", not_there.substr(2)};
    const auto unusable = asked.found.unusable.empty() ? "" : "; " + asked.found.unusable;
    const auto answered = ask(
        with_token(asked, {parse_listen_address(default_tcp_address).value(), std::nullopt, asked.token}));
    if (!answered) return with_also(answered.error(), not_there + unusable);
    return all;
}

result<std::string> shown(const question& asked) {
    auto answers = ask_for_status(asked);
    if (!answers) return answers.error();
    if (asked.json) {
        if (answers->size() == 1) return std::move(answers->front().answer);
        std::string all;
        for (const auto& one : *answers) all += " " + one.where;
        return failure{failure_code::invalid, "choose", "a daemon",
                       "several answer: say --http with one of" + all};
    }
    std::string all;
    for (const auto& [where, answer] : *answers) {
        auto text = status_text(answer);
        if (!text || answers->size() == 1) return text;
        all += fmt::format("{}{}:\n{}", all.empty() ? "" : "\n\n", where, *text);
    }
    return all;
}

check_verdict check(const question& asked) {
    const auto answers = ask_for_status(asked);
    if (!answers) return check_without_answer(answers.error());
    std::vector<std::string> all;
    for (const auto& one : *answers) all.push_back(one.answer);
    return check_status(all);
}

// Whether anybody answers who is meant. The default port is not asked: in a container that shares its host's
// network, it may be another one's.
result<std::string> alive(const question& asked) {
    if (asked.named) return ask_daemon(*asked.named, "/healthz");
    result<std::string> answer =
        failure{failure_code::connection, "ask", "the daemon",
                "there is no socket of one: where it listens elsewhere (--http-listen), say --http" +
                    (asked.found.unusable.empty() ? "" : "; " + asked.found.unusable)};
    for (auto place : asked.found.places) {
        place.token.clear();
        answer = ask_daemon(place, "/healthz");
        if (answer) break;
    }
    return answer;
}

// Until a signal; a daemon that goes away is waited for.
int watch(const tool_arguments& arguments, question asked, double interval) {
    asio::io_context loop{1};
    asio::signal_set signals(loop, SIGINT, SIGTERM);
    bool ended = false;
    signals.async_wait([&](const boost::system::error_code&, int) { ended = true; });
    while (!ended && std::cout) {
        // Daemons come and go.
        if (!asked.named) asked.found = places_of_daemon(arguments);
        const auto now = shown(asked);
        // Home, then what was there before is cleared: no flicker.
        if (on_terminal() && !asked.json) std::cout << "\x1b[H\x1b[J";
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
    auto asked = read_question(arguments);
    const auto interval = arguments.duration("interval", 0.1, 86'400);
    if (interval && !arguments.has("watch")) throw usage_error("--interval goes with --watch");
    if (!asked.named) asked.found = places_of_daemon(arguments);
    if (arguments.has("check")) {
        const auto verdict = check(asked);
        std::cout << verdict.line << std::endl;
        return verdict.exit;
    }
    if (arguments.has("watch")) return watch(arguments, asked, interval.value_or(default_interval));
    std::cout << (asked.alive ? alive(asked) : shown(asked)).value() << std::endl;
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
    c.options = with_configuration_option(
        {{"http", "ADDRESS",
          "where it listens: ADDRESS:PORT, unix:PATH or https://HOST:PORT (what the configuration says, else the sockets of this user's daemons and of the installed units, else 127.0.0.1:8642)"},
         {"ca-file", "FILE", "trust the certificates in this PEM file, with https (those of this machine)"},
         {"insecure", "", "trust any certificate, with https"},
         {"token-file", "FILE",
          "holds the token that it wants, where it wants one (that of the configuration, at a Unix socket or over TLS)"},
         {"token-in-clear", "", "send the token also over plain TCP, where whoever has the port may read it"},
         {"alive", "",
          "only whether it answers, without a token, and at the sockets where no --http is given: for health checks"},
         {"check", "",
          "one line and an exit status for Nagios and the like: 0 fine, 1 a condition holds, 2 no answer"},
         {"watch", "", "again and again, until interrupted"},
         {"interval", "TIME", "time between two looks with --watch (2s)"},
         {"json", "", "print its answer (GET /status) as it is"}});
    c.run = status;
    return c;
}

}  // namespace suprsync
