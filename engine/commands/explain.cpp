// `suprsync explain`: why a file is as it is, and what waits for it.
#include <fmt/format.h>

#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/explanation.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/found_files.hpp"
#include "engine/commands/status_text.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shell_word.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/row_state.hpp"
#include "http/api/views.hpp"

namespace suprsync {

namespace {

std::string state_line(const file_view& file) {
    const auto attempts = file.row.failed_copy_attempts;
    auto text = file.state;
    if (attempts > 0 && is_unsettled(file.row)) text += ", " + counted(attempts, "failed attempt");
    if (file.state == "failed") text += file.row.removed ? ": its local file is gone" : ": no attempts left";
    if (file.ignore_reason) text += ": " + shown_name(*file.ignore_reason);
    return text;
}

std::string batch_line(const transfer& batch, epoch_seconds now) {
    auto text = fmt::format("{}, for {}", name_of(batch.stage), human::span(now - batch.stage_since));
    if (batch.bytes > 0)
        text += fmt::format(", {} of {} sent", human::bytes(static_cast<double>(batch.bytes_done)),
                            human::bytes(static_cast<double>(batch.bytes)));
    text += more_progress_text(batch);
    if (batch.stage == flight_stage::copying)
        text += fmt::format(" at {}/s", human::bytes(batch.bytes_per_second));
    if (batch.files > 1) text += fmt::format("; with {}", human::counted(batch.files - 1, "other file"));
    return text;
}

std::string link_line(const archive_activity& archive, epoch_seconds now) {
    const auto& link = archive.link;
    if (link.state == "up") return "up";
    if (link.state != "down" && link.state != "trying") return "not asked yet";
    std::string text = link.state == "trying" ? "being tried" : "down";
    if (link.down_since) text += ", and has failed since " + human::date_and_age(*link.down_since, now);
    if (!link.error.empty()) text += ": " + link.error;
    if (link.next_attempt) text += "; tried again " + human::age(*link.next_attempt, now);
    if (link.state == "down") text += "; at once: suprsync try-now " + command_word(archive.name);
    return text;
}

std::string directory_line(const explanation& e) {
    const auto& d = *e.directory;
    const auto name = fmt::format("{} of {}", timecode_directory(d.timecode), shown_name(d.archive_name));
    if (d.finalized) return name + fmt::format(" is finalized (revision {})", d.revision);
    if (d.unsettled == 0 && e.any_doubtful) return name + " is settled, and waits for copies in doubt";
    if (d.unsettled == 0 && d.removed_there)
        return name +
               " is settled, and was removed at the destination: it waits for what somebody says to that (condition day_removed)";
    if (d.unsettled == 0 && d.lost > 0)
        return name + fmt::format(" is settled, and waits: verified copies are lost at the destination ({})",
                                  d.lost);
    if (d.unsettled == 0)
        return name + (d.completed ? " is settled and will be finalized"
                                   : " is settled, and not over yet: not finalized");
    const bool alone = d.unsettled == 1 && is_unsettled(e.file.row);
    return name + fmt::format(" waits for {} ({} of {} files unsettled, {} failed)",
                              alone                      ? "this file"
                              : is_unsettled(e.file.row) ? "this file and others"
                                                         : "other files",
                              d.unsettled, d.files, d.failed);
}

void print(const explanation& e) {
    const auto now = wall_clock();
    const auto& row = e.file.row;
    const auto line = [](const char* what, const std::string& text) {
        std::cout << fmt::format("  {:<13} {}\n", what, text);
    };
    const auto when = [&](epoch_seconds t) { return human::date_and_age(t, now); };
    std::cout << fmt::format("{} (id {}, archive {})\n", shown_name(row.local_path), row.id,
                             shown_name(row.archive_name));
    line("state", state_line(e.file));
    if (e.batch) line("in flight", batch_line(*e.batch, now));
    if (!e.in_flight_unknown.empty()) line("in flight", "not known: " + shown_name(e.in_flight_unknown));
    if (e.archive) line("link", shown_line(link_line(*e.archive, now)));
    line("remote path", shown_name(row.remote_path));
    line("registered", when(row.timestamp));
    if (e.file.bytes) line("size", human::bytes(static_cast<double>(*e.file.bytes)));
    line("MD5 here", row.local_md5sum.empty() ? "not computed yet" : shown_name(row.local_md5sum));
    line("MD5 there", row.remote_md5sum ? shown_name(*row.remote_md5sum) : "not known");
    if (row.copied) line("copied", when(*row.copied));
    if (e.doubtful)
        line(
            "copy",
            "in doubt: a sync at the destination failed or its machine was started anew, so it is read anew from the disk there");
    if (e.file.last_error)
        line("last error", shown_name(*e.file.last_error) +
                               (e.file.last_error_at ? ", " + when(*e.file.last_error_at) : ""));
    if (!e.next_attempt.empty()) line("next attempt", shown_line(e.next_attempt));
    if (e.directory) line("timecode", directory_line(e));
    line("deletion", e.deletion);
    if (e.judgement.decision != claim::verdict::owns && is_unsettled(e.file.row))
        line("claim", shown_name(e.judgement.reason));
    for (const auto& other : e.claimants)
        line("same place", fmt::format("id {} ({}, {}): {}", other.row.id, shown_name(other.row.archive_name),
                                       other.state, shown_name(other.row.local_path)));
}

void write(json_writer& json, const explanation& e) {
    json.begin_object().member("file", e.file).key("timecode");
    if (e.directory)
        json.value(*e.directory);
    else
        json.null();
    const auto verdict = e.judgement.decision;
    json.member("doubtful", e.doubtful)
        .member("next_attempt", e.next_attempt)
        .member("in_flight", e.batch)
        .member("in_flight_unknown", e.in_flight_unknown)
        .member("link", e.archive ? std::optional(e.archive->link) : std::nullopt)
        .member("deletion", e.deletion)
        .key("claim")
        .begin_object()
        .member("verdict", std::string(verdict == claim::verdict::owns         ? "owns"
                                       : verdict == claim::verdict::superseded ? "superseded"
                                                                               : "conflict"))
        .member("reason", e.judgement.reason)
        .end_object()
        .member("claimants", e.claimants)
        .end_object();
}

int explain(const tool_arguments& arguments) {
    tool_catalog catalog(arguments, catalog_use::reading);
    in_flight flights(arguments, catalog.uuid());
    const auto all = explain_rows(catalog, find_files(catalog, arguments.operands()[0], "explain"), flights);
    if (arguments.has("json")) {
        json_writer document;
        document.begin_array();
        for (const auto& e : all) write(document, e);
        print_json(document.end_array());
        return exit_code::done;
    }
    for (const auto& e : all) {
        if (&e != &all.front()) std::cout << '\n';
        print(e);
    }
    return exit_code::done;
}

}  // namespace

command describe_explain() {
    command c;
    c.name = "explain";
    c.synopsis = "LOCAL|REMOTE|ID";
    c.summary = "why a file is as it is, and what waits for it";
    c.description =
        "For every registration of the local file, or of the path at the destination, or for the row with that id: its state, what is being done with it and what the link to its destination is doing (by the word of the daemon, where it answers), attempts and last error, when it is tried next, whether its copy is in doubt, the timecode directory that waits for it, whether the local file may be deleted, and other files that claim the same place at the destination.";
    c.options = with_catalog_options({{"json", "", "print it as a JSON array"}});
    c.least_operands = c.most_operands = 1;
    c.run = explain;
    return c;
}

}  // namespace suprsync
