#include "storage/index/archive_table.hpp"

#include <algorithm>

namespace suprsync {

namespace {

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

archive_table::archive_table(sqlite_connection& connection) : connection_(connection) {
    auto q = connection.ask(
        R"(SELECT id, name, max_attempts, destination, finalized_until, machine, file_system, path
        FROM suprsync_archives LEFT JOIN suprsync_base_places ON archive = name)");
    while (q.next()) {
        entries_.push_back(
            {q.integer(0), q.text(1), static_cast<int>(q.integer(2)), q.maybe_text(3), q.real(4)});
        if (!q.null(5)) entries_.back().place = directory_place{q.text(5), q.text(6), q.text(7)};
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
    entries_.push_back({connection_.last_id(), name, default_max_attempts, std::nullopt, 0});
    return entries_.back();
}

std::optional<std::string> archive_table::path_by(const std::string& one, const std::string& remote_path,
                                                  const std::string& other) const {
    if (one == other) return remote_path;
    const auto* a = find(one);
    const auto* b = find(other);
    if (!a || !b || !a->destination || !b->destination) return std::nullopt;
    const auto offset = offset_between({*a->destination, a->place}, {*b->destination, b->place});
    return offset ? suprsync::path_by(*offset, remote_path) : std::nullopt;
}

std::vector<std::string> archive_table::paths_by_all(const std::string& one,
                                                     const std::string& remote_path) const {
    std::vector<std::string> paths{remote_path};
    for (const auto& other : entries_)
        if (const auto path = path_by(one, remote_path, other.name);
            path && std::find(paths.begin(), paths.end(), *path) == paths.end())
            paths.push_back(*path);
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
    return counts;
}

}  // namespace suprsync
