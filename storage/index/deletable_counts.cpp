#include "storage/index/deletable_counts.hpp"

#include <limits>
#include <string>

#include "engine/model/text.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/side_tables.hpp"

namespace suprsync {

namespace {

constexpr const char* counted_to_key = "deletable_to";  // in suprsync_meta: the last id that was counted
constexpr file_id nothing_counted = std::numeric_limits<file_id>::min();
constexpr file_id all_counted = std::numeric_limits<file_id>::max();
constexpr int rows_counted_at_once = 500;

file_id read_counted_to(sqlite_connection& connection) {
    return read_number<file_id>(meta(connection, counted_to_key)).value_or(nothing_counted);
}
void set_counted_to(sqlite_connection& connection, file_id id) {
    set_meta(connection, counted_to_key, std::to_string(id));
}

}  // namespace

deletable_counters::deletable_counters(sqlite_connection& connection)
    : counted_to_(read_counted_to(connection)) {}

void deletable_counters::add(const side_row& row, int sign) {
    if (row.id > counted_to_ || (row.state != row_state::verified && row.state != row_state::deletable))
        return;
    auto& sum = sums_[row.archive];
    const auto bytes = sign * row.size.value_or(0);
    sum.verified_files += sign;
    sum.verified_bytes += bytes;
    if (row.state == row_state::verified) return;
    sum.files += sign;
    sum.bytes += bytes;
}

void deletable_counters::write(sqlite_connection& connection) {
    for (const auto& [archive, sum] : sums_)
        if (sum.files != 0 || sum.bytes != 0 || sum.verified_files != 0 || sum.verified_bytes != 0)
            connection.run(
                R"(INSERT INTO suprsync_deletable (archive_id, files, bytes, verified_files, verified_bytes)
                VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO UPDATE SET files = files + ?2, bytes = bytes + ?3,
                verified_files = verified_files + ?4, verified_bytes = verified_bytes + ?5)",
                archive, sum.files, sum.bytes, sum.verified_files, sum.verified_bytes);
    sums_.clear();
}

void count_deletable_anew(sqlite_connection& connection) {
    connection.run("DELETE FROM suprsync_deletable");
    set_counted_to(connection, all_counted);
}

void read_deletable(sqlite_connection& connection, std::int64_t archive, archive_counts& counts) {
    if (read_counted_to(connection) != all_counted) return;
    std::int64_t files = 0, bytes = 0, verified_files = 0, verified_bytes = 0;
    auto q = connection.ask(
        "SELECT files, bytes, verified_files, verified_bytes FROM suprsync_deletable WHERE archive_id = ?1",
        archive);
    if (q.next()) {
        files = q.integer(0);
        bytes = q.integer(1);
        verified_files = q.integer(2);
        verified_bytes = q.integer(3);
    }
    if (verified_files != counts.verified - counts.removed ||
        verified_bytes != counts.known_bytes_verified - counts.known_bytes_removed)
        return;
    counts.deletable = files;
    counts.known_bytes_deletable = bytes;
}

bool check_deletable(sqlite_connection& connection) {
    const auto to = read_counted_to(connection);
    if (to != all_counted) return false;
    const archive_table archives(connection);
    for (const auto& archive : archives.all())
        if (!read_counts(connection, archive.id).deletable) {
            connection.run("DELETE FROM suprsync_deletable");
            set_counted_to(connection, nothing_counted);
            return false;
        }
    return true;
}

bool count_deletable_some(sqlite_connection& connection, std::chrono::steady_clock::duration budget) {
    const auto end = std::chrono::steady_clock::now() + budget;
    deletable_counters counters(connection);
    auto to = counters.counted_to_;
    counters.counted_to_ = all_counted;  // what is read here has its turn
    while (to != all_counted && std::chrono::steady_clock::now() < end) {
        auto q = connection.ask(
            "SELECT file_id, archive_id, state, size FROM suprsync_files WHERE file_id > ?1 ORDER BY file_id LIMIT ?2",
            to, rows_counted_at_once);
        int rows = 0;
        for (; q.next(); ++rows) {
            side_row row;
            row.id = to = q.integer(0);
            row.archive = q.integer(1);
            row.state = static_cast<row_state>(q.integer(2));
            row.size = q.maybe_integer(3);
            counters.add(row, 1);
        }
        if (rows < rows_counted_at_once) to = all_counted;
    }
    counters.write(connection);
    set_counted_to(connection, to);
    return to == all_counted;
}

}  // namespace suprsync
