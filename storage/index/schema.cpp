#include "storage/index/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "storage/index/side_rows.hpp"

namespace suprsync {

namespace {

// 1: the first; 2: bytes by state; 3: blocks of ids; 4: keys that count on. Side tables of an earlier version
// are brought up to date by indexing anew.
constexpr int side_version = 4;

// As SQLAlchemy emits them for the agent.
constexpr const char* shared_tables = R"(
CREATE TABLE IF NOT EXISTS supersync_v0 (
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
);
CREATE TABLE IF NOT EXISTS timecode_dirs_v0 (
	id INTEGER NOT NULL, 
	timecode INTEGER NOT NULL, 
	archive_name VARCHAR NOT NULL, 
	completed BOOLEAN, 
	synced BOOLEAN, 
	finalized BOOLEAN, 
	finalize_file_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(finalize_file_id) REFERENCES supersync_v0 (id)
);
)";

const std::set<std::string> file_columns = {
    "id",        "local_path",    "local_md5sum", "archive_name", "remote_path",
    "timestamp", "remote_md5sum", "copied",       "removed",      "failed_copy_attempts",
    "deletable", "ignore"};
const std::set<std::string> timecode_columns = {"id",     "timecode",  "archive_name",    "completed",
                                                "synced", "finalized", "finalize_file_id"};

// suprsync_files has a row for every shared row: what it contributed to the counters is there also when the
// shared row is gone. timecode_dirs_v0 has a row a day: an index over it takes milliseconds.
constexpr const char* side_tables = R"(
CREATE TABLE IF NOT EXISTS suprsync_meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_indexing (
    one INTEGER PRIMARY KEY CHECK (one = 1), indexed_to INTEGER NOT NULL, index_end INTEGER NOT NULL,
    rows_done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS suprsync_changes (file_id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS suprsync_timecode_changes (archive_name TEXT, timecode INTEGER);
CREATE TABLE IF NOT EXISTS suprsync_archives (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, max_attempts INTEGER NOT NULL, destination TEXT,
    rejudge INTEGER NOT NULL DEFAULT 0, paused INTEGER NOT NULL DEFAULT 0, pause_reason TEXT NOT NULL DEFAULT '',
    base_file_system TEXT, base_inode INTEGER, finalized_until REAL NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0, unsettled INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    ignored INTEGER NOT NULL DEFAULT 0, verified INTEGER NOT NULL DEFAULT 0, removed INTEGER NOT NULL DEFAULT 0,
    bytes_unsettled INTEGER NOT NULL DEFAULT 0, bytes_failed INTEGER NOT NULL DEFAULT 0,
    bytes_ignored INTEGER NOT NULL DEFAULT 0, bytes_verified INTEGER NOT NULL DEFAULT 0,
    bytes_removed INTEGER NOT NULL DEFAULT 0, registered INTEGER NOT NULL DEFAULT 0,
    last_added INTEGER NOT NULL DEFAULT 0, last_copied INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS suprsync_files (
    file_id INTEGER PRIMARY KEY, archive_id INTEGER NOT NULL, state INTEGER NOT NULL, lane INTEGER NOT NULL,
    due REAL NOT NULL, timecode INTEGER NOT NULL, remote_key INTEGER NOT NULL, local_key INTEGER NOT NULL,
    timestamp REAL NOT NULL, size INTEGER);
CREATE INDEX IF NOT EXISTS suprsync_files_pending ON suprsync_files (archive_id, lane, due, file_id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS suprsync_files_deletable ON suprsync_files (archive_id, lane, due, file_id) WHERE state = 4;
CREATE INDEX IF NOT EXISTS suprsync_files_unsettled ON suprsync_files (archive_id, timestamp) WHERE state < 2;
CREATE INDEX IF NOT EXISTS suprsync_files_failed ON suprsync_files (archive_id, timecode, file_id) WHERE state = 1;
CREATE INDEX IF NOT EXISTS suprsync_files_awaited ON suprsync_files (archive_id, timecode, file_id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS suprsync_files_listed ON suprsync_files (archive_id, state, lane);
CREATE INDEX IF NOT EXISTS suprsync_files_remote ON suprsync_files (remote_key);
CREATE INDEX IF NOT EXISTS suprsync_files_local ON suprsync_files (local_key);
CREATE INDEX IF NOT EXISTS suprsync_files_unsettled_name ON suprsync_files ()" SUPRSYNC_NAME_KEY(
    "local_key") R"()
    WHERE state < 2;
CREATE TABLE IF NOT EXISTS suprsync_notes (
    file_id INTEGER PRIMARY KEY, last_error TEXT, last_error_at REAL NOT NULL, not_before REAL,
    attempts_then INTEGER NOT NULL, ignore_reason TEXT, compare INTEGER NOT NULL, sent_before INTEGER NOT NULL,
    vanished INTEGER NOT NULL, device INTEGER, inode INTEGER, size INTEGER, mtime_ns INTEGER,
    md5_key INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS suprsync_timecodes (
    archive_id INTEGER NOT NULL, timecode INTEGER NOT NULL, files INTEGER NOT NULL DEFAULT 0,
    unsettled INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, finalized INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0, last_finalized_at REAL NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (archive_id, timecode)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS suprsync_timecodes_open ON suprsync_timecodes (archive_id, timecode)
    WHERE finalized = 0 AND files > 0;
CREATE TABLE IF NOT EXISTS suprsync_blocks (
    archive_id INTEGER NOT NULL, level INTEGER NOT NULL, block INTEGER NOT NULL, timecode INTEGER NOT NULL,
    newest REAL NOT NULL, PRIMARY KEY (archive_id, level, block, timecode)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_notices (
    seq INTEGER PRIMARY KEY, archive_id INTEGER NOT NULL, file_id INTEGER NOT NULL, kind INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS suprsync_timecode_dirs ON timecode_dirs_v0 (archive_name, timecode);
)";

// Only the old and plain SQL that every writer's SQLite knows, no OR clause, and nothing that can conflict:
// a writer's own INSERT OR ... would override it. REPLACE fires no delete trigger: the insert covers its id.
struct trigger {
    const char* name;
    const char* sql;
};

#define SUPRSYNC_NOTE_FILE(id)                \
    "INSERT INTO suprsync_changes SELECT " id \
    " WHERE NOT EXISTS (SELECT 1 FROM suprsync_changes WHERE file_id = " id "); "
#define SUPRSYNC_NOTE_TIMECODE(row)                                                                 \
    "INSERT INTO suprsync_timecode_changes SELECT " row ".archive_name, " row                       \
    ".timecode WHERE NOT EXISTS (SELECT 1 FROM suprsync_timecode_changes WHERE archive_name = " row \
    ".archive_name AND timecode = " row ".timecode); "

constexpr trigger triggers[] = {
    {"suprsync_file_inserted",
     "CREATE TRIGGER suprsync_file_inserted AFTER INSERT ON supersync_v0 BEGIN " SUPRSYNC_NOTE_FILE(
         "new.id") "END"},
    {"suprsync_file_updated",
     "CREATE TRIGGER suprsync_file_updated AFTER UPDATE OF id, local_path, local_md5sum, archive_name, remote_path, timestamp, remote_md5sum, removed, failed_copy_attempts, deletable, \"ignore\" ON supersync_v0 BEGIN " SUPRSYNC_NOTE_FILE(
         "new.id") SUPRSYNC_NOTE_FILE("old.id") "END"},
    {"suprsync_file_deleted",
     "CREATE TRIGGER suprsync_file_deleted AFTER DELETE ON supersync_v0 BEGIN " SUPRSYNC_NOTE_FILE(
         "old.id") "END"},
    {"suprsync_timecode_inserted",
     "CREATE TRIGGER suprsync_timecode_inserted AFTER INSERT ON timecode_dirs_v0 BEGIN " SUPRSYNC_NOTE_TIMECODE(
         "new") "END"},
    {"suprsync_timecode_updated",
     "CREATE TRIGGER suprsync_timecode_updated AFTER UPDATE OF timecode, archive_name, finalized ON timecode_dirs_v0 BEGIN " SUPRSYNC_NOTE_TIMECODE(
         "new") SUPRSYNC_NOTE_TIMECODE("old") "END"},
    {"suprsync_timecode_deleted",
     "CREATE TRIGGER suprsync_timecode_deleted AFTER DELETE ON timecode_dirs_v0 BEGIN " SUPRSYNC_NOTE_TIMECODE(
         "old") "END"},
};

std::set<std::string> columns_of(sqlite_connection& connection, const std::string& table) {
    std::set<std::string> names;
    auto q = connection.ask("SELECT name FROM pragma_table_info(?1)", table);
    while (q.next()) names.insert(q.text(0));
    return names;
}

std::string differences(const std::string& table, const std::set<std::string>& found,
                        const std::set<std::string>& expected) {
    if (found.empty() || found == expected) return "";
    std::vector<std::string> missing, unexpected;
    std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                        std::back_inserter(missing));
    std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                        std::back_inserter(unexpected));
    std::string text = "its table " + table;
    if (!missing.empty()) text += fmt::format(" lacks the columns {}", fmt::join(missing, ", "));
    if (!unexpected.empty())
        text += fmt::format("{} has the unexpected columns {}", missing.empty() ? "" : " and",
                            fmt::join(unexpected, ", "));
    return text;
}

std::string random_uuid() {
    std::random_device random;
    std::uint32_t words[4];
    for (auto& word : words) word = random();
    words[1] = (words[1] & 0xffff0fffU) | 0x4000U;      // version 4
    words[2] = (words[2] & 0x3fffffffU) | 0x80000000U;  // variant 1
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0], words[1] >> 16,
                       words[1] & 0xffffU, words[2] >> 16, words[2] & 0xffffU, words[3]);
}

std::string meta(sqlite_connection& connection, const std::string& key) {
    auto q = connection.ask("SELECT value FROM suprsync_meta WHERE key = ?1", key);
    return q.next() ? q.text(0) : "";
}

bool has_table(sqlite_connection& connection, const std::string& name) {
    return connection.number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1", name) !=
           0;
}

// Side tables that an earlier build made may lack the newest index: it is made in one go.
bool has_newest_indexes(sqlite_connection& connection) {
    return connection.number(
               "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('suprsync_files_awaited', 'suprsync_files_listed')") ==
           2;
}

bool is_known_version(const std::string& text) {
    for (int version = 1; version <= side_version; ++version)
        if (text == std::to_string(version)) return true;
    return false;
}

bool triggers_stand(sqlite_connection& connection) {
    for (const auto& t : triggers)
        if (connection.number(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = ?1 AND sql = ?2",
                std::string(t.name), std::string(t.sql)) == 0)
            return false;
    return true;
}

bool is_installed(sqlite_connection& connection) {
    return has_table(connection, "supersync_v0") && has_table(connection, "timecode_dirs_v0") &&
           has_table(connection, "suprsync_meta") && !meta(connection, "uuid").empty() &&
           meta(connection, "version") == std::to_string(side_version) && has_newest_indexes(connection) &&
           triggers_stand(connection);
}

void add_new_columns(sqlite_connection& connection) {
    for (const auto* name : {"bytes_failed", "bytes_ignored", "bytes_verified", "bytes_removed"})
        if (connection.number("SELECT count(*) FROM pragma_table_info('suprsync_archives') WHERE name = ?1",
                              std::string(name)) == 0)
            connection.execute(std::string("ALTER TABLE suprsync_archives ADD COLUMN ") + name +
                               " INTEGER NOT NULL DEFAULT 0");
}

void begin_indexing(sqlite_connection& connection) {
    for (const auto& t : triggers) {
        connection.execute(std::string("DROP TRIGGER IF EXISTS ") + t.name);
        connection.execute(t.sql);
    }
    // Side rows of shared rows that went away unseen lie in the range, too.
    connection.execute(
        "INSERT OR REPLACE INTO suprsync_indexing (one, indexed_to, index_end, rows_done) SELECT 1, min(0, coalesce((SELECT min(id) FROM supersync_v0), 1) - 1, coalesce((SELECT min(file_id) FROM suprsync_files), 1) - 1), max(0, coalesce((SELECT max(id) FROM supersync_v0), 0), coalesce((SELECT max(file_id) FROM suprsync_files), 0)), 0");
    // Counted row by row, each when its turn comes.
    connection.execute(
        "UPDATE suprsync_archives SET bytes_failed = 0, bytes_ignored = 0, bytes_verified = 0, bytes_removed = 0");
    connection.execute(
        "INSERT INTO suprsync_archives (name, max_attempts) SELECT DISTINCT archive_name, 5 FROM timecode_dirs_v0 WHERE archive_name NOT IN (SELECT name FROM suprsync_archives)");
    connection.execute(
        "INSERT INTO suprsync_timecodes (archive_id, timecode, finalized, revision) SELECT a.id, d.timecode, max(coalesce(d.finalized, 0)), max(coalesce(d.finalized, 0)) FROM timecode_dirs_v0 AS d JOIN suprsync_archives AS a ON a.name = d.archive_name WHERE true GROUP BY 1, 2 ON CONFLICT DO UPDATE SET finalized = excluded.finalized, revision = max(revision, excluded.revision)");
}

}  // namespace

result<void> check_schema(sqlite_connection& connection, const std::string& path) {
    std::string wrong;
    for (const auto& text :
         {differences("supersync_v0", columns_of(connection, "supersync_v0"), file_columns),
          differences("timecode_dirs_v0", columns_of(connection, "timecode_dirs_v0"), timecode_columns)})
        if (!text.empty()) wrong += (wrong.empty() ? "" : "; ") + text;
    if (wrong.empty() && has_table(connection, "suprsync_meta")) {
        const auto version = meta(connection, "version");
        if (!version.empty() && !is_known_version(version))
            wrong = fmt::format(
                "its side tables have version {}, this program knows version {}: use the program that made them",
                version, side_version);
    }
    if (wrong.empty()) return {};
    return failure{failure_code::not_a_catalog, "use the catalog", path,
                   wrong + "; it is not a catalog of the SupRsync agent"};
}

std::string install_schema(sqlite_connection& connection) {
    auto& database = connection.database();
    const auto mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
    if (mode != "wal")
        throw SQLite::Exception("its file system does not support SQLite's WAL mode (journal mode is " +
                                mode + ")");
    connection.execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY");
    if (!is_installed(connection)) {
        write_transaction transaction(connection);
        connection.execute(shared_tables);
        connection.execute(side_tables);
        if (meta(connection, "uuid").empty()) {
            connection.run("INSERT INTO suprsync_meta VALUES ('uuid', ?1)", random_uuid());
            connection.run("INSERT INTO suprsync_meta VALUES ('version', ?1)", std::to_string(side_version));
        }
        const bool earlier = meta(connection, "version") != std::to_string(side_version);
        if (earlier) {
            add_new_columns(connection);
            connection.run("UPDATE suprsync_meta SET value = ?1 WHERE key = 'version'",
                           std::to_string(side_version));
        }
        if (earlier || !triggers_stand(connection)) begin_indexing(connection);
        transaction.commit();
    }
    return meta(connection, "uuid");
}

}  // namespace suprsync
