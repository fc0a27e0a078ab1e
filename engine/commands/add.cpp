// `suprsync add`: registers one file.
#include <fmt/format.h>

#include <cctype>
#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/config/configuration.hpp"
#include "engine/loop/run_to_end.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/registration_rules.hpp"
#include "http/api/views.hpp"
#include "storage/disk/local_disk.hpp"

namespace suprsync {

namespace {

registration read_registration(const tool_arguments& arguments) {
    registration file;
    file.local_path = absolute_path(arguments.operands()[0]);
    file.remote_path = arguments.operands()[1];
    file.archive_name = arguments.operands()[2];
    file.local_md5sum = lower(arguments.text("md5").value_or(""));
    if (arguments.has("md5") && file.local_md5sum.empty()) throw usage_error("--md5: the sum is empty");
    file.timestamp = arguments.date("timestamp").value_or(wall_clock());
    file.deletable = !arguments.has("no-delete");
    check_registration(file).value();
    return file;
}

// As over HTTP: what is registered is a regular file that is there. Its size.
std::uint64_t size_of(const std::string& path) {
    boost::asio::io_context loop;
    const auto disk = make_local_disk(loop.get_executor(), 1);
    const auto seen = run_to_end(loop, disk->stat({path}));
    if (seen.at(0)) return seen[0]->size;
    auto why = seen[0].error();
    // The command line is well formed: this is no wrong usage.
    if (why.code == failure_code::invalid) why.code = failure_code::io;
    throw failure_error(why);
}

int add(const tool_arguments& arguments) {
    auto file = read_registration(arguments);
    file.size = size_of(file.local_path);
    tool_catalog catalog(arguments, catalog_use::changing);
    catalog.check_known(file.archive_name);
    auto added = catalog.ask(catalog->add({file}));
    if (!added) {
        auto why = added.error();
        if (why.subject == "files[0]") why.subject = shown_name(file.local_path);
        if (why.code == failure_code::conflict) why.detail = shown_name(why.detail);
        throw failure_error(why);
    }
    const auto& one = added->at(0);
    if (arguments.has("json")) {
        json_writer document;
        document.value(one.file);
        print_json(document);
        return exit_code::done;
    }
    const auto& row = one.file.row;
    std::cout << fmt::format("{} as id {}: {} -> {} ({})",
                             one.existed ? "was registered already" : "registered", row.id,
                             shown_name(row.local_path), shown_name(row.remote_path),
                             shown_name(row.archive_name))
              << std::endl;
    return exit_code::done;
}

}  // namespace

command describe_add() {
    command c;
    c.name = "add";
    c.synopsis = "LOCAL REMOTE ARCHIVE";
    c.summary = "register one file";
    c.description =
        "Registers the local file LOCAL to be copied to REMOTE, a path below the base directory of ARCHIVE. The rules are those of POST /files; the file may lie anywhere. A file that is registered already and not settled yet is not registered twice.";
    c.options = with_registration_options(
        {{"md5", "SUM", "the file's MD5 sum; without it, the daemon computes it"},
         {"timestamp", "DATE",
          "time of registration: 2026-11-28T23:15:00Z (UTC where no zone is given), or seconds since the epoch (now)"},
         {"no-delete", "", "the local file is never to be deleted"},
         {"json", "", "print the row as JSON"}});
    c.least_operands = c.most_operands = 3;
    c.run = add;
    return c;
}

}  // namespace suprsync
