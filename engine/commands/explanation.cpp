#include "engine/commands/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shell_word.hpp"
#include "engine/rules/copy_doubt.hpp"
#include "engine/rules/deletability.hpp"

namespace suprsync {

namespace {

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
                            {[&] { return other.doubtful; }, [&] { return is_superseded(other); }, {}}).*
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
        return fmt::format("none: suprsync retry {} {}", command_word(file.row.archive_name), file.row.id);
    if (file.state != "pending" && file.state != "retrying")
        return is_unsettled(file.row) ? "this one goes on" : "";
    if (archive.paused)
        return fmt::format("when the archive is resumed (suprsync resume {}): {}",
                           command_word(file.row.archive_name), archive.pause_reason);
    if (file.next_attempt_at) return human::date_and_age(*file.next_attempt_at, wall_clock());
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

// Rows with the same local path: some of them may object to a deletion.
std::vector<file_view> with_same_local_path(tool_catalog& catalog, const file_view& file) {
    file_query query;
    query.local_path = file.row.local_path;
    query.limit = 1000;
    return catalog.wait(catalog->list_files(query)).files;
}

explanation explained(tool_catalog& catalog, const known_row& known, const known_rows& all,
                      in_flight& flights) {
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
    if (!is_unsettled(file.row)) return e;
    if (const auto* batch = flights.transfer_of(file.row.id)) e.batch = *batch;
    if (!e.batch) e.in_flight_unknown = flights.unknown_because();
    e.archive = flights.archive(file.row.archive_name);
    return e;
}

}  // namespace

std::vector<explanation> explain_rows(tool_catalog& catalog, const std::vector<file_view>& files,
                                      in_flight& flights) {
    std::vector<explanation> all;
    std::map<std::string, known_rows> by_path;
    for (const auto& file : files) {
        auto [place, is_new] = by_path.try_emplace(file.row.local_path);
        if (is_new) {
            auto same = with_same_local_path(catalog, file);
            flights.show(same);
            place->second = with_claimants(catalog, same);
        }
        for (const auto& known : place->second)
            if (known.file.row.id == file.row.id)
                all.push_back(explained(catalog, known, place->second, flights));
    }
    return all;
}

}  // namespace suprsync
