// Another program at the catalog, as pysmurf-monitor, the Python agent and hand-written scripts are: plain
// sqlite3 with the tables as the agent creates them, 5 s of patience for a lock, and no idea of our side
// tables.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

struct sqlite3;

namespace suprsync::test {

/// A row of supersync_v0, NULLs as they are, values of other types as docs/spec.md has them (Shared tables).
struct catalog_row {
    std::int64_t id = 0;
    std::string local_path;
    std::string local_md5sum;
    std::string archive_name;
    std::string remote_path;
    double timestamp = 0;
    std::optional<std::string> remote_md5sum;
    std::optional<double> copied;
    std::optional<double> removed;
    std::optional<std::int64_t> failed_copy_attempts;
    std::optional<bool> deletable;
    std::optional<bool> ignore;
    bool dated = true;  ///< as read: the timestamp is a finite number >= 0

    bool verified() const { return !local_md5sum.empty() && remote_md5sum == local_md5sum; }
};

/// A row of timecode_dirs_v0.
struct timecode_row {
    std::int64_t timecode = 0;
    bool completed = false;
    bool synced = false;
    bool finalized = false;
    std::optional<std::int64_t> finalize_file_id;
};

/// What SQLite keeps in a column, whatever type it was declared with.
struct sql_blob {
    std::string bytes;
};
using sql_value = std::variant<std::monostate, std::int64_t, double, std::string, sql_blob>;
using sql_row = std::vector<std::pair<std::string, sql_value>>;  ///< by column

/// One connection. Every function throws std::runtime_error with SQLite's message where SQLite fails, a lock
/// that outlasts the patience ("database is locked") included.
class foreign_writer {
  public:
    explicit foreign_writer(const std::filesystem::path& database, int patience_ms = 5000);
    ~foreign_writer();
    foreign_writer(const foreign_writer&) = delete;
    foreign_writer& operator=(const foreign_writer&) = delete;

    /// The agent's DDL, as SQLAlchemy emits it.
    void create_tables();
    void execute(const std::string& sql);

    /// Inserts in one transaction; returns the ids (a row with an id keeps it).
    std::vector<std::int64_t> insert(const std::vector<catalog_row>& rows);
    std::int64_t insert(const catalog_row& row);
    /// What may be of any type, into any table.
    std::int64_t insert(const std::string& table, const sql_row& values);
    void insert_timecode(const std::string& archive, const timecode_row& row);

    /// Rows by id; `where` is SQL after WHERE.
    std::vector<catalog_row> rows(const std::string& where = "1");
    catalog_row row(std::int64_t id);
    std::vector<timecode_row> timecodes(const std::string& archive);
    /// First column of the first row.
    std::int64_t number(const std::string& sql);
    std::string text(const std::string& sql);
    /// The value as whoever asks for text gets it.
    std::string text_of(const sql_value& value);

  private:
    [[noreturn]] void fail(const std::string& what) const;

    sqlite3* connection_ = nullptr;
};

}  // namespace suprsync::test
