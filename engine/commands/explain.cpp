// `suprsync explain`: why a file is as it is, and what waits for it.
#include <fmt/format.h>

#include <iostream>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/human.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/claims.hpp"
#include "http/api/views.hpp"

namespace suprsync {

namespace {

// All that is known of one row.
struct explanation {
    file_view file;
    std::optional<timecode_view> directory;
    std::vector<file_view> claimants;
    claim judgement;
    std::string deletion;
    std::string next_attempt;  // '' where none is to come
};

std::string date_and_age(epoch_seconds t, epoch_seconds now) {
    return human::date(t) + " (" + human::age(t, now) + ")";
}

bool is_unsettled(const file_view& file) {
    return file.state == "pending" || file.state == "retrying" || file.state == "failed";
}

std::string deletion_of(const file_view& file, const std::vector<file_view>& same_path) {
    if (file.row.removed)
        return *file.row.removed == 0 ? "the local file was found gone"
                                      : "the local file was deleted on " + human::date(*file.row.removed);
    if (!file.row.deletable) return "never: it was registered as not to be deleted";
    if (file.state == "ignored") return "not while it is ignored";
    if (file.state != "verified") return "not before it is verified";
    for (const auto& other : same_path)
        if (other.row.id != file.row.id && is_unsettled(other))
            return fmt::format("waits for id {} ({}), which still needs the local file", other.row.id,
                               other.state);
    return "when it is as old as the daemon's --delete-local-after says, after a fresh look at both copies";
}

std::string next_attempt_of(const file_view& file, const archive_memory& archive) {
    if (file.state == "failed")
        return fmt::format("none: suprsync retry {} {}", file.row.archive_name, file.row.id);
    if (file.state != "pending" && file.state != "retrying") return "";
    if (archive.paused)
        return fmt::format("when the archive is resumed (POST /archives/{}/resume): {}",
                           file.row.archive_name, archive.pause_reason);
    if (file.next_attempt_at) return date_and_age(*file.next_attempt_at, human::now());
    return "as soon as the daemon comes to it";
}

explanation explain_one(tool_catalog& catalog, const file_view& file,
                        const std::vector<file_view>& same_path) {
    explanation e;
    e.file = file;
    e.claimants = catalog.wait(catalog->claimants_of(file.row));
    std::vector<claimant> claimants;
    for (const auto& r : e.claimants) claimants.push_back(claimant_of(r.row));
    e.judgement = judge_claim(file.row, claimants);
    e.deletion = deletion_of(file, same_path);
    e.next_attempt = next_attempt_of(file, catalog.wait(catalog->memory(file.row.archive_name)));
    const auto timecode = timecode_of(file.row.remote_path);
    if (timecode && !is_finalization_path(file.row.remote_path))
        for (auto& d : catalog.wait(catalog->timecodes({file.row.archive_name, *timecode - 1, 1})))
            if (d.timecode == *timecode) e.directory = std::move(d);
    return e;
}

std::string state_line(const file_view& file) {
    const auto attempts = file.row.failed_copy_attempts;
    auto text = file.state;
    if (attempts > 0 && is_unsettled(file)) text += ", " + counted(attempts, "failed attempt");
    if (file.state == "failed") text += file.row.removed ? ": its local file is gone" : ": no attempts left";
    if (file.ignore_reason) text += ": " + shown_name(*file.ignore_reason);
    return text;
}

std::string directory_line(const explanation& e) {
    const auto& d = *e.directory;
    const auto name = fmt::format("{:05} of {}", d.timecode, shown_name(d.archive_name));
    if (d.finalized) return name + fmt::format(" is finalized (revision {})", d.revision);
    if (d.unsettled == 0)
        return name + (d.completed ? " is settled and will be finalized"
                                   : " is settled, and not over yet: not finalized");
    const bool alone = d.unsettled == 1 && is_unsettled(e.file);
    return name + fmt::format(" waits for {} ({} of {} files unsettled, {} failed)",
                              alone                  ? "this file"
                              : is_unsettled(e.file) ? "this file and others"
                                                     : "other files",
                              d.unsettled, d.files, d.failed);
}

void print(const explanation& e) {
    const auto now = human::now();
    const auto& row = e.file.row;
    const auto line = [](const char* what, const std::string& text) {
        std::cout << fmt::format("  {:<13} {}\n", what, text);
    };
    const auto when = [&](epoch_seconds t) { return date_and_age(t, now); };
    std::cout << fmt::format("{} (id {}, archive {})\n", shown_name(row.local_path), row.id,
                             shown_name(row.archive_name));
    line("state", state_line(e.file));
    line("remote path", shown_name(row.remote_path));
    line("registered", when(row.timestamp));
    if (e.file.bytes) line("size", human::bytes(static_cast<double>(*e.file.bytes)));
    line("MD5 here", row.local_md5sum.empty() ? "not computed yet" : shown_name(row.local_md5sum));
    line("MD5 there", row.remote_md5sum ? shown_name(*row.remote_md5sum) : "not known");
    if (row.copied) line("copied", when(*row.copied));
    if (e.file.last_error)
        line("last error", shown_name(*e.file.last_error) +
                               (e.file.last_error_at ? ", " + when(*e.file.last_error_at) : ""));
    if (!e.next_attempt.empty()) line("next attempt", shown_name(e.next_attempt));
    if (e.directory) line("timecode", directory_line(e));
    line("deletion", e.deletion);
    if (e.judgement.decision != claim::verdict::owns && is_unsettled(e.file))
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
    json.member("next_attempt", e.next_attempt)
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
    tool_catalog catalog(arguments);
    file_query query;
    query.local_path = catalog.local_path(arguments.operands()[0]);
    query.limit = 1000;
    const auto page = catalog.wait(catalog->list_files(query));
    if (page.files.empty())
        throw failure_error({failure_code::not_found, "explain", shown_name(*query.local_path),
                             "the catalog has no row with this local path: it was never registered"});
    json_writer document;
    document.begin_array();
    for (const auto& file : page.files) {
        const auto e = explain_one(catalog, file, page.files);
        if (arguments.has("json")) {
            write(document, e);
        } else {
            if (file.row.id != page.files.front().row.id) std::cout << '\n';
            print(e);
        }
    }
    if (arguments.has("json")) print_json(document.end_array());
    return exit_code::done;
}

}  // namespace

command describe_explain() {
    command c;
    c.name = "explain";
    c.synopsis = "LOCAL";
    c.summary = "why a file is as it is, and what waits for it";
    c.description =
        "For every registration of the local file: its state, attempts and last error, when it is tried next, the timecode directory that waits for it, whether the local file may be deleted, and other files that claim the same place at the destination.";
    c.options = with_catalog_options({{"json", "", "print it as a JSON array"}});
    c.least_operands = c.most_operands = 1;
    c.run = explain;
    return c;
}

}  // namespace suprsync
