// `suprsync accept-removal`: what somebody removed at the destination may go here, too.
#include <fmt/format.h>

#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/machine_clock.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

int timecode_operand(const std::string& operand) {
    const auto timecode = read_timecode(operand);
    if (!timecode)
        throw usage_error(
            fmt::format("{}: a timecode has exactly five digits, as its directory has", shown_name(operand)));
    return *timecode;
}

int accept_removal(const tool_arguments& arguments) {
    const auto& archive = arguments.operands()[0];
    const int timecode = timecode_operand(arguments.operands()[1]);
    tool_catalog catalog(arguments, catalog_use::changing);
    catalog.check_archive(archive);
    const auto files = catalog.wait(catalog->choose_for_removed_day(
        archive, timecode, removal_choice::accepted, read_machine_clock().now()));
    if (arguments.has("json")) {
        json_writer document;
        document.begin_object().member("timecode", timecode).member("files", files).end_object();
        print_json(document);
    } else {
        std::cout
            << fmt::format(
                   "the removal of {} at the destination is accepted: its files are deleted here when they are due, without being sent again; {} of it waited for that",
                   timecode_directory(timecode), human::counted(files, "file"))
            << std::endl;
    }
    return exit_code::done;
}

}  // namespace

command describe_accept_removal() {
    command c;
    c.name = "accept-removal";
    c.synopsis = "ARCHIVE TIMECODE";
    c.summary = "a day that was removed there goes here, too";
    c.description =
        "While the directory of a whole timecode is missing at the destination (condition day_removed), its files are neither deleted here nor sent again. This says that it was removed there on purpose: what is here of it is deleted when it is due, without a copy there. Files that come later are copied as ever. To have it sent again instead: suprsync retry ARCHIVE --prefix TIMECODE/.";
    c.options = with_catalog_options({{"json", "", "print the number of files that waited as JSON"}});
    c.least_operands = 2;
    c.most_operands = 2;
    c.run = accept_removal;
    return c;
}

}  // namespace suprsync
