// `suprsync explain`: why a file is as it is, and what waits for it.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <limits>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/claims.hpp"
#include "engine/rules/copy_doubt.hpp"
#include "engine/rules/deletability.hpp"
#include "engine/rules/row_state.hpp"
#include "http/api/views.hpp"

namespace suprsync {

namespace {

// All that is known of one row.
struct explanation {
    file_view file;
    std::optional<timecode_view> directory;
    std::vector<file_view> claimants;
    claim judgement;
    bool doubtful = false;      // its copy
    bool any_doubtful = false;  // of its archive
    std::string deletion;
    std::string next_attempt;  // '' where none is to come
};

std::string date_and_age(epoch_seconds t, epoch_seconds now) {
    return human::date(t) + " (" + human::age(t, now) + ")";
}

// A row of the local file, and all rows for its place at the destination.
struct known_row {
    file_view file;
    std::vector<file_view> claimants;
    std::vector<claimant> judged;  // the same, as the rules see them
    bool doubtful = false;         // its copy, where it has one
};

using known_rows = std::vector<known_row>;

bool is_superseded(const known_row& known) { return is_superseded(known.file.row, known.judged); }

// Of the rows of the same local file, the first with that objection to its deletion; null where none has.
const known_row* objecting(const file_row& row, const known_rows& all, bool objection::* kind) {
    const auto found = std::ranges::find_if(all, [&](const known_row& other) {
        return objection_of(other.file.row, row,
                            {[&] { return other.doubtful; }, [&] { return is_superseded(other); }}).*
               kind;
    });
    return found == all.end() ? nullptr : &*found;
}

std::string held_back_by(const known_row& other) {
    const auto& file = other.file;
    if (is_unsettled(file.row))
        return fmt::format("waits for id {} ({}), which still needs the local file", file.row.id, file.state);
    if (other.doubtful)
        return fmt::format("waits for id {}, whose copy is in doubt and may have to be made anew",
                           file.row.id);
    return fmt::format("never: id {} was registered as not to be deleted, and is the same local file",
                       file.row.id);
}

std::string deletion_of(const known_row& known, const known_rows& all) {
    const auto& row = known.file.row;
    const auto* holder = objecting(row, all, &objection::wanted);
    const auto* other = objecting(row, all, &objection::other_version);
    // The daemon alone knows how old a file must be: here every age that is known is enough.
    constexpr auto old_enough = std::numeric_limits<epoch_seconds>::infinity();
    switch (judge_deletability(row, old_enough,
                               {.superseded = is_superseded(known),
                                .wanted_elsewhere = holder != nullptr,
                                .other_version = other != nullptr,
                                .doubtful = known.doubtful})) {
        case deletability::removed:
            return *row.removed == 0 ? "the local file was found gone"
                                     : "the local file was deleted on " + human::date(*row.removed);
        case deletability::ignored:
            return "not while it is ignored";
        case deletability::kept:
            return "never: it was registered as not to be deleted";
        case deletability::not_verified:
            return "not before it is verified";
        case deletability::superseded:
            return "not by this row: a later registration of the same file decides";
        case deletability::too_young:
            return "never: its timestamp is no date, so that nobody knows how old it is";
        case deletability::doubtful:
            return "not before its copy is read anew";
        case deletability::wanted_elsewhere:
            return held_back_by(*holder);
        case deletability::other_version:
            return fmt::format("waits for id {}, which is verified with other content and is copied anew",
                               other->file.row.id);
        case deletability::deletable:
            break;
    }
    return "when it is as old as the daemon's --delete-local-after says, after a fresh look at both copies";
}

std::string next_attempt_of(const file_view& file, const archive_memory& archive) {
    if (file.state == "failed")
        return fmt::format("none: suprsync retry {} {}", file.row.archive_name, file.row.id);
    if (file.state != "pending" && file.state != "retrying") return "";
    if (archive.paused)
        return fmt::format("when the archive is resumed (POST /archives/{}/resume): {}",
                           file.row.archive_name, archive.pause_reason);
    if (file.next_attempt_at) return date_and_age(*file.next_attempt_at, wall_clock());
    return "as soon as the daemon comes to it";
}

known_rows with_claimants(tool_catalog& catalog, const std::vector<file_view>& files) {
    known_rows all;
    std::vector<file_row> rows;
    for (const auto& file : files) rows.push_back(file.row);
    const auto doubtful = catalog.wait(catalog->doubtful_copies(std::move(rows)));
    for (const auto& file : files) {
        known_row known{file, catalog.wait(catalog->claimants_of(file.row)), {}, doubtful[all.size()]};
        for (const auto& other : known.claimants) known.judged.push_back(claimant_of(other.row));
        all.push_back(std::move(known));
    }
    return all;
}

explanation explain_one(tool_catalog& catalog, const known_row& known, const known_rows& all) {
    explanation e;
    const auto& file = e.file = known.file;
    e.claimants = known.claimants;
    e.judgement = judge_claim(file.row, known.judged);
    e.doubtful = known.doubtful && has_copy_of_its_own(file.row, is_superseded(known));
    e.deletion = deletion_of(known, all);
    const auto archive = catalog.wait(catalog->memory(file.row.archive_name));
    e.any_doubtful = archive.unproved;
    e.next_attempt = next_attempt_of(file, archive);
    const auto timecode = timecode_of(file.row.remote_path);
    if (timecode && !is_finalization_path(file.row.remote_path))
        for (auto& d : catalog.wait(catalog->timecodes({file.row.archive_name, *timecode - 1, 1})))
            if (d.timecode == *timecode) e.directory = std::move(d);
    return e;
}

std::string state_line(const file_view& file) {
    const auto attempts = file.row.failed_copy_attempts;
    auto text = file.state;
    if (attempts > 0 && is_unsettled(file.row)) text += ", " + counted(attempts, "failed attempt");
    if (file.state == "failed") text += file.row.removed ? ": its local file is gone" : ": no attempts left";
    if (file.ignore_reason) text += ": " + shown_name(*file.ignore_reason);
    return text;
}

std::string directory_line(const explanation& e) {
    const auto& d = *e.directory;
    const auto name = fmt::format("{} of {}", timecode_directory(d.timecode), shown_name(d.archive_name));
    if (d.finalized) return name + fmt::format(" is finalized (revision {})", d.revision);
    if (d.unsettled == 0 && e.any_doubtful) return name + " is settled, and waits for copies in doubt";
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
    if (e.doubtful)
        line("copy", "in doubt: a sync at the destination failed, so it is read anew from the disk there");
    if (e.file.last_error)
        line("last error", shown_name(*e.file.last_error) +
                               (e.file.last_error_at ? ", " + when(*e.file.last_error_at) : ""));
    if (!e.next_attempt.empty()) line("next attempt", shown_name(e.next_attempt));
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
    file_query query;
    query.local_path = catalog.local_path(arguments.operands()[0]);
    query.limit = 1000;
    const auto page = catalog.wait(catalog->list_files(query));
    if (page.files.empty())
        throw failure_error({failure_code::not_found, "explain", shown_name(*query.local_path),
                             "the catalog has no row with this local path: it was never registered"});
    json_writer document;
    document.begin_array();
    const auto all = with_claimants(catalog, page.files);
    for (const auto& known : all) {
        const auto e = explain_one(catalog, known, all);
        if (arguments.has("json")) {
            write(document, e);
        } else {
            if (known.file.row.id != all.front().file.row.id) std::cout << '\n';
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
        "For every registration of the local file: its state, attempts and last error, when it is tried next, whether its copy is in doubt, the timecode directory that waits for it, whether the local file may be deleted, and other files that claim the same place at the destination.";
    c.options = with_catalog_options({{"json", "", "print it as a JSON array"}});
    c.least_operands = c.most_operands = 1;
    c.run = explain;
    return c;
}

}  // namespace suprsync
