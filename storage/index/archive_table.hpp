// The archives of the catalog as one transaction sees them: a handful of rows, read at its beginning; and
// what is counted of each.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/archive_counts.hpp"
#include "engine/model/file.hpp"
#include "engine/rules/base_places.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Holds until the daemon serves the archive and says otherwise: the option's default.
inline constexpr int default_max_attempts = 5;

struct archive_entry {
    std::int64_t id = 0;
    std::string name;
    int max_attempts = 0;
    std::optional<std::string> destination;  ///< none: never served
    epoch_seconds finalized_until = 0;       ///< last published value
    std::optional<directory_place> place{};  ///< of the base directory, as last found
};

class archive_table {
  public:
    explicit archive_table(sqlite_connection& connection);

    /// None where the catalog has met no row of it yet. Valid until the next `ensure`.
    const archive_entry* find(const std::string& name) const;
    const archive_entry* find(std::int64_t id) const;
    /// The same, entered where it is missing: in a write transaction only.
    const archive_entry& ensure(const std::string& name);
    const std::vector<archive_entry>& all() const { return entries_; }
    /// What the remote path of one archive is called by the other; none where it does not lie below its base
    /// directory.
    std::optional<std::string> path_by(const std::string& one, const std::string& remote_path,
                                       const std::string& other) const;
    /// What archives of one file's destination call the remote path of `one`, its own first; each only once.
    std::vector<std::string> paths_by_all(const std::string& one, const std::string& remote_path) const;

  private:
    sqlite_connection& connection_;
    std::vector<archive_entry> entries_;
};

/// As stored in suprsync_counts.state. Every row counts in exactly one; whether a verified file may be
/// deleted is not counted.
enum class counted_state { pending = 0, failed = 1, ignored = 2, verified = 3, removed = 4 };

/// How many files of an archive, and how many bytes, are in which state: rows of suprsync_counts, changed in
/// the transaction that changes the files, so that reading them costs the same whatever the catalog holds.
/// What one transaction adds.
class archive_counters {
  public:
    /// A row that is there from now on (`sign` 1), or is no longer (-1).
    void add(const side_row& row, int sign);
    void write(sqlite_connection& connection);

  private:
    struct sum {
        std::int64_t files = 0, bytes = 0;
    };
    std::map<std::pair<std::int64_t, counted_state>, sum> sums_;  // by archive and state
};

/// The counters of one archive as they are stored; the other members are left as they are made.
archive_counts read_counts(sqlite_connection& connection, std::int64_t archive);

}  // namespace suprsync
