// `suprsync history`: what archives did over time, drawn on a terminal, as rows elsewhere.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/history_text.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"
#include "engine/model/option_words.hpp"
#include "engine/run/history_question.hpp"
#include "http/api/views.hpp"

namespace suprsync {

namespace {

constexpr std::size_t usual_width = 80;

std::size_t width_of_terminal() {
    ::winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual_width;
}

// How long back, or since when: no time that is kept is as long ago as seconds since the epoch are.
std::optional<epoch_seconds> read_since(const tool_arguments& arguments, epoch_seconds now) {
    const auto given = arguments.text("since");
    if (!given) return std::nullopt;
    if (const auto back = read_duration(*given); back && *back <= hours_kept) return now - *back;
    return arguments.date("since");
}

void add_rows(table& shown, const archive_history& history) {
    const auto seconds = [](const std::optional<double>& value) {
        const auto text = value ? fmt::format("{:.3f}", *value) : "";
        return cell{text, text};
    };
    for (const auto& p : history.points)
        shown.add({text_cell(history.archive), seconds(p.at), seconds(p.seconds), bytes_cell(p.sent_bytes),
                   bytes_cell(p.verified_bytes), number_cell(p.verified_files), number_cell(p.waiting_files),
                   number_cell(p.failed_files), seconds(p.verified_after.quantile(0.5)),
                   seconds(p.verified_after.quantile(0.99)), bytes_cell(p.free_here),
                   bytes_cell(p.free_there)});
}

std::vector<std::string> wanted_archives(const tool_arguments& arguments, tool_catalog& catalog) {
    if (!arguments.operands().empty()) {
        catalog.check_archive(arguments.operands()[0]);
        return arguments.operands();
    }
    std::vector<std::string> names;
    for (auto& known : catalog.wait(catalog->known_archives())) names.push_back(std::move(known.name));
    return names;
}

int history(const tool_arguments& arguments) {
    const auto now = wall_clock();
    history_request request;
    request.from = read_since(arguments, now);
    request.step = arguments.duration("step", history_minute, hours_kept);
    const bool json = arguments.has("json");
    const bool drawn = !json && on_terminal();
    tool_catalog catalog(arguments, catalog_use::reading);
    table shown({"ARCHIVE", ">AT", ">SECONDS", ">SENT", ">VERIFIED", ">FILES", ">WAITING", ">FAILED", ">P50",
                 ">P99", ">FREE HERE", ">FREE THERE"});
    json_writer document;
    document.begin_array();
    const auto most = drawn ? history_columns(width_of_terminal()) : most_history_points;
    for (auto& name : wanted_archives(arguments, catalog)) {
        request.archive = name;
        const auto told = catalog.wait(ask_history(*catalog, request, now, most));
        if (json) {
            begin_history(document, told);
            document.value(told.points);
            end_history(document, told);
        } else if (drawn) {
            const auto counts = catalog.wait(catalog->counts(name));
            std::cout << history_text(told, counts.known_bytes_deletable) << std::endl;
        } else {
            add_rows(shown, told);
        }
    }
    if (json) {
        document.end_array();
        print_json(document);
    } else if (!shown.empty()) {
        shown.print();
    }
    return exit_code::done;
}

}  // namespace

command describe_history() {
    command c;
    c.name = "history";
    c.synopsis = "[ARCHIVE] [--since TIME] [--step TIME]";
    c.summary = "what archives did over time: throughput, backlog, latency, free space";
    c.description =
        "Draws what the daemon recorded of the archive, or of each: bytes sent a second, files verified, waiting and failed, the time that 99 of 100 files took from registration to verified, and the free space here and at the destination, with when it is used up at the rate of the last three hours. A gap is a time of which nothing is known. Minutes are kept for 14 days, hours for two years. Elsewhere than on a terminal: lines of fields between tabs, a line a step.";
    c.options = with_catalog_options(
        {{"since", "TIME",
          "how long back (90m, 24h, 30d), or since when (2026-11-28, 2026-11-28T23:15:00Z, or seconds since the epoch); a day"},
         {"step", "TIME",
          "how long a step is, in whole minutes (1m, 1h, 1d); chosen so that they fit where it is not given"},
         {"json", "", "print the rows and forecasts as a JSON array, as GET /history has them"}});
    c.least_operands = 0;
    c.most_operands = 1;
    c.run = history;
    return c;
}

}  // namespace suprsync
