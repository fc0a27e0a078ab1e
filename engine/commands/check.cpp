// `suprsync check`: the rows of a local path.
#include <fmt/format.h>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

int show_rows(const tool_arguments& arguments) {
    tool_catalog catalog(arguments, catalog_use::reading);
    file_query query;
    query.local_path = catalog.local_path(arguments.operands()[0]);
    file_printer printer(arguments.has("json"));
    bool any = false;
    for (bool more = true; more;) {
        const auto page = catalog.wait(catalog->list_files(query));
        for (const auto& file : page.files) printer.add(file);
        printer.flush();
        any = any || !page.files.empty();
        more = page.more;
        if (more) query.after = page.files.back().row.id;
    }
    printer.end("");
    if (!any)
        throw failure_error({failure_code::not_found, "find", shown_name(*query.local_path),
                             "the catalog has no row with this local path"});
    return exit_code::done;
}

}  // namespace

command describe_check() {
    command c;
    c.name = "check";
    c.synopsis = "LOCAL";
    c.summary = "the rows of a local path";
    c.description =
        "Shows every registration of the local file, in whatever archive and state. Exit status 1 where there is none.";
    c.options = with_catalog_options({{"json", "", "print the rows as a JSON array"}});
    c.least_operands = c.most_operands = 1;
    c.run = show_rows;
    return c;
}

}  // namespace suprsync
