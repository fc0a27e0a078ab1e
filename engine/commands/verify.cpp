// `suprsync verify`: asks the destination again about copies that were verified.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/progress_bar.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tool_configuration.hpp"
#include "engine/commands/tools.hpp"
#include "engine/commands/verify_report.hpp"
#include "engine/commands/way_there.hpp"
#include "engine/loop/system_clock.hpp"
#include "engine/model/did_you_mean.hpp"
#include "engine/model/human.hpp"
#include "engine/model/option_words.hpp"
#include "engine/model/shown_text.hpp"
#include "net/process/guardian.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr long shown_by_default = 100;

check_request read_check_request(const tool_arguments& arguments) {
    check_request request;
    request.which.archive = arguments.operands()[0];
    const auto part = arguments.one_of({"prefix", "timecode"});
    if (part == "prefix") request.which.remote_prefix = arguments.text("prefix");
    if (part == "timecode") {
        const auto timecode = read_timecode(*arguments.text("timecode"));
        if (!timecode)
            throw usage_error(
                fmt::format("--timecode {}: a timecode has exactly five digits, as its directory has",
                            shown_name(*arguments.text("timecode"))));
        request.which.remote_prefix = timecode_directory(*timecode) + "/";
    }
    request.which.registered_from = arguments.date("since");
    if (arguments.has("after")) request.which.after = id_of(*arguments.text("after"));
    if (arguments.one_of({"md5", "size"}) == "size") request.depth = check_depth::size;
    if (const auto rate = arguments.text("rate")) {
        const auto read = read_rate(*rate);
        if (!read) throw usage_error(fmt::format("--rate {}: expected {}", shown_name(*rate), rate_forms));
        if (const auto bytes = bytes_of_rate(*read); bytes && *bytes > 0) request.rate = bytes;
    }
    return request;
}

bool someone_answers() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

void check_requeue(const tool_arguments& arguments) {
    if (!arguments.has("requeue")) {
        if (arguments.has("yes")) throw usage_error("--yes goes with --requeue");
        return;
    }
    if (!arguments.has("yes") && !someone_answers())
        throw usage_error("--requeue asks before anything is sent again: say --yes where nobody can answer");
}

// How the destination is reached, the catalog does not say.
archive_configuration configuration_of(const tool_arguments& arguments, const std::string& archive) {
    const auto found = read_tool_configuration(arguments);
    std::vector<std::string> names;
    for (const auto& one : found.daemon.archives) {
        if (one.name == archive) return one;
        names.push_back(one.name);
    }
    const auto why =
        !found.unusable.empty() ? found.unusable
        : found.file.empty()
            ? std::string("no configuration says how to reach its destination: say --config FILE")
            : fmt::format("{} does not have it{}", shown_name(found.file),
                          shown_name(did_you_mean(archive, names)));
    throw failure_error({failure_code::invalid, "verify copies of", "archive " + shown_name(archive), why});
}

std::int64_t copies_to_ask_for(tool_catalog& catalog, const copy_query& which) {
    if (which.remote_prefix || which.registered_from || which.after > 0) return 0;
    const auto counts = catalog.wait(catalog->counts(which.archive));
    return counts.verified;
}

asio::awaitable<result<check_report>> run_to_report(copy_checker& checker, check_request request) {
    co_return co_await checker.run(std::move(request));
}

check_report check(tool_catalog& catalog, transport& way, const check_request& request) {
    system_clock time(catalog.loop().get_executor());
    copy_checker checker(catalog.loop().get_executor(), *catalog, way, time);
    progress_bar bar("verifying", static_cast<std::uint64_t>(copies_to_ask_for(catalog, request.which)));
    checker.on_progress = [&bar](const check_report& report) {
        bar.show(static_cast<std::uint64_t>(report.checked()), report.bytes);
    };
    // The first signal ends it with what was found; a second one is not waited for.
    asio::signal_set ending(catalog.loop(), SIGINT, SIGTERM);
    ending.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        checker.stop();
        ending.clear();
    });
    auto report = catalog.wait(run_to_report(checker, request));
    ending.cancel();
    catalog.loop().restart();
    catalog.loop().poll();
    return report;
}

bool is_confirmed(const tool_arguments& arguments, const files_to_send& files) {
    if (arguments.has("yes") || files.here.empty()) return true;
    std::cerr << fmt::format("Send {} again ({})? [y/N] ",
                             human::counted(static_cast<std::int64_t>(files.here.size()), "file"),
                             human::bytes(static_cast<double>(files.bytes)))
              << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

// As retry does: the daemon, where one runs, sees the rows change.
void send_again(tool_catalog& catalog, const files_to_send& files) {
    if (!files.here.empty()) catalog.wait(catalog->record_deletions(files.here));
}

int verify(const tool_arguments& arguments) {
    const auto request = read_check_request(arguments);
    check_requeue(arguments);
    const bool requeue = arguments.has("requeue");
    const auto configuration = configuration_of(arguments, request.which.archive);
    std::signal(SIGPIPE, SIG_IGN);
    auto watch = guardian::start("/proc/self/exe");
    if (!watch) throw failure_error(watch.error());
    tool_catalog catalog(arguments, requeue ? catalog_use::changing : catalog_use::reading);
    catalog.check_archive(request.which.archive);
    child_runner runner(catalog.loop().get_executor(), &*watch);
    const auto way = make_way_there(catalog.loop().get_executor(), runner, configuration,
                                    archive_paces().of(configuration));
    const auto report = check(catalog, *way, request);

    shown_check shown{request.which.archive, way->name(), request.depth,
                      static_cast<std::size_t>(
                          arguments.whole("limit", 0, check_report::most_told).value_or(shown_by_default))};
    const bool as_json = arguments.has("json");
    if (!as_json) print_check(report, shown);
    if (requeue) {
        const auto files = find_files_to_send(report, wall_clock());
        const bool confirmed = is_confirmed(arguments, files);
        if (confirmed) send_again(catalog, files);
        shown.resent = confirmed ? static_cast<std::int64_t>(files.here.size()) : 0;
        shown.gone = files.gone;
        if (!as_json) std::cerr << text_of_sending(shown) << std::endl;
    }
    if (as_json) print_check_as_json(report, shown);
    return report.all_as_proven() ? exit_code::done : exit_code::failed;
}

}  // namespace

command describe_verify() {
    command c;
    c.name = "verify";
    c.synopsis =
        "ARCHIVE [--prefix P | --timecode TIMECODE] [--since DATE] [--md5 | --size] [--requeue [--yes]]";
    c.summary = "asks the destination again about verified copies";
    c.description =
        "Asks for every copy that was verified, of files that are deleted here, too, whether it is there as it was: its content, read from the disk there where that can be had, or its size alone. It goes there by connections of its own, as the account that it is run as, whether the daemon runs or not, and changes nothing there. Exit status: 0 all of them are as they were verified, or were removed on purpose (accept-removal), 1 something is not, or not all could be asked for. Ctrl-C ends it, with what was found so far.";
    c.options = with_catalog_options(
        {{"prefix", "P", "copies of which the remote path begins so"},
         {"timecode", "TIMECODE", "those of one timecode's directory"},
         {"since", "DATE", "those that were registered then or later"},
         {"after", "ID", "those with larger ids: where an earlier one ended"},
         {"md5", "", "their contents; so it is where nothing is said"},
         {"size", "", "that they are there, with the right size: fast, and nothing is read"},
         {"rate", "RATE", "bytes a second that are read there: 20MB/s; without it, as fast as it goes"},
         {"requeue", "",
          "send again what has vanished or is not as it was, where the local file is here; asks before, with how many there are. What stands in their places is kept there in staging, below replaced/"},
         {"yes", "", "do not ask"},
         {"limit", "N", "how many files are told one by one (100)"},
         {"json", "", "print what was found as JSON"}});
    c.least_operands = c.most_operands = 1;
    c.run = verify;
    return c;
}

}  // namespace suprsync
