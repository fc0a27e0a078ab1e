#include "storage/catalog/file_views.hpp"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "engine/rules/claims.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/change_index.hpp"
#include "storage/index/side_rows.hpp"

namespace suprsync {

namespace {

// Same row, same file: what was looked at is what is there.
bool same_registration(const file_row& a, const file_row& b) {
    return a.local_path == b.local_path && a.archive_name == b.archive_name &&
           a.remote_path == b.remote_path && a.local_md5sum == b.local_md5sum;
}

class work_loader {
  public:
    work_loader(sqlite_connection& connection, const work_query& wanted, file_id known_at_start)
        : connection_(connection),
          archives_(connection),
          wanted_(wanted),
          known_at_start_(known_at_start),
          archive_(archives_.find(wanted.archive)),
          in_flight_(wanted.in_flight.begin(), wanted.in_flight.end()) {}

    work_list load() {
        if (!archive_) return {};
        for (const auto lane : {lane::finalization, lane::untried, lane::later})
            if (!take(lane)) break;
        auto q = connection_.ask(
            "SELECT f.due FROM suprsync_files AS f INDEXED BY suprsync_files_pending WHERE f.state = 0 AND f.archive_id = ?1 AND f.lane = 2 AND f.due > ?2 ORDER BY f.due LIMIT 1",
            archive_->id, wanted_.now);
        if (q.next()) list_.next_attempt = q.real(0);
        return std::move(list_);
    }

  private:
    // False where the limit is reached.
    bool take(lane from) {
        const double latest = from == lane::later ? wanted_.now : std::numeric_limits<double>::max();
        auto q = connection_.ask(
            "SELECT " SUPRSYNC_ROW_COLUMNS
            " FROM suprsync_files AS f INDEXED BY suprsync_files_pending CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.state = 0 AND f.archive_id = ?1 AND f.lane = ?2 AND f.due <= ?3 ORDER BY f.due, f.file_id",
            archive_->id, static_cast<int>(from), latest);
        while (q.next()) {
            if (in_flight_.contains(q.integer(0))) continue;
            auto row = read_row(q);
            // Changed since the side tables were brought up to date: it is looked at the next time.
            if (state_of(row, archive_->max_attempts) != row_state::pending ||
                row.archive_name != archive_->name)
                continue;
            if (list_.items.size() >= wanted_.limit) {
                list_.more = true;
                return false;
            }
            list_.items.push_back(item_of(std::move(row)));
        }
        return true;
    }

    work_item item_of(file_row row) {
        const auto notes = find_notes(connection_, row.id);
        work_item item;
        item.finalization = is_finalization_path(row.remote_path);
        item.compare = notes.compare;
        item.vanished = notes.vanished;
        item.sent_before = notes.sent_before || notes.vanished > 0 || row.failed_copy_attempts > 0 ||
                           row.copied.has_value() || row.id <= known_at_start_;
        item.claimants = claimants_of(connection_, archives_, row.archive_name, row.remote_path, row.id);
        item.row = std::move(row);
        return item;
    }

    sqlite_connection& connection_;
    archive_table archives_;
    const work_query& wanted_;
    const file_id known_at_start_;
    const archive_entry* archive_;
    const std::unordered_set<file_id> in_flight_;
    work_list list_;
};

}  // namespace

work_list load_work(sqlite_connection& connection, const work_query& query, file_id known_at_start) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    return work_loader(connection, query, known_at_start).load();
}

std::vector<bool> still_wanted(sqlite_connection& connection, const std::vector<file_row>& rows) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    const archive_table archives(connection);
    std::vector<bool> wanted;
    for (const auto& seen : rows) {
        const auto row = find_row(connection, seen.id);
        wanted.push_back(row && same_registration(*row, seen) && !row->ignore && !row->removed &&
                         judge_claim(*row, claimants_of(connection, archives, row->archive_name,
                                                        row->remote_path, row->id))
                                 .decision == claim::verdict::owns);
    }
    return wanted;
}

std::vector<deletable_item> load_deletable(sqlite_connection& connection, const std::string& archive,
                                           epoch_seconds registered_before, epoch_seconds now,
                                           std::size_t limit) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    const archive_table archives(connection);
    std::vector<deletable_item> items;
    const auto* entry = archives.find(archive);
    if (!entry) return items;
    for (const auto from : {lane::untried, lane::later}) {
        auto q = connection.ask(
            "SELECT " SUPRSYNC_ROW_COLUMNS
            " FROM suprsync_files AS f INDEXED BY suprsync_files_deletable CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.state = 4 AND f.archive_id = ?1 AND f.lane = ?2 AND f.due <= ?3 ORDER BY f.due, f.file_id",
            entry->id, static_cast<int>(from), from == lane::later ? now : registered_before);
        while (items.size() < limit && q.next()) {
            deletable_item item;
            item.row = read_row(q);
            if (item.row.timestamp >= registered_before ||
                state_of(item.row, entry->max_attempts) != row_state::deletable ||
                item.row.archive_name != archive)
                continue;
            const auto notes = find_notes(connection, item.row.id);
            item.identity = notes.identity_of(item.row);
            item.vanished = notes.vanished;
            item.wanted_elsewhere = wanted_elsewhere(connection, item.row.local_path, item.row.id);
            item.superseded = is_superseded(connection, archives, item.row);
            items.push_back(std::move(item));
        }
    }
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
        return std::pair(a.row.timestamp, a.row.id) < std::pair(b.row.timestamp, b.row.id);
    });
    return items;
}

std::vector<bool> may_delete(sqlite_connection& connection, const std::vector<file_row>& rows,
                             epoch_seconds registered_before) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    const archive_table archives(connection);
    std::vector<bool> may;
    for (const auto& seen : rows) {
        const auto row = find_row(connection, seen.id);
        may.push_back(row && same_registration(*row, seen) && is_verified(*row) && row->deletable &&
                      !row->ignore && !row->removed && row->timestamp < registered_before &&
                      !wanted_elsewhere(connection, row->local_path, row->id) &&
                      !is_superseded(connection, archives, *row));
    }
    return may;
}

std::vector<bool> awaited(sqlite_connection& connection, const std::string& archive,
                          const std::vector<std::string>& remote_paths) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    const archive_table archives(connection);
    const auto* entry = archives.find(archive);
    std::vector<bool> answer;
    for (const auto& path : remote_paths) answer.push_back(entry && is_awaited(connection, entry->id, path));
    return answer;
}

file_view view_of(sqlite_connection& connection, file_row row, int max_attempts) {
    file_view view;
    const auto side = find_side_row(connection, row.id);
    file_notes notes;
    // Ids are used again: what is noted may be of an earlier file.
    if (side && side->same_file(derive(row, side->archive, max_attempts, std::nullopt))) {
        notes = find_notes(connection, row.id);
        if (side->size) view.bytes = static_cast<std::uint64_t>(*side->size);
    }
    view.last_error = notes.last_error;
    if (notes.last_error) view.last_error_at = notes.last_error_at;
    view.ignore_reason = row.ignore ? notes.ignore_reason : std::nullopt;
    const auto not_before = notes.not_before_of(row);
    switch (state_of(row, max_attempts)) {
        case row_state::pending:
            view.state = row.failed_copy_attempts > 0 || not_before ? "retrying" : "pending";
            view.next_attempt_at = not_before;
            break;
        case row_state::failed:
            view.state = "failed";
            break;
        case row_state::ignored:
            view.state = "ignored";
            break;
        case row_state::verified:
        case row_state::deletable:
            view.state = "verified";
            break;
        case row_state::removed:
            view.state = "deleted";
            break;
    }
    view.row = std::move(row);
    return view;
}

std::optional<file_view> find_file(sqlite_connection& connection, file_id id) {
    const read_transaction snapshot(connection);
    auto row = find_row(connection, id);
    if (!row) return std::nullopt;
    const archive_table archives(connection);
    const auto* entry = archives.find(row->archive_name);
    return view_of(connection, std::move(*row), entry ? entry->max_attempts : default_max_attempts);
}

}  // namespace suprsync
