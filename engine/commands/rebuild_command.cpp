#include "engine/commands/rebuild_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "engine/commands/complain.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"
#include "storage/index/rebuild.hpp"

namespace suprsync {

namespace {

void print_as_json(const rebuilt_side_tables& done) {
    json_writer json;
    json.begin_object()
        .member("rows", done.rows)
        .key("kept")
        .begin_object()
        .member("uuid", done.uuid)
        .member("attempt_states", done.attempt_states)
        .member("archives", done.archives)
        .member("finalized_timecodes", done.finalized)
        .end_object()
        .member("lost", done.lost)
        .end_object();
    print_json(json);
}

void print_text(const rebuilt_side_tables& done) {
    std::cout << fmt::format(
                     R"(the side tables are made anew: {} rows are indexed
kept: the catalog's uuid {}
kept: what is known of attempts at {} files (last error, next attempt, identity)
kept: pauses, base directories and finalized_until of {} archives
kept: {} finalized timecode directories with their revisions)",
                     human::count(done.rows), done.uuid, human::count(done.attempt_states),
                     human::count(done.archives), human::count(done.finalized))
              << std::endl;
    for (const auto& table : done.lost)
        std::cout << fmt::format("not kept: {}, which this program cannot read", shown_name(table))
                  << std::endl;
}

}  // namespace

int rebuild_side_tables_command(const std::string& database, bool as_json) {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const auto show = [terminal](const preparation& at) {
        if (terminal)
            std::cerr << fmt::format("\r\x1b[Kindexing the catalog: {} of {} rows",
                                     human::count(at.rows_done), human::count(at.rows_total))
                      << std::flush;
    };
    const auto done = rebuild_side_tables(database, "suprsync doctor", show);
    if (terminal) std::cerr << "\r\x1b[K" << std::flush;
    if (!done) {
        complain("suprsync doctor: " + done.error().text());
        return exit_code::failed;
    }
    if (as_json)
        print_as_json(*done);
    else
        print_text(*done);
    return exit_code::done;
}

}  // namespace suprsync
