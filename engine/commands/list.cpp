// `suprsync list`: rows of an archive, page after page, however many there are.
#include <fmt/format.h>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/in_flight.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/model/human.hpp"

namespace suprsync {

namespace {

constexpr std::size_t rows_a_page = 1000;

struct wanted {
    file_query query;
    bool failed_too = true;  // of the unsettled
    std::string if_none = "no such files";
};

wanted read_wanted(const tool_arguments& arguments) {
    wanted w;
    w.query.archive = arguments.operands()[0];
    w.query.remote_prefix = arguments.text("prefix");
    w.query.limit = rows_a_page;
    w.query.registered_from = arguments.date("since");
    const auto which = arguments.one_of({"all", "deletable", "state"});
    if (which == "deletable") {
        w.query.state = "deletable";
    } else if (which == "state") {
        w.query.state = arguments.text("state");
    } else if (which.empty() && !w.query.registered_from) {
        w.query.state = "unsettled";
        w.failed_too = false;
        w.if_none = "nothing is to be copied";
    }
    return w;
}

int list(const tool_arguments& arguments) {
    auto w = read_wanted(arguments);
    tool_catalog catalog(arguments, catalog_use::reading);
    catalog.check_archive(*w.query.archive);
    // An unknown state ends it here, before anything is printed.
    auto page = catalog.wait(catalog->list_files(w.query));
    file_printer printer(arguments.has("json"));
    in_flight flights(arguments, catalog.uuid());
    while (true) {
        flights.show(page.files);
        for (const auto& file : page.files)
            if (w.failed_too || file.state != "failed") printer.add(file);
        printer.flush();
        if (!page.more) break;
        w.query.after = page.files.back().row.id;
        page = catalog.wait(catalog->list_files(w.query));
    }
    printer.end(w.if_none);
    flights.tell_unknown("list");
    return exit_code::done;
}

}  // namespace

command describe_list() {
    command c;
    c.name = "list";
    c.synopsis = "ARCHIVE [--all | --deletable | --state STATE] [--since DATE] [--prefix P]";
    c.summary = "what is to be copied, or other rows";
    c.description =
        "Shows rows of the archive in the order of their ids: those that are to be copied (pending and retrying), or what the options say. What is in flight is shown as what is being done with it (hashing, copying, verifying, publishing), by the word of the daemon; it is pending or retrying for --state. On a terminal a table; elsewhere lines of fields between tabs.";
    c.options = with_catalog_options(
        {{"all", "", "every row"},
         {"deletable", "", "verified rows of which the local file may be deleted once it is old enough"},
         {"state",
          "STATE",
          "rows in one state: pending, retrying, failed, ignored, verified, deleted, unsettled or deletable",
          {"pending", "retrying", "failed", "ignored", "verified", "deleted", "unsettled", "deletable"}},
         {"since", "DATE",
          "rows registered then or later, in any state: 2026-11-28, 2026-11-28T23:15:00Z (UTC where no zone is given), or seconds since the epoch"},
         {"prefix", "P", "rows of which the remote path begins so"},
         {"json", "", "print the rows as a JSON array"}});
    c.least_operands = c.most_operands = 1;
    c.run = list;
    return c;
}

}  // namespace suprsync
