// `suprsync ignore` and `suprsync unignore`: files that are to be left alone, and that no longer are.
#include <fmt/format.h>

#include <algorithm>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/model/human.hpp"

namespace suprsync {

namespace {

int change(const tool_arguments& arguments, bool ignore) {
    file_change wanted;
    wanted.ignore = ignore;
    wanted.ignore_reason = arguments.text("reason").value_or("");
    std::vector<file_id> ids;
    for (const auto& operand : arguments.operands())
        if (const auto id = id_of(operand); std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
    tool_catalog catalog(arguments, catalog_use::changing);
    // Nothing is changed where one of the ids is wrong.
    for (const auto id : ids) catalog.file(id);
    file_printer printer(arguments.has("json"));
    for (const auto id : ids)
        if (const auto file = catalog.wait(catalog->change_file(id, wanted))) printer.add(*file);
    printer.end("");
    return exit_code::done;
}

}  // namespace

command describe_ignore() {
    command c;
    c.name = "ignore";
    c.synopsis = "ID...";
    c.summary = "leave files alone";
    c.description =
        "The daemon neither copies nor deletes ignored files, and their timecode directory is finalized without them. The rows are shown as they are afterwards.";
    c.options = with_catalog_options({{"reason", "TEXT", "why; kept, and shown with the row"},
                                      {"json", "", "print the rows as a JSON array"}});
    c.least_operands = 1;
    c.most_operands = 100'000;
    c.run = [](const tool_arguments& arguments) { return change(arguments, true); };
    return c;
}

command describe_unignore() {
    command c;
    c.name = "unignore";
    c.synopsis = "ID...";
    c.summary = "leave files alone no longer";
    c.description =
        "Ignored files are as they were before: pending, failed or verified. A directory that was finalized without them is finalized anew when they are settled.";
    c.options = with_catalog_options({{"json", "", "print the rows as a JSON array"}});
    c.least_operands = 1;
    c.most_operands = 100'000;
    c.run = [](const tool_arguments& arguments) { return change(arguments, false); };
    return c;
}

}  // namespace suprsync
