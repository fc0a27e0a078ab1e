#include "storage/index/archive_table.hpp"

#include <algorithm>
#include <cmath>

#include "storage/index/archive_events.hpp"
#include "storage/index/deletable_counts.hpp"

namespace suprsync {

namespace {

constexpr int examples_of_late_files = 100;

counted_state counted(row_state state) {
    switch (state) {
        case row_state::pending:
            return counted_state::pending;
        case row_state::failed:
            return counted_state::failed;
        case row_state::ignored:
            return counted_state::ignored;
        case row_state::verified:
        case row_state::deletable:
            return counted_state::verified;
        case row_state::removed:
            break;
    }
    return counted_state::removed;
}

void add_to(archive_counts& counts, counted_state state, std::int64_t files, std::int64_t bytes) {
    counts.files += files;
    switch (state) {
        case counted_state::failed:
            counts.failed += files;
            counts.known_bytes_failed += bytes;
            [[fallthrough]];
        case counted_state::pending:
            counts.unsettled += files;
            counts.known_bytes_unsettled += bytes;
            break;
        case counted_state::ignored:
            counts.ignored += files;
            counts.known_bytes_ignored += bytes;
            break;
        case counted_state::removed:
            counts.removed += files;
            counts.known_bytes_removed += bytes;
            [[fallthrough]];
        case counted_state::verified:
            counts.verified += files;
            counts.known_bytes_verified += bytes;
            break;
    }
}

}  // namespace

std::optional<base_offset> archive_entry::offset_to(const archive_entry& other) const {
    return base && other.base ? offset_between(*base, *other.base) : std::nullopt;
}

archive_table::archive_table(sqlite_connection& connection) : connection_(connection) {
    auto q = connection.ask(
        R"(SELECT id, name, max_attempts, destination, finalized_until, machine, file_system, path
        FROM suprsync_archives LEFT JOIN suprsync_base_places ON archive = name)");
    while (q.next()) {
        auto& entry = entries_.emplace_back(archive_entry{.id = q.integer(0),
                                                          .name = q.text(1),
                                                          .max_attempts = static_cast<int>(q.integer(2)),
                                                          .finalized_until = q.real(4)});
        if (q.null(3)) continue;
        entry.base = known_base{q.text(3), std::nullopt};
        if (!q.null(5)) entry.base->place = directory_place{q.text(5), q.text(6), q.text(7)};
    }
}

const archive_entry* archive_table::find(const std::string& name) const {
    const auto place =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.name == name; });
    return place == entries_.end() ? nullptr : &*place;
}

const archive_entry* archive_table::find(std::int64_t id) const {
    const auto place =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.id == id; });
    return place == entries_.end() ? nullptr : &*place;
}

const archive_entry& archive_table::ensure(const std::string& name) {
    if (const auto* known = find(name)) return *known;
    connection_.run("INSERT INTO suprsync_archives (name, max_attempts) VALUES (?1, ?2)", name,
                    default_max_attempts);
    return entries_.emplace_back(
        archive_entry{.id = connection_.last_id(), .name = name, .max_attempts = default_max_attempts});
}

std::optional<std::string> archive_table::path_by(const std::string& one, const std::string& remote_path,
                                                  const std::string& other) const {
    if (one == other) return remote_path;
    const auto* a = find(one);
    const auto* b = find(other);
    const auto offset = a && b ? a->offset_to(*b) : std::nullopt;
    return offset ? suprsync::path_by(*offset, remote_path) : std::nullopt;
}

std::vector<std::string> archive_table::paths_by_all(const std::string& one,
                                                     const std::string& remote_path) const {
    std::vector<std::string> paths{remote_path};
    const auto* own = find(one);
    if (!own) return paths;
    for (const auto& other : entries_) {
        const auto offset = own->offset_to(other);
        if (!offset || *offset == base_offset{}) continue;
        const auto path = suprsync::path_by(*offset, remote_path);
        if (path && std::find(paths.begin(), paths.end(), *path) == paths.end()) paths.push_back(*path);
    }
    return paths;
}

void archive_counters::add(const side_row& row, int sign) {
    auto& sum = sums_[{row.archive, counted(row.state)}];
    sum.files += sign;
    sum.bytes += sign * row.size.value_or(0);
}

void archive_counters::write(sqlite_connection& connection) {
    for (const auto& [key, sum] : sums_)
        if (sum.files != 0 || sum.bytes != 0)
            connection.run(
                R"(INSERT INTO suprsync_counts (archive_id, state, files, bytes) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO UPDATE SET files = files + excluded.files, bytes = bytes + excluded.bytes)",
                key.first, static_cast<int>(key.second), sum.files, sum.bytes);
    sums_.clear();
}

archive_counts read_counts(sqlite_connection& connection, std::int64_t archive) {
    archive_counts counts;
    auto q = connection.ask("SELECT state, files, bytes FROM suprsync_counts WHERE archive_id = ?1", archive);
    while (q.next()) add_to(counts, static_cast<counted_state>(q.integer(0)), q.integer(1), q.integer(2));
    read_deletable(connection, archive, counts);
    return counts;
}

void timecode_table::count(const side_row& row, int sign) {
    if (row.timecode == no_timecode) return;
    auto& directory = directory_of(row.archive, row.timecode);
    directory.files += row.state != row_state::ignored ? sign : 0;
    directory.unsettled += is_unsettled(row.state) ? sign : 0;
    directory.failed += row.state == row_state::failed ? sign : 0;
}

void timecode_table::settled(const side_row& row, const std::optional<epoch_seconds>& copied) {
    if (row.timecode == no_timecode || !copied || !std::isfinite(*copied)) return;
    auto& directory = directory_of(row.archive, row.timecode);
    directory.settled_at = std::max(directory.settled_at, *copied);
}

void timecode_table::judge_lateness(const std::optional<side_row>& old, const side_row& now,
                                    bool settled_before, bool keeps_finalized) {
    if (now.timecode == no_timecode || now.state == row_state::ignored) return;
    const bool wanted = is_unsettled(now.state) && !keeps_finalized;
    bool late = false;
    if (!old)
        late = !settled_before || wanted;
    else
        late = old->state == row_state::ignored || (!is_unsettled(old->state) && wanted);
    if (!late || !directory_of(now.archive, now.timecode).finalized) return;
    unfinalize(now.archive, now.timecode);
    record_event(connection_, now.archive, now.id, archive_event::late);
}

timecode_table::directory& timecode_table::directory_of(std::int64_t archive, int timecode) {
    const auto [place, fresh] = directories_.try_emplace({archive, timecode});
    if (fresh)
        place->second.finalized =
            connection_.number(
                "SELECT finalized FROM suprsync_timecodes WHERE archive_id = ?1 AND timecode = ?2", archive,
                timecode) != 0;
    return place->second;
}

void timecode_table::unfinalize(std::int64_t archive, int timecode) {
    directory_of(archive, timecode).finalized = false;
    connection_.run("UPDATE suprsync_timecodes SET finalized = 0 WHERE archive_id = ?1 AND timecode = ?2",
                    archive, timecode);
    connection_.run(
        "UPDATE timecode_dirs_v0 SET finalized = 0, synced = 0 WHERE archive_name = ?1 AND timecode = ?2",
        archives_.find(archive)->name, timecode);
}

void timecode_table::write() {
    for (const auto& [key, d] : directories_) {
        if (d.settled_at > 0)
            connection_.run(
                R"(INSERT INTO suprsync_settlements (archive_id, timecode, at) VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET at = max(at, excluded.at))",
                key.first, key.second, d.settled_at);
        connection_.run(
            R"(INSERT INTO suprsync_timecodes (archive_id, timecode, files, unsettled, failed)
                VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET files = files + ?3, unsettled = unsettled + ?4, failed = failed + ?5,
                version = version + 1)",
            key.first, key.second, d.files, d.unsettled, d.failed);
    }
    directories_.clear();
}

void timecode_table::take_changes() {
    std::vector<std::pair<std::string, int>> changed;
    bool any = false;
    {
        auto q = connection_.ask("SELECT DISTINCT archive_name, timecode, " SUPRSYNC_IS_DIRECTORY
                                 " FROM suprsync_timecode_changes");
        while (q.next()) {
            any = true;
            if (q.integer(2) != 0) changed.emplace_back(q.text(0), static_cast<int>(q.integer(1)));
        }
    }
    if (!any) return;
    write();
    for (const auto& [name, timecode] : changed) mirror(archives_.ensure(name).id, name, timecode);
    connection_.run("DELETE FROM suprsync_timecode_changes");
}

// The shared row's flag counts; where another program finalized a directory with unsettled files, it does
// not.
void timecode_table::mirror(std::int64_t archive, const std::string& name, int timecode) {
    const bool finalized = connection_.number("SELECT " SUPRSYNC_ANY_FINALIZED R"( FROM timecode_dirs_v0
        WHERE archive_name = ?1 AND timecode = ?2)",
                                              name, timecode) != 0;
    std::int64_t unsettled = 0;
    bool known = false;
    {
        auto q = connection_.ask(
            "SELECT finalized, unsettled FROM suprsync_timecodes WHERE archive_id = ?1 AND timecode = ?2",
            archive, timecode);
        if (q.next()) {
            known = (q.integer(0) != 0) == finalized;
            unsettled = q.integer(1);
        }
    }
    if (known) return;
    connection_.run(
        R"(INSERT INTO suprsync_timecodes (archive_id, timecode, finalized, revision) VALUES (?1, ?2, ?3, ?3)
            ON CONFLICT DO UPDATE SET finalized = ?3, revision = max(revision, ?3), version = version + 1)",
        archive, timecode, finalized);
    if (!finalized || unsettled == 0) return;
    unfinalize(archive, timecode);
    std::vector<file_id> late;
    {
        auto q = connection_.ask(R"(SELECT file_id FROM suprsync_files INDEXED BY suprsync_files_remote
            WHERE remote_key >= ?1 AND remote_key < ?2 AND archive_id = ?3 AND timecode = ?4 AND state < 2 LIMIT ?5)",
                                 std::int64_t{timecode} << remote_hash_bits,
                                 (std::int64_t{timecode} + 1) << remote_hash_bits, archive, timecode,
                                 examples_of_late_files);
        while (q.next()) late.push_back(q.integer(0));
    }
    for (const auto id : late) record_event(connection_, archive, id, archive_event::late);
}

std::optional<timecode_flags> read_timecode_flags(sqlite_connection& connection, const std::string& archive,
                                                  int timecode) {
    auto q = connection.ask("SELECT count(*), " SUPRSYNC_ANY_COMPLETED ", " SUPRSYNC_ANY_SYNCED
                            R"( FROM timecode_dirs_v0 WHERE archive_name = ?1 AND timecode = ?2)",
                            archive, timecode);
    if (!q.next() || q.integer(0) == 0) return {};
    return timecode_flags{q.integer(1) != 0, q.integer(2) != 0};
}

}  // namespace suprsync
