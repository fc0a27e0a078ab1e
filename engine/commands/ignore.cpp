// `suprsync ignore` and `suprsync unignore`: files that are to be left alone, and that no longer are.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/selected_files.hpp"
#include "engine/commands/tools.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

// What can be ignored, by state; what is not ignored cannot be unignored.
const std::vector<std::string> states_to_ignore = {"pending", "retrying", "failed", "unsettled", "verified"};

// The files of an archive that the options say; none where the operands are ids.
std::optional<file_selection> read_selection(const tool_arguments& arguments, bool ignore) {
    file_selection wanted;
    wanted.remote_prefix = arguments.text("prefix");
    wanted.state = arguments.text("state");
    if (!wanted.remote_prefix && !wanted.state && !arguments.has("all")) return std::nullopt;
    const char* option = wanted.remote_prefix ? "prefix" : wanted.state ? "state" : "all";
    if (arguments.operands().size() != 1)
        throw usage_error(fmt::format("--{} goes with one archive, and no ids", option));
    if (wanted.remote_prefix && wanted.remote_prefix->empty()) throw usage_error("--prefix: it is empty");
    if (wanted.state && std::ranges::find(states_to_ignore, *wanted.state) == states_to_ignore.end())
        throw usage_error(
            "--state: " +
            expected_not(fmt::format("one of {}", fmt::join(states_to_ignore, ", ")), *wanted.state));
    wanted.archive = arguments.operands()[0];
    // What is safe is left out of days only by somebody who says so.
    if (!wanted.state) wanted.state = ignore ? "unsettled" : "ignored";
    return wanted;
}

void tell_count(std::int64_t files, const char* key, const std::string& text, bool json) {
    if (json) {
        json_writer document;
        document.begin_object().member(key, files).end_object();
        print_json(document);
    } else {
        std::cout << human::counted(files, "file") << " " << text << std::endl;
    }
}

int change_selection(const tool_arguments& arguments, const file_selection& selection, file_change wanted) {
    const bool dry = arguments.has("dry-run");
    const bool json = arguments.has("json");
    tool_catalog catalog(arguments, dry ? catalog_use::reading : catalog_use::changing);
    catalog.check_archive(*selection.archive);
    std::vector<file_id> ids;
    for_each_file(catalog, selection, [&](const file_view& file) { ids.push_back(file.row.id); });
    const std::string what = *wanted.ignore ? "ignored" : "ignored no longer";
    if (dry) {
        tell_count(static_cast<std::int64_t>(ids.size()), "would_change",
                   "would be " + what + "; nothing is changed", json);
        return exit_code::done;
    }
    wanted.while_state = selection.state;  // a file may have been verified since it was listed
    const auto changed = catalog.wait(catalog->change_files(std::move(ids), std::move(wanted)));
    tell_count(changed, "changed", (changed == 1 ? "is " : "are ") + what, json);
    return exit_code::done;
}

int change(const tool_arguments& arguments, bool ignore) {
    file_change wanted;
    wanted.ignore = ignore;
    wanted.ignore_reason = arguments.text("reason").value_or("");
    if (const auto selection = read_selection(arguments, ignore))
        return change_selection(arguments, *selection, std::move(wanted));
    std::vector<file_id> ids;
    for (const auto& operand : arguments.operands())
        if (const auto id = id_of(operand); std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
    const bool dry = arguments.has("dry-run");
    tool_catalog catalog(arguments, dry ? catalog_use::reading : catalog_use::changing);
    // Nothing is changed where one of the ids is wrong.
    std::vector<file_view> files;
    for (const auto id : ids) files.push_back(catalog.file(id));
    file_printer printer(arguments.has("json"));
    for (const auto& file : files) {
        if (dry)
            printer.add(file);
        else if (const auto now = catalog.wait(catalog->change_file(file.row.id, wanted)))
            printer.add(*now);
    }
    printer.end("");
    return exit_code::done;
}

command with_selection(command c) {
    c.synopsis = "(ID... | ARCHIVE " + c.synopsis + ") [--dry-run]";
    c.options.push_back({"prefix", "P", "those files of ARCHIVE of which the remote path begins so"});
    c.options.push_back({"dry-run", "", "only say which files, or how many"});
    c.options.push_back({"json", "", "print the rows as a JSON array, or how many files as JSON"});
    c.options = with_catalog_options(std::move(c.options));
    c.least_operands = 1;
    c.most_operands = 100'000;
    return c;
}

}  // namespace

command describe_ignore() {
    command c;
    c.name = "ignore";
    c.synopsis = "[--prefix P] [--state STATE]";
    c.summary = "leave files alone";
    c.description =
        "The daemon neither copies nor deletes ignored files, and their timecode directory is finalized without them. Of ids, the rows are shown as they are afterwards; with --prefix or --state, which go together, all such files of the archive are meant, and how many there were is said.";
    c.options = {
        {"reason", "TEXT", "why; kept, and shown with the row"},
        {"state", "STATE",
         "those files of ARCHIVE in one state: pending, retrying, failed, unsettled (the default with --prefix) or verified",
         states_to_ignore}};
    c = with_selection(std::move(c));
    c.run = [](const tool_arguments& arguments) { return change(arguments, true); };
    return c;
}

command describe_unignore() {
    command c;
    c.name = "unignore";
    c.synopsis = "(--all | --prefix P)";
    c.summary = "leave files alone no longer";
    c.description =
        "Ignored files are as they were before: pending, failed or verified. A directory that was finalized without them is finalized anew when they are settled.";
    c.options = {{"all", "", "all ignored files of ARCHIVE"}};
    c = with_selection(std::move(c));
    c.run = [](const tool_arguments& arguments) { return change(arguments, false); };
    return c;
}

}  // namespace suprsync
