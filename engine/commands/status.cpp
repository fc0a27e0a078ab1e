// `suprsync status`: what the daemon is doing.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <iostream>
#include <map>

#include "engine/commands/archive_progress.hpp"
#include "engine/commands/daemon_client.hpp"
#include "engine/commands/daemon_question.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/status_check.hpp"
#include "engine/commands/status_reading.hpp"
#include "engine/commands/status_text.hpp"
#include "engine/commands/table.hpp"
#include "engine/commands/tool_arguments.hpp"
#include "engine/commands/tools.hpp"
#include "engine/model/shown_text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double default_interval = 2;  // s

// What is asked.
struct question {
    daemon_question whom;
    bool alive = false;  ///< nothing else
    bool json = false;
    bool check = false;
    /// Files that were verified when the watching began, by daemon; none: nobody watches.
    std::optional<std::map<std::string, verified_files>> watched;
};

question read_question(const tool_arguments& arguments) {
    for (const char* option : {"json", "watch", "check"}) arguments.one_of({"alive", option});
    for (const char* option : {"json", "watch"}) arguments.one_of({"check", option});
    question asked{daemon_question(arguments), arguments.has("alive"), arguments.has("json"),
                   arguments.has("check"), std::nullopt};
    if (arguments.has("watch")) asked.watched.emplace();
    return asked;
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

// Those that answer, and one that is there and does not.
struct asked_daemons {
    std::vector<told_status> all;
    std::optional<failure> hangs;
};

// Where nobody says whom: all that answer where they are looked for, else whoever has the port.
result<asked_daemons> ask_for_status(const question& asked) {
    asked_daemons found;
    auto& all = found.all;
    std::string not_there;
    std::optional<failure> first;
    const auto ask = [&](const daemon_address& daemon) -> result<void> {
        auto answer = ask_daemon(daemon, "/status");
        if (!answer) return answer.error();
        all.push_back({daemon.text(), std::move(*answer)});
        return {};
    };
    const auto places = asked.whom.places();
    for (const auto& daemon : places) {
        const auto answered = ask(daemon);
        if (answered) {
            // All of these are one daemon's.
            if (!asked.whom.told()) continue;
            found.hangs.reset();
            break;
        } else if (answered.error().code == failure_code::connection) {
            not_there += fmt::format("; {}: {}", daemon.text(), answered.error().detail);
            if (!first) first = answered.error();
        } else if (answered.error().code == failure_code::timed_out) {
            if (!found.hangs) found.hangs = answered.error();
            // To know of one is enough, and the next may take as long.
            if (asked.check && !asked.whom.told()) break;
        } else {
            return answered.error();
        }
    }
    if (!all.empty()) return found;
    if (found.hangs) return *found.hangs;
    const auto last = asked.whom.last_resort();
    if (!last)
        return places.size() == 1
                   ? *first
                   : failure{failure_code::connection, "ask", "the daemon", not_there.substr(2)};
    const auto answered = ask(*last);
    const auto unusable = asked.whom.unusable().empty() ? "" : "; " + asked.whom.unusable();
    if (!answered) return with_also(answered.error(), not_there + unusable);
    return found;
}

result<std::string> shown(question& asked) {
    auto found = ask_for_status(asked);
    if (!found) return found.error();
    auto& answers = found->all;
    if (asked.json) {
        if (answers.size() == 1 && !found->hangs) return std::move(answers.front().answer);
        std::string all;
        for (const auto& one : answers) all += " " + one.where;
        return failure{failure_code::invalid, "choose", "a daemon",
                       (found->hangs ? "not all answer: say --http with one of"
                                     : "several answer: say --http with one of") +
                           all};
    }
    std::string all;
    for (const auto& [where, answer] : answers) {
        const auto now = read_status(answer);
        if (!now) return now.error();
        if (answers.size() > 1) all += fmt::format("{}{}:\n", all.empty() ? "" : "\n\n", where);
        all += status_text(*now);
        if (asked.watched) all += watched_text(*now, (*asked.watched)[where]);
    }
    if (found->hangs) all += "\n\n! " + shown_line(found->hangs->text());
    return all;
}

// One that hangs is told before all that is well elsewhere.
check_verdict check(const question& asked) {
    const auto found = ask_for_status(asked);
    if (!found) return check_without_answer(found.error());
    if (found->hangs) return check_without_answer(*found->hangs);
    std::vector<std::string> all;
    for (const auto& one : found->all) all.push_back(one.answer);
    return check_status(all);
}

// Whether anybody answers who is meant. The default port is not asked: in a container that shares its host's
// network, it may be another one's.
result<std::string> alive(const question& asked) {
    const auto& unusable = asked.whom.unusable();
    result<std::string> answer =
        failure{failure_code::connection, "ask", "the daemon",
                "there is no socket of one: where it listens elsewhere (--http-listen), say --http" +
                    (unusable.empty() ? "" : "; " + unusable)};
    for (auto place : asked.whom.places()) {
        if (!asked.whom.named()) place.token.clear();
        answer = ask_daemon(place, "/healthz");
        if (answer) break;
    }
    return answer;
}

// Until a signal; a daemon that goes away is waited for.
int watch(question asked, double interval) {
    asio::io_context loop{1};
    asio::signal_set signals(loop, SIGINT, SIGTERM);
    bool ended = false;
    signals.async_wait([&](const boost::system::error_code&, int) { ended = true; });
    while (!ended && std::cout) {
        asked.whom.look();
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

// A monitoring program reads one line, whatever is wrong.
int tell_verdict(const tool_arguments& arguments) {
    check_verdict verdict;
    try {
        verdict = check(read_question(arguments));
    } catch (const failure_error& error) {
        verdict = check_without_answer(error.why());
    } catch (const usage_error& error) {
        verdict = check_without_answer({failure_code::invalid, "ask", "the daemon", error.what()});
    }
    std::cout << verdict.line << std::endl;
    return verdict.exit;
}

int status(const tool_arguments& arguments) {
    if (arguments.has("check") && !arguments.has("interval")) return tell_verdict(arguments);
    auto asked = read_question(arguments);
    const auto interval = arguments.duration("interval", 0.1, 86'400);
    if (interval && !arguments.has("watch")) throw usage_error("--interval goes with --watch");
    if (asked.watched) return watch(std::move(asked), interval.value_or(default_interval));
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
        "Asks the running daemon over HTTP and shows what each archive is doing, what is in flight, what the catalog holds, what was done since the start, and the conditions that a person should look at.";
    c.options = with_daemon_options(
        {{"alive", "",
          "only whether it answers, without a token, and at the sockets where no --http is given: for health checks"},
         {"check", "",
          "one line and an exit status for Nagios and the like: 0 fine, 1 a condition holds, 2 no answer"},
         {"watch", "", "again and again, until interrupted, with a bar for each archive that has work"},
         {"interval", "TIME", "time between two looks with --watch (2s)"},
         {"json", "", "print its answer (GET /status) as it is"}});
    c.run = status;
    return c;
}

}  // namespace suprsync
