// `suprsync check`: the rows of a file.
#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/found_files.hpp"
#include "engine/commands/in_flight.hpp"
#include "engine/commands/tools.hpp"

namespace suprsync {

namespace {

int show_rows(const tool_arguments& arguments) {
    tool_catalog catalog(arguments, catalog_use::reading);
    auto files = find_files(catalog, arguments.operands()[0], "find");
    in_flight flights(arguments, catalog.uuid());
    flights.show(files);
    file_printer printer(arguments.has("json"));
    for (const auto& file : files) printer.add(file);
    printer.end("");
    flights.tell_unknown("check");
    return exit_code::done;
}

}  // namespace

command describe_check() {
    command c;
    c.name = "check";
    c.synopsis = "LOCAL|REMOTE|ID";
    c.summary = "the rows of a local path, of a path at the destination, or the one with an id";
    c.description =
        "Shows every registration of the file, in whatever archive and state; what is in flight is shown as what is being done with it, by the word of the daemon. Exit status 1 where there is none.";
    c.options = with_catalog_options({{"json", "", "print the rows as a JSON array"}});
    c.least_operands = c.most_operands = 1;
    c.run = show_rows;
    return c;
}

}  // namespace suprsync
