// `suprsync retry`: attempts back to 0.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iostream>

#include "engine/commands/complain.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/in_flight.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/machine_clock.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/retry.hpp"

namespace suprsync {

namespace {

retry_request read_request(const tool_arguments& arguments) {
    retry_request request;
    request.at = read_machine_clock().now();
    request.archive = arguments.operands()[0];
    for (std::size_t i = 1; i < arguments.operands().size(); ++i)
        request.ids.push_back(id_of(arguments.operands()[i]));
    request.state = arguments.text("state");
    if (request.state)
        if (const auto why = why_no_state_to_retry(*request.state)) throw usage_error("--state: " + *why);
    auto which = arguments.one_of({"all", "prefix"});
    if (arguments.one_of({"all", "state"}) == "state" && which.empty()) which = "state";
    if (!which.empty() && !request.ids.empty())
        throw usage_error(fmt::format("ids and --{} exclude each other", which));
    if (which.empty() && request.ids.empty())
        throw usage_error("which files? Give their ids, --prefix P, --state S, or --all");
    request.remote_prefix = arguments.text("prefix");
    if (request.remote_prefix && request.remote_prefix->empty())
        throw usage_error("--prefix: it is empty; --all means every file of the archive");
    return request;
}

std::string and_days(std::int64_t days) {
    return days == 0 ? ""
                     : fmt::format(", and {} that was removed at the destination sent again",
                                   human::counted(days, "day"));
}

int tell_what_would_be(tool_catalog& catalog, const retry_request& request, bool json) {
    const auto [files, days] = catalog.wait(catalog->would_retry(request));
    if (json) {
        json_writer document;
        document.begin_object().member("would_retry", files).member("removed_days", days).end_object();
        print_json(document);
        return exit_code::done;
    }
    std::cout << human::counted(files, "file") << " would be tried again" << and_days(days)
              << "; nothing is changed" << std::endl;
    return exit_code::done;
}

// What waits for the destination waits for all of its files.
void try_link(tool_catalog& catalog, const tool_arguments& arguments, const std::string& archive) {
    in_flight daemons(arguments, catalog.uuid());
    if (const auto why = daemons.try_now(archive))
        complain("suprsync retry: the daemon was not told to ask the destination at once: " + why->text());
}

int retry(const tool_arguments& arguments) {
    const auto request = read_request(arguments);
    const bool dry = arguments.has("dry-run");
    tool_catalog catalog(arguments, dry ? catalog_use::reading : catalog_use::changing);
    catalog.check_archive(*request.archive);
    // Nothing is changed where one of the ids is wrong.
    for (const auto id : request.ids)
        if (const auto file = catalog.file(id); file.row.archive_name != *request.archive)
            throw failure_error(
                {failure_code::not_found, "retry", fmt::format("file {}", id),
                 fmt::format("it belongs to archive {}, not to {}", shown_name(file.row.archive_name),
                             shown_name(*request.archive))});
    if (dry) return tell_what_would_be(catalog, request, arguments.has("json"));
    const auto waiting_days = [&] {
        return static_cast<std::int64_t>(catalog.wait(catalog->removed_days(*request.archive)).size());
    };
    const auto waited = waiting_days();
    const auto retried = catalog.wait(catalog->retry(request));
    const auto days = std::max<std::int64_t>(0, waited - waiting_days());
    if (arguments.has("json")) {
        json_writer document;
        document.begin_object().member("retried", retried).end_object();
        print_json(document);
    } else if (retried == 0 && days == 0) {
        std::cout << "no such file has failed or waits to be tried again" << std::endl;
    } else {
        std::cout << human::counted(retried, "file") << " will be tried again now" << and_days(days)
                  << std::endl;
    }
    if (arguments.has("all")) try_link(catalog, arguments, *request.archive);
    return exit_code::done;
}

}  // namespace

command describe_retry() {
    command c;
    c.name = "retry";
    c.synopsis = "ARCHIVE (--all | [--prefix P] [--state STATE] | ID...) [--dry-run]";
    c.summary = "attempts back to 0";
    c.description =
        "Gives files that have failed, or wait for their next attempt, all their attempts back: a running daemon tries them at once. Files that are verified, ignored or gone are left alone, but for days that were removed at the destination (condition day_removed) where the whole of them is meant: these are sent again. With --all the daemon, where it answers, also asks the destination at once.";
    c.options = with_catalog_options({{"all", "", "every such file of the archive"},
                                      {"prefix", "P", "those of which the remote path begins so"},
                                      {"state",
                                       "STATE",
                                       "those in one state: failed or retrying",
                                       {states_to_retry.begin(), states_to_retry.end()}},
                                      {"dry-run", "", "only say how many files these are"},
                                      {"json", "", "print the number of files as JSON"}});
    c.least_operands = 1;
    c.most_operands = 100'000;
    c.run = retry;
    return c;
}

}  // namespace suprsync
