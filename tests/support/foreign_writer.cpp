#include "tests/support/foreign_writer.hpp"

#include <sqlite3.h>

#include <cmath>
#include <memory>
#include <set>
#include <stdexcept>

namespace suprsync::test {

namespace {

// Column order of both statements below.
constexpr const char* columns =
    R"(id, local_path, local_md5sum, archive_name, remote_path, timestamp, remote_md5sum, copied, removed, failed_copy_attempts, deletable, "ignore")";

struct finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using statement = std::unique_ptr<sqlite3_stmt, finalize>;

statement prepare(sqlite3* connection, const std::string& sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(connection, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
        throw std::runtime_error(sql + ": " + sqlite3_errmsg(connection));
    return statement(raw);
}

void bind(sqlite3_stmt* s, int at, const std::string& value) {
    sqlite3_bind_text(s, at, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
}
void bind(sqlite3_stmt* s, int at, double value) { sqlite3_bind_double(s, at, value); }
void bind(sqlite3_stmt* s, int at, std::int64_t value) { sqlite3_bind_int64(s, at, value); }
void bind(sqlite3_stmt* s, int at, bool value) { sqlite3_bind_int(s, at, value ? 1 : 0); }
void bind(sqlite3_stmt* s, int at, std::monostate) { sqlite3_bind_null(s, at); }
void bind(sqlite3_stmt* s, int at, const sql_blob& value) {
    sqlite3_bind_blob(s, at, value.bytes.data(), static_cast<int>(value.bytes.size()), SQLITE_TRANSIENT);
}
template <class T>
void bind(sqlite3_stmt* s, int at, const std::optional<T>& value) {
    if (value)
        bind(s, at, *value);
    else
        sqlite3_bind_null(s, at);
}

std::string text_at(sqlite3_stmt* s, int at) {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(s, at));
    return data ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(s, at))) : std::string();
}

template <class T, class Read>
std::optional<T> maybe(sqlite3_stmt* s, int at, Read read) {
    if (sqlite3_column_type(s, at) == SQLITE_NULL) return std::nullopt;
    return static_cast<T>(read(s, at));
}

bool is_number(sqlite3_stmt* s, int at) {
    const int type = sqlite3_column_type(s, at);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

// 1 alone lets a file be deleted.
bool allows(sqlite3_stmt* s, int at) { return is_number(s, at) && sqlite3_column_double(s, at) == 1; }

// Whatever is no plain no.
bool says_yes(sqlite3_stmt* s, int at) {
    static const std::set<std::string> plain_no = {"", "false", "f", "no", "n", "off"};
    if (is_number(s, at)) return sqlite3_column_double(s, at) != 0;
    auto word = text_at(s, at);
    for (auto& c : word)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return !plain_no.contains(word);
}

}  // namespace

foreign_writer::foreign_writer(const std::filesystem::path& database, int patience_ms) {
    if (sqlite3_open(database.c_str(), &connection_) != SQLITE_OK) fail("open " + database.string());
    sqlite3_busy_timeout(connection_, patience_ms);
}

foreign_writer::~foreign_writer() { sqlite3_close(connection_); }

void foreign_writer::fail(const std::string& what) const {
    throw std::runtime_error(what + ": " + sqlite3_errmsg(connection_));
}

void foreign_writer::execute(const std::string& sql) {
    if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

void foreign_writer::create_tables() {
    execute(R"(CREATE TABLE IF NOT EXISTS supersync_v0 (
        id INTEGER NOT NULL,
        local_path VARCHAR NOT NULL,
        local_md5sum VARCHAR NOT NULL,
        archive_name VARCHAR NOT NULL,
        remote_path VARCHAR NOT NULL,
        timestamp FLOAT NOT NULL,
        remote_md5sum VARCHAR,
        copied FLOAT,
        removed FLOAT,
        failed_copy_attempts INTEGER,
        deletable BOOLEAN,
        "ignore" BOOLEAN,
        PRIMARY KEY (id)
    ))");
    execute(R"(CREATE TABLE IF NOT EXISTS timecode_dirs_v0 (
        id INTEGER NOT NULL,
        timecode INTEGER NOT NULL,
        archive_name VARCHAR NOT NULL,
        completed BOOLEAN,
        synced BOOLEAN,
        finalized BOOLEAN,
        finalize_file_id INTEGER,
        PRIMARY KEY (id),
        FOREIGN KEY(finalize_file_id) REFERENCES supersync_v0 (id)
    ))");
}

std::vector<std::int64_t> foreign_writer::insert(const std::vector<catalog_row>& rows) {
    std::vector<std::int64_t> ids;
    execute("BEGIN");
    try {
        const auto s = prepare(connection_, std::string("INSERT INTO supersync_v0 (") + columns +
                                                ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
        for (const auto& row : rows) {
            bind(s.get(), 1, row.id == 0 ? std::optional<std::int64_t>() : row.id);
            bind(s.get(), 2, row.local_path);
            bind(s.get(), 3, row.local_md5sum);
            bind(s.get(), 4, row.archive_name);
            bind(s.get(), 5, row.remote_path);
            bind(s.get(), 6, row.timestamp);
            bind(s.get(), 7, row.remote_md5sum);
            bind(s.get(), 8, row.copied);
            bind(s.get(), 9, row.removed);
            bind(s.get(), 10, row.failed_copy_attempts);
            bind(s.get(), 11, row.deletable);
            bind(s.get(), 12, row.ignore);
            if (sqlite3_step(s.get()) != SQLITE_DONE) fail("insert " + row.local_path);
            ids.push_back(sqlite3_last_insert_rowid(connection_));
            sqlite3_reset(s.get());
        }
        execute("COMMIT");
    } catch (...) {
        sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
    return ids;
}

std::int64_t foreign_writer::insert(const catalog_row& row) { return insert(std::vector{row}).front(); }

std::int64_t foreign_writer::insert(const std::string& table, const sql_row& values) {
    std::string names, places;
    for (const auto& [column, value] : values) {
        names += (names.empty() ? "\"" : ", \"") + column + "\"";
        places += places.empty() ? "?" : ", ?";
    }
    const auto s = prepare(connection_, "INSERT INTO " + table + " (" + names + ") VALUES (" + places + ")");
    int at = 0;
    for (const auto& [column, value] : values) {
        ++at;
        std::visit([&](const auto& v) { bind(s.get(), at, v); }, value);
    }
    if (sqlite3_step(s.get()) != SQLITE_DONE) fail("insert into " + table);
    return sqlite3_last_insert_rowid(connection_);
}

void foreign_writer::insert_timecode(const std::string& archive, const timecode_row& row) {
    const auto s = prepare(
        connection_,
        "INSERT INTO timecode_dirs_v0 (timecode, archive_name, completed, synced, finalized, finalize_file_id) VALUES (?,?,?,?,?,?)");
    bind(s.get(), 1, row.timecode);
    bind(s.get(), 2, archive);
    bind(s.get(), 3, row.completed);
    bind(s.get(), 4, row.synced);
    bind(s.get(), 5, row.finalized);
    bind(s.get(), 6, row.finalize_file_id);
    if (sqlite3_step(s.get()) != SQLITE_DONE) fail("insert timecode");
}

std::vector<catalog_row> foreign_writer::rows(const std::string& where) {
    std::vector<catalog_row> found;
    const auto s = prepare(
        connection_, std::string("SELECT ") + columns + " FROM supersync_v0 WHERE " + where + " ORDER BY id");
    int step = 0;
    while ((step = sqlite3_step(s.get())) == SQLITE_ROW) {
        catalog_row row;
        row.id = sqlite3_column_int64(s.get(), 0);
        row.local_path = text_at(s.get(), 1);
        row.local_md5sum = text_at(s.get(), 2);
        row.archive_name = text_at(s.get(), 3);
        row.remote_path = text_at(s.get(), 4);
        row.timestamp = sqlite3_column_double(s.get(), 5);
        row.dated = is_number(s.get(), 5) && std::isfinite(row.timestamp) && row.timestamp >= 0;
        row.remote_md5sum = maybe<std::string>(s.get(), 6, text_at);
        row.copied = maybe<double>(s.get(), 7, sqlite3_column_double);
        row.removed = maybe<double>(s.get(), 8, sqlite3_column_double);
        row.failed_copy_attempts = maybe<std::int64_t>(s.get(), 9, sqlite3_column_int64);
        row.deletable = maybe<bool>(s.get(), 10, allows);
        row.ignore = maybe<bool>(s.get(), 11, says_yes);
        found.push_back(std::move(row));
    }
    if (step != SQLITE_DONE) fail("read supersync_v0");
    return found;
}

catalog_row foreign_writer::row(std::int64_t id) {
    auto found = rows("id = " + std::to_string(id));
    if (found.empty()) throw std::runtime_error("there is no row " + std::to_string(id));
    return std::move(found.front());
}

std::vector<timecode_row> foreign_writer::timecodes(const std::string& archive) {
    std::vector<timecode_row> found;
    const auto s =
        prepare(connection_,
                R"(SELECT timecode, completed, synced, finalized, finalize_file_id FROM timecode_dirs_v0
                WHERE archive_name = ? ORDER BY timecode)");
    bind(s.get(), 1, archive);
    int step = 0;
    while ((step = sqlite3_step(s.get())) == SQLITE_ROW)
        found.push_back({sqlite3_column_int64(s.get(), 0), sqlite3_column_int64(s.get(), 1) != 0,
                         sqlite3_column_int64(s.get(), 2) != 0, sqlite3_column_int64(s.get(), 3) != 0,
                         maybe<std::int64_t>(s.get(), 4, sqlite3_column_int64)});
    if (step != SQLITE_DONE) fail("read timecode_dirs_v0");
    return found;
}

std::int64_t foreign_writer::number(const std::string& sql) {
    const auto s = prepare(connection_, sql);
    if (sqlite3_step(s.get()) != SQLITE_ROW) fail(sql);
    return sqlite3_column_int64(s.get(), 0);
}

std::string foreign_writer::text(const std::string& sql) {
    const auto s = prepare(connection_, sql);
    if (sqlite3_step(s.get()) != SQLITE_ROW) fail(sql);
    return text_at(s.get(), 0);
}

std::string foreign_writer::text_of(const sql_value& value) {
    const auto s = prepare(connection_, "SELECT CAST(?1 AS TEXT)");
    std::visit([&](const auto& v) { bind(s.get(), 1, v); }, value);
    if (sqlite3_step(s.get()) != SQLITE_ROW) fail("read a value as text");
    return text_at(s.get(), 0);
}

}  // namespace suprsync::test
