// `suprsync next`: what is to be copied next.
#include <fmt/format.h>

#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/in_flight.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"

namespace suprsync {

namespace {

int next(const tool_arguments& arguments) {
    work_query query;
    query.archive = arguments.operands()[0];
    query.now = wall_clock();
    query.limit = static_cast<std::size_t>(arguments.whole("count", 1, 100'000).value_or(1));
    tool_catalog catalog(arguments, catalog_use::reading);
    catalog.check_archive(query.archive);
    const auto work = catalog.wait(catalog->load_work(query));
    file_printer printer(arguments.has("json"));
    std::vector<file_view> files;
    for (const auto& item : work.items)
        if (auto file = catalog.wait(catalog->find(item.row.id))) files.push_back(std::move(*file));
    in_flight flights(arguments, catalog.uuid());
    flights.show(files);
    for (const auto& file : files) printer.add(file);
    printer.end(work.next_attempt ? fmt::format("nothing now; the next attempt is due {}",
                                                human::age(*work.next_attempt, query.now))
                                  : "nothing is to be copied");
    flights.tell_unknown("next");
    return exit_code::done;
}

}  // namespace

command describe_next() {
    command c;
    c.name = "next";
    c.synopsis = "ARCHIVE";
    c.summary = "what is to be copied next";
    c.description =
        "Shows the file that the daemon takes next: finalization files first, then what was never tried, the oldest registration first, then what is to be tried again.";
    c.options = with_catalog_options({{"count", "N", "so many files, in the order in which they come (1)"},
                                      {"json", "", "print the rows as a JSON array"}});
    c.least_operands = c.most_operands = 1;
    c.run = next;
    return c;
}

}  // namespace suprsync
