// The order of a daemon's events, and what must be reached once faults have stopped.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "tests/simulation/content.hpp"
#include "tests/simulation/oracle.hpp"

namespace suprsync::simulation {

namespace {

constexpr std::chrono::hours looked_for_within{2};

}  // namespace

void oracle::on_life(const event_feed& feed) {
    verified_.clear();
    conditions_.clear(), over_.clear();
    last_event_ = feed.newest();
    for (const auto& row : rows_where())
        if (row.verified()) verified_.insert(row.id);
}

void oracle::on_event(const event& e) {
    if (e.id != last_event_ + 1) violated(fmt::format("event {} follows event {}", e.id, last_event_));
    last_event_ = e.id;
    if (const auto* file = std::get_if<file_event>(&e.what)) {
        switch (file->what) {
            case file_event::kind::verified:
                ++seen.verified;
                verified_.insert(file->id);
                once_verified_.insert(file->id);
                break;
            case file_event::kind::deleted:
                if (verified_.erase(file->id) == 0)
                    violated(
                        fmt::format("row {} is told to be deleted, and never was to be verified", file->id));
                break;
            case file_event::kind::failed:
                ++seen.failed;
                break;
            default:
                break;
        }
    } else if (const auto* condition = std::get_if<condition_event>(&e.what)) {
        const std::pair key(condition->raised.kind, condition->raised.archive);
        const bool right = condition->begins ? conditions_.insert(key).second : conditions_.erase(key) == 1;
        if (!condition->begins) over_[key] = time_.elapsed;
        if (!right)
            violated(fmt::format("condition {} of '{}' {}", key.first, key.second,
                                 condition->begins ? "begins twice" : "ends and never began"));
    }
}

void oracle::on_said_to_be_settled() {
    for (const auto& row : rows_where("archive_name = 'smurf' AND coalesce(\"ignore\", 0) = 0"))
        if (!row.verified() && !row.removed &&
            row.failed_copy_attempts.value_or(0) < static_cast<std::int64_t>(most_attempts) &&
            !touched_lately(row.local_path) && !is_garbage(row))
            violated(fmt::format("a daemon ended and said that all is settled, and row {} ({}) is not",
                                 row.id, row.local_path));
}

// It was there all the time and what was registered, its place there is nobody else's, and if it was
// modified, then after it was registered: nothing is wrong with it.
bool oracle::is_there_to_be_copied(const test::catalog_row& row) const {
    const auto file = here_.names.find(row.local_path);
    if (file == here_.names.end() || gone_.contains(row.local_path)) return false;
    const bool modified = static_cast<double>(file->second->modified_ns) / 1e9 > row.timestamp;
    const bool right = row.local_md5sum.empty() || row.local_md5sum == sum_of(file->second->content);
    std::size_t claimants = 0;
    for (const auto& [path, files] : registered_)
        if (there_.same_name(path, plain(row.remote_path))) claimants += files.size();
    return claimants == 1 && (right || modified);
}

void oracle::check_settled(const std::vector<condition>& raised) {
    const auto holds = [&](const std::string& kind, const std::string& archive) {
        return std::any_of(raised.begin(), raised.end(),
                           [&](const condition& c) { return c.kind == kind && c.archive == archive; });
    };
    // It goes where nobody has met the file for a while, and whoever looks for it may be late.
    const auto is_no_copy = [&](const std::string& archive) {
        const auto over = over_.find({"not_a_copy", archive});
        return holds("not_a_copy", archive) ||
               (over != over_.end() && time_.elapsed - over->second < looked_for_within);
    };
    std::set<std::string> blocked;  // archives with days that cannot be announced
    std::map<std::string, int> rows_of;
    const auto rows = rows_where();
    for (const auto& row : rows) ++rows_of[row.local_path];
    for (const auto& row : rows) {
        ++seen.checks;
        if (row.ignore.value_or(false)) continue;
        const bool served = row.archive_name == "smurf" || row.archive_name == "timestreams";
        if (!served) {
            if (!row.verified() && !holds("unserved_registrations", ""))
                violated(fmt::format("row {} is of an archive that nobody serves, and no condition says so",
                                     row.id));
            continue;
        }
        if (!row.verified()) {
            blocked.insert(row.archive_name);
            const bool failed =
                row.failed_copy_attempts.value_or(0) >= static_cast<std::int64_t>(most_attempts) ||
                row.removed;
            if (failed && calm && !is_garbage(row) && is_there_to_be_copied(row))
                violated(fmt::format("row {} ({}) has failed, and nothing is wrong", row.id, row.local_path));
            if (failed && (holds("files_failed", row.archive_name) || holds("copies_lost", row.archive_name)))
                continue;
            if (is_no_copy(row.archive_name)) continue;
            // One that is to be issued anew waits for what it counts.
            if (row.remote_path.ends_with("_finalized.yaml") &&
                (holds("finalization_failed", row.archive_name) ||
                 holds("copies_unproved", row.archive_name)))
                continue;
            violated(fmt::format("row {} ({}) is not settled ({} attempts), and no condition says why",
                                 row.id, row.local_path, row.failed_copy_attempts.value_or(0)));
            continue;
        }
        const auto path = plain(row.remote_path);
        const bool due = !row.removed && row.dated && !unregistered_.contains(row.local_path) &&
                         lets_go(row) && rows_of[row.local_path] == 1 &&
                         here_.names.contains(row.local_path) && !there_.meddled.contains(path) &&
                         !claimed_.contains(path) && time_.truth() - row.timestamp > delete_after + 7200;
        if (due && !holds("deletion_failed", row.archive_name) && !holds("undated_files", row.archive_name) &&
            !holds("copies_unproved", row.archive_name) && !is_no_copy(row.archive_name))
            violated(
                fmt::format("row {} ({}) is due, and its local file is not deleted", row.id, row.local_path));
    }
    for (const auto& [path, file] : here_.names)
        if (path.find("/.suprsync-remove-") != std::string::npos && !here_.came_back.contains(path) &&
            !holds("deletion_failed", "smurf") && !holds("deletion_failed", "timestreams"))
            violated(fmt::format("{} is left over from a removal", path));
    const int today = static_cast<int>(time_.truth() / 1e5);
    for (const std::string archive : {"smurf", "timestreams"}) {
        if (blocked.contains(archive) || holds("finalization_failed", archive) ||
            holds("finalization_blocked", archive) || holds("copies_unproved", archive))
            continue;
        std::set<int> days, announced;
        for (const auto& row : rows)
            if (row.archive_name == archive && !row.ignore.value_or(false) &&
                !row.remote_path.ends_with("_finalized.yaml"))
                if (const auto day = day_of(plain(row.remote_path)); day && *day <= today + 1)
                    days.insert(*day);
        for (const auto& day : catalog_().timecodes(archive))
            if (day.finalized) announced.insert(static_cast<int>(day.timecode));
        for (const int day : days)
            if (day < *days.rbegin() && !announced.contains(day))
                violated(fmt::format("timecode {} of {} is complete and was not announced", day, archive));
    }
}

}  // namespace suprsync::simulation
