#include "storage/index/side_tables.hpp"

#include <array>
#include <string_view>

#include "engine/model/text.hpp"

namespace suprsync {

namespace {

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

// suprsync_files has a row for every shared row: what it contributed to the counters is there also when the
// shared row is gone. timecode_dirs_v0 has a row a day: an index over it takes milliseconds. The name's part
// of a local key is SUPRSYNC_NAME_KEY, which the queries repeat.
constexpr const char* side_tables = R"(
CREATE TABLE IF NOT EXISTS suprsync_indexing (
    one INTEGER PRIMARY KEY CHECK (one = 1), indexed_to INTEGER NOT NULL, index_end INTEGER NOT NULL,
    rows_done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS suprsync_archives (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, max_attempts INTEGER NOT NULL, destination TEXT,
    rejudge INTEGER NOT NULL DEFAULT 0, paused INTEGER NOT NULL DEFAULT 0, pause_reason TEXT NOT NULL DEFAULT '',
    base_file_system TEXT, base_inode INTEGER, finalized_until REAL NOT NULL DEFAULT 0,
    registered INTEGER NOT NULL DEFAULT 0, last_added INTEGER NOT NULL DEFAULT 0,
    last_copied INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS suprsync_base_places (
    archive TEXT PRIMARY KEY, machine TEXT NOT NULL, file_system TEXT NOT NULL, path TEXT NOT NULL,
    told_machine TEXT NOT NULL, told_file_system TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_counts (
    archive_id INTEGER NOT NULL, state INTEGER NOT NULL, files INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (archive_id, state)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_deletable (
    archive_id INTEGER PRIMARY KEY, files INTEGER NOT NULL, bytes INTEGER NOT NULL,
    verified_files INTEGER NOT NULL, verified_bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS suprsync_history (
    archive TEXT NOT NULL, span INTEGER NOT NULL, at INTEGER NOT NULL, seconds REAL NOT NULL,
    sent_bytes INTEGER NOT NULL, verified_bytes INTEGER NOT NULL, verified_files INTEGER NOT NULL,
    waiting_files INTEGER NOT NULL, failed_files INTEGER NOT NULL, verified_after TEXT NOT NULL,
    free_here INTEGER, free_there INTEGER, PRIMARY KEY (archive, span, at)) WITHOUT ROWID;
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
CREATE INDEX IF NOT EXISTS suprsync_files_unsettled_name ON suprsync_files ((local_key & 4294967295))
    WHERE state < 2;
CREATE TABLE IF NOT EXISTS suprsync_notes (
    file_id INTEGER PRIMARY KEY, last_error TEXT, last_error_at REAL NOT NULL, not_before REAL,
    attempts_then INTEGER NOT NULL, ignore_reason TEXT, compare INTEGER NOT NULL, sent_before INTEGER NOT NULL,
    vanished INTEGER NOT NULL, device INTEGER, inode INTEGER, size INTEGER, mtime_ns INTEGER,
    md5_key INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS suprsync_removals (
    file_id INTEGER PRIMARY KEY, archive TEXT NOT NULL, local_path TEXT NOT NULL, inode INTEGER, size INTEGER,
    mtime_ns INTEGER);
CREATE TABLE IF NOT EXISTS suprsync_failed_syncs (
    archive TEXT PRIMARY KEY, proved_to INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_unproved (
    file_id INTEGER PRIMARY KEY, archive TEXT NOT NULL, restarted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS suprsync_unsynced (
    archive TEXT NOT NULL, seq INTEGER NOT NULL, file_id INTEGER NOT NULL,
    PRIMARY KEY (archive, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS suprsync_unsynced_files ON suprsync_unsynced (file_id);
CREATE TABLE IF NOT EXISTS suprsync_boots (
    seq INTEGER PRIMARY KEY, archive TEXT NOT NULL, boot TEXT NOT NULL, UNIQUE (archive, boot));
CREATE INDEX IF NOT EXISTS suprsync_unproved_listed ON suprsync_unproved (archive, file_id);
CREATE TABLE IF NOT EXISTS suprsync_real_names (file_id INTEGER PRIMARY KEY, local_key INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS suprsync_real_names_found ON suprsync_real_names (local_key);
CREATE TABLE IF NOT EXISTS suprsync_removed_days (
    archive TEXT NOT NULL, timecode INTEGER NOT NULL, noticed_at REAL NOT NULL, choice INTEGER NOT NULL,
    chosen_at REAL NOT NULL, PRIMARY KEY (archive, timecode)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_scrubs (
    archive TEXT PRIMARY KEY, begun REAL NOT NULL, reached INTEGER NOT NULL, last INTEGER NOT NULL,
    is_over INTEGER NOT NULL, proven_since REAL NOT NULL, ended REAL NOT NULL DEFAULT 0,
    proven_files INTEGER NOT NULL DEFAULT 0, proven_bytes INTEGER NOT NULL DEFAULT 0,
    mismatches INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_bad_copies (
    file_id INTEGER PRIMARY KEY, archive TEXT NOT NULL, finding TEXT NOT NULL, reason TEXT NOT NULL,
    found_at REAL NOT NULL, copied REAL NOT NULL);
CREATE INDEX IF NOT EXISTS suprsync_bad_copies_listed ON suprsync_bad_copies (archive, file_id);
CREATE TABLE IF NOT EXISTS suprsync_timecodes (
    archive_id INTEGER NOT NULL, timecode INTEGER NOT NULL, files INTEGER NOT NULL DEFAULT 0,
    unsettled INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, finalized INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0, last_finalized_at REAL NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (archive_id, timecode)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS suprsync_timecodes_open ON suprsync_timecodes (archive_id, timecode)
    WHERE finalized = 0 AND files > 0;
CREATE TABLE IF NOT EXISTS suprsync_settlements (
    archive_id INTEGER NOT NULL, timecode INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (archive_id, timecode)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_blocks (
    archive_id INTEGER NOT NULL, level INTEGER NOT NULL, block INTEGER NOT NULL, timecode INTEGER NOT NULL,
    newest REAL NOT NULL, PRIMARY KEY (archive_id, level, block, timecode)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suprsync_notices (
    seq INTEGER PRIMARY KEY, archive_id INTEGER NOT NULL, file_id INTEGER NOT NULL, kind INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS suprsync_timecode_dirs ON timecode_dirs_v0 (archive_name, timecode);
)";

constexpr const char* table_of_meta =
    "CREATE TABLE IF NOT EXISTS suprsync_meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID";

constexpr const char* tables_of_changes = R"(
CREATE TABLE IF NOT EXISTS suprsync_changes (file_id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS suprsync_timecode_changes (archive_name TEXT, timecode INTEGER);
)";

// Only the old and plain SQL that every writer's SQLite knows, no OR clause, and nothing that can conflict:
// a writer's own INSERT OR ... would override it. REPLACE fires no delete trigger: the insert covers its id.
// Word for word as in version 4: where they are not, everything is indexed anew.
struct trigger {
    const char* name;
    const char* sql;
};

constexpr std::array triggers = {
    trigger{
        "suprsync_file_inserted",
        R"(CREATE TRIGGER suprsync_file_inserted AFTER INSERT ON supersync_v0 BEGIN INSERT INTO suprsync_changes SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM suprsync_changes WHERE file_id = new.id); END)"},
    trigger{
        "suprsync_file_updated",
        R"(CREATE TRIGGER suprsync_file_updated AFTER UPDATE OF id, local_path, local_md5sum, archive_name, remote_path, timestamp, remote_md5sum, removed, failed_copy_attempts, deletable, "ignore" ON supersync_v0 BEGIN INSERT INTO suprsync_changes SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM suprsync_changes WHERE file_id = new.id); INSERT INTO suprsync_changes SELECT old.id WHERE NOT EXISTS (SELECT 1 FROM suprsync_changes WHERE file_id = old.id); END)"},
    trigger{
        "suprsync_file_deleted",
        R"(CREATE TRIGGER suprsync_file_deleted AFTER DELETE ON supersync_v0 BEGIN INSERT INTO suprsync_changes SELECT old.id WHERE NOT EXISTS (SELECT 1 FROM suprsync_changes WHERE file_id = old.id); END)"},
    trigger{
        "suprsync_timecode_inserted",
        R"(CREATE TRIGGER suprsync_timecode_inserted AFTER INSERT ON timecode_dirs_v0 BEGIN INSERT INTO suprsync_timecode_changes SELECT new.archive_name, new.timecode WHERE NOT EXISTS (SELECT 1 FROM suprsync_timecode_changes WHERE archive_name = new.archive_name AND timecode = new.timecode); END)"},
    trigger{
        "suprsync_timecode_updated",
        R"(CREATE TRIGGER suprsync_timecode_updated AFTER UPDATE OF timecode, archive_name, finalized ON timecode_dirs_v0 BEGIN INSERT INTO suprsync_timecode_changes SELECT new.archive_name, new.timecode WHERE NOT EXISTS (SELECT 1 FROM suprsync_timecode_changes WHERE archive_name = new.archive_name AND timecode = new.timecode); INSERT INTO suprsync_timecode_changes SELECT old.archive_name, old.timecode WHERE NOT EXISTS (SELECT 1 FROM suprsync_timecode_changes WHERE archive_name = old.archive_name AND timecode = old.timecode); END)"},
    trigger{
        "suprsync_timecode_deleted",
        R"(CREATE TRIGGER suprsync_timecode_deleted AFTER DELETE ON timecode_dirs_v0 BEGIN INSERT INTO suprsync_timecode_changes SELECT old.archive_name, old.timecode WHERE NOT EXISTS (SELECT 1 FROM suprsync_timecode_changes WHERE archive_name = old.archive_name AND timecode = old.timecode); END)"},
};

}  // namespace

side_version parse_side_version(const std::string& text) {
    const auto dot = text.find('.');
    const std::string_view all = text;
    const auto first = read_number<int>(all.substr(0, dot), 0);
    const auto second = dot == std::string::npos ? 0 : read_number<int>(all.substr(dot + 1), 0);
    return first && second ? side_version{*first, *second} : side_version{};
}

void make_shared_tables(sqlite_connection& connection) { connection.execute(shared_tables); }
void make_meta(sqlite_connection& connection) { connection.execute(table_of_meta); }
void make_side_tables(sqlite_connection& connection) {
    make_meta(connection);
    connection.execute(tables_of_changes);
    connection.execute(side_tables);
    add_later_columns(connection);
}

// Until 5.6 a removal was noted without what tells the file, until 5.9 a check of copies without figures, and
// until 5.11 a doubtful copy without its reason.
void add_later_columns(sqlite_connection& connection) {
    struct later {
        const char* table;
        const char* column;
        const char* type;
    };
    for (const auto& [table, column, type] :
         {later{"suprsync_removals", "inode", "INTEGER"}, later{"suprsync_removals", "size", "INTEGER"},
          later{"suprsync_removals", "mtime_ns", "INTEGER"},
          later{"suprsync_unproved", "restarted", "INTEGER NOT NULL DEFAULT 0"},
          later{"suprsync_scrubs", "ended", "REAL NOT NULL DEFAULT 0"},
          later{"suprsync_scrubs", "proven_files", "INTEGER NOT NULL DEFAULT 0"},
          later{"suprsync_scrubs", "proven_bytes", "INTEGER NOT NULL DEFAULT 0"},
          later{"suprsync_scrubs", "mismatches", "INTEGER NOT NULL DEFAULT 0"}})
        if (const auto there = column_names(connection, table); !there.empty() && !there.contains(column))
            connection.execute(std::string("ALTER TABLE ") + table + " ADD COLUMN " + column + " " + type);
}

void make_triggers(sqlite_connection& connection) {
    connection.execute(tables_of_changes);
    for (const auto& t : triggers) {
        connection.execute(std::string("DROP TRIGGER IF EXISTS ") + t.name);
        connection.execute(t.sql);
    }
}

bool triggers_stand(sqlite_connection& connection) {
    for (const auto& t : triggers)
        if (connection.number(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = ?1 AND sql = ?2",
                std::string(t.name), std::string(t.sql)) == 0)
            return false;
    return true;
}

bool has_table(sqlite_connection& connection, const std::string& name) {
    return connection.number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1", name) !=
           0;
}

std::set<std::string> column_names(sqlite_connection& connection, const std::string& table) {
    std::set<std::string> names;
    auto q = connection.ask("SELECT name FROM pragma_table_info(?1)", table);
    while (q.next()) names.insert(q.text(0));
    return names;
}

std::string meta(sqlite_connection& connection, const std::string& key) {
    auto q = connection.ask("SELECT value FROM suprsync_meta WHERE key = ?1", key);
    return q.next() ? q.text(0) : "";
}

void set_meta(sqlite_connection& connection, const std::string& key, const std::string& value) {
    connection.run("INSERT OR REPLACE INTO suprsync_meta (key, value) VALUES (?1, ?2)", key, value);
}

}  // namespace suprsync
