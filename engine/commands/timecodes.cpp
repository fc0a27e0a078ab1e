// `suprsync timecodes`: timecode directories and what blocks them.
#include <fmt/format.h>

#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/this_machine.hpp"
#include "http/api/views.hpp"

namespace suprsync {

namespace {

std::string state_of(const timecode_view& d) {
    if (d.finalized) return d.revision > 1 ? fmt::format("finalized (revision {})", d.revision) : "finalized";
    if (d.unsettled > 0 || d.lost > 0 || d.removed_there) return d.completed ? "completed, blocked" : "open";
    return d.completed ? "settled, to be finalized" : "open, settled";
}

// The first file that blocks it, and why.
std::string blocked_by(const timecode_view& d) {
    if (!d.finalized && d.removed_there)
        return "its directory was removed at the destination (condition day_removed)";
    if (d.finalized || d.blocking.empty()) return "";
    const auto& first = d.blocking.front();
    auto text = fmt::format("{} (id {}, {})", first.row.local_path, first.row.id, first.state);
    if (const auto reason = reason_of(first); !reason.empty()) text += ": " + reason;
    if (const auto all = d.unsettled + d.lost; all > 1) text += fmt::format("; and {} more", all - 1);
    return text;
}

int timecodes(const tool_arguments& arguments) {
    timecode_query query;
    query.archive = arguments.operands()[0];
    query.limit = 500;
    const bool json = arguments.has("json");
    tool_catalog catalog(arguments, catalog_use::reading);
    catalog.check_archive(query.archive);
    table shown({">TIMECODE", "STATE", ">FILES", ">UNSETTLED", ">FAILED", ">FINALIZED", "BLOCKED BY"});
    json_writer document;
    document.begin_array();
    while (true) {
        const auto page = catalog.wait(catalog->timecodes(query));
        for (const auto& d : page) {
            if (arguments.has("open") && d.finalized) continue;
            if (json) {
                document.value(d);
                continue;
            }
            const auto code = timecode_directory(d.timecode);
            shown.add({{code, code},
                       text_cell(state_of(d)),
                       number_cell(d.files),
                       number_cell(d.unsettled),
                       number_cell(d.failed),
                       time_cell(d.last_finalized_at, wall_clock()),
                       text_cell(blocked_by(d))});
        }
        if (page.size() < query.limit) break;
        query.after = page.back().timecode;
    }
    if (json) {
        document.end_array();
        print_json(document);
    } else if (!shown.empty()) {
        shown.print();
    } else if (on_terminal()) {
        std::cout << "no such timecode directories" << std::endl;
    }
    return exit_code::done;
}

}  // namespace

command describe_timecodes() {
    command c;
    c.name = "timecodes";
    c.synopsis = "ARCHIVE";
    c.summary = "timecode directories and what blocks them";
    c.description =
        "Shows the archive's timecode directories, how many of their files are not settled yet, and the first file that keeps one from being finalized (--json has up to ten).";
    c.options = with_catalog_options({{"open", "", "only those that are not finalized"},
                                      {"json", "", "print the directories as a JSON array"}});
    c.least_operands = c.most_operands = 1;
    c.run = timecodes;
    return c;
}

}  // namespace suprsync
