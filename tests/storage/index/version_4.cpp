#include "tests/storage/index/version_4.hpp"

#include <SQLiteCpp/Database.h>

#include <string>
#include <vector>

#include "storage/index/side_tables.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync::test {

namespace {

constexpr const char* counters_as_columns = R"(
ALTER TABLE suprsync_archives ADD COLUMN files INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN unsettled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN bytes_unsettled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN bytes_failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN bytes_ignored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN bytes_verified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suprsync_archives ADD COLUMN bytes_removed INTEGER NOT NULL DEFAULT 0;
)";

// As version 4 counted: among the unsettled the failed, among the verified the removed.
constexpr const char* count_files = R"(
UPDATE suprsync_archives AS a SET
    files = (SELECT count(*) FROM suprsync_files WHERE archive_id = a.id),
    unsettled = (SELECT count(*) FROM suprsync_files WHERE archive_id = a.id AND state < 2),
    failed = (SELECT count(*) FROM suprsync_files WHERE archive_id = a.id AND state = 1),
    ignored = (SELECT count(*) FROM suprsync_files WHERE archive_id = a.id AND state = 2),
    verified = (SELECT count(*) FROM suprsync_files WHERE archive_id = a.id AND state > 2),
    removed = (SELECT count(*) FROM suprsync_files WHERE archive_id = a.id AND state = 5),
    bytes_unsettled = (SELECT total(size) FROM suprsync_files WHERE archive_id = a.id AND state < 2),
    bytes_failed = (SELECT total(size) FROM suprsync_files WHERE archive_id = a.id AND state = 1),
    bytes_ignored = (SELECT total(size) FROM suprsync_files WHERE archive_id = a.id AND state = 2),
    bytes_verified = (SELECT total(size) FROM suprsync_files WHERE archive_id = a.id AND state > 2),
    bytes_removed = (SELECT total(size) FROM suprsync_files WHERE archive_id = a.id AND state = 5);
UPDATE suprsync_meta SET value = '4' WHERE key = 'version';
)";

// File number i of day i / 10,000; the ids begin with 1.
constexpr const char* insert_files = R"(
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows),
     file (i, day, name) AS (SELECT i, 10000 + i / 10000, printf('smurf/%010d.g3', i) FROM n)
INSERT INTO supersync_v0
SELECT i + 1, '/data/' || day || '/' || name, printf('%032x', i), iif(i % 2, 'smurf', 'timestreams'),
       day || '/' || name, day * 1e5 + i % 10000, iif(i % 1000 = 7, NULL, printf('%032x', i)), day * 1e5 + 60000,
       iif(i % 1000 = 7 OR i > :rows - 500000, NULL, day * 1e5 + 90000), iif(i % 1000 = 7, 5, 0), 1, i % 1000 = 8
FROM file;
)";

// Keys that count on, as the program's do; what they are exactly matters to no counter.
constexpr const char* side_rows = R"(
INSERT INTO suprsync_archives (id, name, max_attempts) VALUES (1, 'smurf', 5), (2, 'timestreams', 5);
INSERT INTO suprsync_files (file_id, archive_id, state, lane, due, timecode, remote_key, local_key, timestamp, size)
SELECT id, iif(id % 2, 2, 1), iif("ignore", 2, iif(remote_md5sum IS NULL, 1, iif(removed IS NULL, 4, 5))), 1,
       timestamp, 10000 + (id - 1) / 10000, (10000 + (id - 1) / 10000 << 40) | 123456789 + id,
       (10000 + (id - 1) / 10000 << 32) | 98765432 + id, timestamp, 1000 + id % 1000 FROM supersync_v0;
INSERT INTO suprsync_timecodes (archive_id, timecode, files, unsettled, failed, finalized, revision)
SELECT archive_id, timecode, sum(state <> 2), sum(state < 2), sum(state = 1), 0, 1 FROM suprsync_files GROUP BY 1, 2;
INSERT OR IGNORE INTO suprsync_blocks (archive_id, level, block, timecode, newest)
SELECT archive_id, 0, file_id >> 8, timecode, timestamp + 256 FROM suprsync_files
WHERE file_id % 256 < 2 OR file_id % 10000 IN (1, 2);
INSERT OR REPLACE INTO suprsync_blocks (archive_id, level, block, timecode, newest)
SELECT archive_id, 1, block >> 8, timecode, max(newest) FROM suprsync_blocks WHERE level = 0 GROUP BY 1, 3, 4;
INSERT INTO suprsync_notes (file_id, last_error_at, attempts_then, compare, sent_before, vanished, device, inode,
                            size, mtime_ns, md5_key)
SELECT file_id, 0, 0, 0, 0, 0, 1, file_id, size, 5, file_id FROM suprsync_files WHERE state = 4;
INSERT INTO suprsync_meta VALUES ('uuid', '01234567-89ab-4cde-8f01-23456789abcd'), ('version', '4');
INSERT INTO suprsync_indexing SELECT 1, max(id), max(id), count(*) FROM supersync_v0;
)";

}  // namespace

void take_back_to_version_4(const std::filesystem::path& path) {
    SQLite::Database database(path.string(), SQLite::OPEN_READWRITE);
    database.exec(counters_as_columns);
    database.exec(count_files);
    database.exec("DROP TABLE suprsync_counts");
}

void make_catalog_of_version_4(const std::filesystem::path& path, std::int64_t rows) {
    sqlite_connection connection(
        std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
    connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000");
    make_shared_tables(connection);
    connection.execute("BEGIN");
    connection.run(insert_files, rows);
    make_side_tables(connection);
    connection.execute(counters_as_columns);
    connection.execute("DROP TABLE suprsync_counts");
    // An index is made faster when its rows are there.
    std::vector<std::string> names, indexes;
    {
        auto q = connection.ask(R"(SELECT name, sql FROM sqlite_master
            WHERE type = 'index' AND tbl_name = 'suprsync_files' AND sql IS NOT NULL)");
        while (q.next()) {
            names.push_back(q.text(0));
            indexes.push_back(q.text(1));
        }
    }
    for (const auto& name : names) connection.execute("DROP INDEX " + name);
    connection.execute(side_rows);
    for (const auto& index : indexes) connection.execute(index);
    connection.execute(count_files);
    make_triggers(connection);
    connection.execute("COMMIT");
}

}  // namespace suprsync::test
