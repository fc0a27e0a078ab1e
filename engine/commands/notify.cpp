#include "engine/commands/notify.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <iostream>

#include "engine/commands/complain.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/own_options.hpp"
#include "engine/commands/run_options.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/notice.hpp"
#include "net/notify/notice_sender.hpp"
#include "net/process/guardian.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr const char* usage_of_notify =
    R"(usage: suprsync notify --test [--to N] (--config FILE | OPTION...)

Sends a test message to everybody whom the configuration tells (notify), as the daemon would, and says how each went; the daemon need not run. --to N is one entry alone, from 1. Takes the options of run. Exit status: 0 all have taken it, 1 somebody has not, 2 usage or configuration.
)";

int wrong_usage(const std::string& what) {
    complain(fmt::format("suprsync notify: {}\nSee suprsync notify --help", what));
    return exit_code::usage;
}

// True where all have taken it.
asio::awaitable<bool> send_test(daemon_configuration configuration, std::optional<std::size_t> to,
                                notice_sender& sender) {
    const notice_source from{host_name(), configuration.instance_id};
    bool all = true;
    for (std::size_t i = 0; i < configuration.notify.size(); ++i) {
        if (to && *to != i + 1) continue;
        const auto& entry = configuration.notify[i];
        const auto text = written(test_notice(wall_clock(), from), entry.form, from);
        const auto failed = co_await sender.deliver(entry, text.content_type, text.text);
        all = all && !failed;
        std::cout << fmt::format("{:<4}  notify {} ({}): {}", failed ? "FAIL" : "ok", i + 1,
                                 shown_name(place_of(entry)),
                                 failed ? shown_line(failed->why.text()) : "the message was taken")
                  << std::endl;
    }
    co_return all;
}

}  // namespace

std::string notify_help() {
    const auto parsed = parse_run_options({"--help"}, usage_of_notify);
    return parsed ? parsed->help : "";
}

int run_notify(const std::vector<std::string>& arguments) {
    auto options = arguments;
    const bool test = take_flag(options, "--test");
    const auto to = take_value(options, "--to");
    auto parsed = parse_run_options(options, usage_of_notify);
    if (!parsed) return wrong_usage(parsed.error().text());
    if (!parsed->options) {
        std::cout << parsed->help;
        return exit_code::done;
    }
    const auto& configuration = parsed->options->daemon;
    if (!test) return wrong_usage("say --test: messages of other kinds are the daemon's to send");
    if (configuration.notify.empty()) {
        complain("suprsync notify: the configuration tells nobody: it has no entry in notify");
        return exit_code::failed;
    }
    const auto number = to ? read_number<std::size_t>(*to, 1, configuration.notify.size()) : std::nullopt;
    if (to && !number)
        return wrong_usage(
            "--to: " +
            expected_not(fmt::format("an entry of notify, 1 to {}", configuration.notify.size()), *to));
    std::signal(SIGPIPE, SIG_IGN);
    try {
        auto watch = guardian::start("/proc/self/exe");
        if (!watch) throw failure_error(watch.error());
        asio::io_context loop(1);
        child_runner runner(loop.get_executor(), &*watch);
        const auto sender = make_notice_sender(loop.get_executor(), runner);
        bool taken = false;
        asio::co_spawn(loop, send_test(configuration, number, *sender),
                       [&](const std::exception_ptr& bug, bool all) {
                           if (bug) std::rethrow_exception(bug);
                           taken = all;
                       });
        loop.run();
        return taken ? exit_code::done : exit_code::failed;
    } catch (const std::exception& e) {
        complain(std::string("suprsync notify: ") + e.what());
        return exit_code::failed;
    }
}

}  // namespace suprsync
