#include "storage/index/side_rows.hpp"

#include <algorithm>
#include <cmath>

#include "engine/model/text.hpp"
#include "engine/rules/registration_rules.hpp"

namespace suprsync {

namespace {

std::uint64_t fold(std::uint64_t hash, int bits) {
    return (hash ^ (hash >> bits)) & ((std::uint64_t{1} << bits) - 1);
}

// FNV-1a of what is not a digit, plus the number that the digits are: names that count on have keys that
// follow one another, so that what is registered together lies together in the indexes. Where the digits
// stand is part of the hash; base 11, since in base 10 the first ones of many digits would be lost among the
// bits.
std::int64_t counting_key(std::string_view text, int bits) {
    std::uint64_t hash = fnv_start;
    std::uint64_t number = 0;
    for (const char c : text) {
        const auto digit = static_cast<unsigned char>(c - '0');
        if (digit < 10) number = number * 11 + digit;
        hash = (hash ^ (digit < 10 ? 0 : static_cast<unsigned char>(c))) * fnv_prime;
    }
    return static_cast<std::int64_t>((fold(hash, bits) + number) & ((std::uint64_t{1} << bits) - 1));
}

// SQLite keeps a flag that a script or a person wrote in words as those words.
bool says_yes(const query& q, int column) {
    if (const auto number = q.number(column)) return *number != 0;
    const auto word = lower(q.maybe_text(column).value_or(""));
    return word != "" && word != "false" && word != "f" && word != "no" && word != "n" && word != "off";
}

// No limit is higher, and what is added to it still is a number.
constexpr std::int64_t most_attempts = 1'000'000'000;

int attempts(const query& q, int column) {
    return static_cast<int>(std::clamp<std::int64_t>(q.integer(column), 0, most_attempts));
}

}  // namespace

file_row read_row(const query& q) {
    file_row row;
    row.id = q.integer(0);
    row.local_path = q.text(1);
    row.local_md5sum = q.text(2);
    row.archive_name = q.text(3);
    row.remote_path = plain_remote_path(q.text(4));
    if (const auto timestamp = q.number(5); timestamp && std::isfinite(*timestamp) && *timestamp >= 0)
        row.timestamp = *timestamp;
    else
        row.undated = true;
    row.remote_md5sum = q.maybe_text(6);
    row.copied = q.maybe_real(7);
    row.removed = q.maybe_real(8);
    row.failed_copy_attempts = attempts(q, 9);
    // Nothing but 1 asks for a deletion, as with the agent; whatever is no plain no leaves the row alone.
    // What goes through all copies goes by ids from 1 on, as SQLite gives them.
    row.deletable = row.id > 0 && q.number(10) == 1;
    row.ignore = says_yes(q, 11);
    return row;
}

std::optional<file_row> find_row(sqlite_connection& connection, file_id id) {
    auto q = connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS " FROM supersync_v0 AS s WHERE s.id = ?1", id);
    if (!q.next()) return std::nullopt;
    return read_row(q);
}

std::int64_t remote_key(std::string_view remote_path) {
    const auto timecode = timecode_of(remote_path);
    const std::int64_t high = timecode ? *timecode : timecode_of_none;
    return (high << remote_hash_bits) | counting_key(remote_path, remote_hash_bits);
}

std::int64_t local_key(std::string_view local_path) {
    const auto name = name_of(local_path);
    const auto directory = fold(fnv1a(local_path.substr(0, local_path.size() - name.size())), 31);
    return static_cast<std::int64_t>(directory << 32) | name_key(name);
}

std::int64_t name_key(std::string_view name) { return counting_key(name, 32); }

side_row derive(const file_row& row, std::int64_t archive, int max_attempts,
                std::optional<epoch_seconds> not_before) {
    side_row side;
    side.id = row.id;
    side.archive = archive;
    side.state = state_of(row, max_attempts);
    side.remote_key = remote_key(row.remote_path);
    side.local_key = local_key(row.local_path);
    side.timestamp = row.undated ? of_undated : row.timestamp;
    const bool finalization = is_finalization_path(row.remote_path);
    if (!finalization) side.timecode = timecode_of(row.remote_path).value_or(no_timecode);
    const bool pending = side.state == row_state::pending;
    const bool never_due = row.undated && side.state == row_state::deletable;
    const bool put_off = not_before && !never_due && (pending || side.state == row_state::deletable);
    if (put_off || (pending && row.failed_copy_attempts > 0))
        side.lane = lane::later;
    else if (pending && finalization)
        side.lane = lane::finalization;
    side.due = side.lane == lane::later ? not_before.value_or(0) : never_due ? of_undated : row.timestamp;
    return side;
}

std::optional<side_row> find_side_row(sqlite_connection& connection, file_id id) {
    auto q = connection.ask(
        R"(SELECT archive_id, state, lane, due, timecode, remote_key, local_key, timestamp, size
        FROM suprsync_files WHERE file_id = ?1)",
        id);
    if (!q.next()) return std::nullopt;
    side_row row;
    row.id = id;
    row.archive = q.integer(0);
    row.state = static_cast<row_state>(q.integer(1));
    row.lane = static_cast<lane>(q.integer(2));
    row.due = q.real(3);
    row.timecode = static_cast<int>(q.integer(4));
    row.remote_key = q.integer(5);
    row.local_key = q.integer(6);
    row.timestamp = q.real(7);
    row.size = q.maybe_integer(8);
    return row;
}

void insert_side_row(sqlite_connection& connection, const side_row& row) {
    connection.run(
        R"(INSERT INTO suprsync_files (file_id, archive_id, state, lane, due, timecode, remote_key, local_key, timestamp,
            size)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))",
        row.id, row.archive, static_cast<int>(row.state), static_cast<int>(row.lane), row.due, row.timecode,
        row.remote_key, row.local_key, row.timestamp, row.size);
}

void update_side_row(sqlite_connection& connection, const side_row& row) {
    // The columns named here cost their indexes an update; those of `same_file` stay.
    connection.run(
        R"(UPDATE suprsync_files SET state = ?2, lane = ?3, due = ?4, timestamp = ?5, size = ?6 WHERE file_id = ?1)",
        row.id, static_cast<int>(row.state), static_cast<int>(row.lane), row.due, row.timestamp, row.size);
}

}  // namespace suprsync
