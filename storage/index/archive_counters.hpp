// How many files of an archive, and how many bytes, are in which state: rows of suprsync_counts, changed in
// the transaction that changes the files, so that reading them costs the same whatever the catalog holds.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "engine/model/archive_counts.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// As stored in suprsync_counts.state. Every row counts in exactly one; whether a verified file may be
/// deleted is not counted.
enum class counted_state { pending = 0, failed = 1, ignored = 2, verified = 3, removed = 4 };

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
