// How many verified files may be deleted, and their bytes, beside suprsync_counts: programs before 5.8 did
// not count that, so it is counted once in small steps, and again where such a program has worked since.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "engine/model/archive_counts.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// What one transaction adds. Beside what may be deleted, all that is verified is counted: where that differs
/// from suprsync_counts, another program has not kept this up to date.
class deletable_counters {
  public:
    explicit deletable_counters(sqlite_connection& connection);
    /// A row that is there from now on (`sign` 1), or is no longer (-1). One whose turn has not come is
    /// counted then.
    void add(const side_row& row, int sign);
    void write(sqlite_connection& connection);

  private:
    struct sum {
        std::int64_t files = 0, bytes = 0, verified_files = 0, verified_bytes = 0;
    };
    friend bool count_deletable_some(sqlite_connection&, std::chrono::steady_clock::duration);

    file_id counted_to_;
    std::map<std::int64_t, sum> sums_;  // by archive
};

/// Everything is counted from nothing, by whoever counts the archives' files anew.
void count_deletable_anew(sqlite_connection& connection);

/// Fills in what the archive's counters are beside it (suprsync_counts), where it is counted.
void read_deletable(sqlite_connection& connection, std::int64_t archive, archive_counts& counts);

/// Whether it is known of every archive; where another program left it behind, it is forgotten, to be counted
/// anew. Within a write transaction.
bool check_deletable(sqlite_connection& connection);

/// Counts on for about `budget`, within a write transaction. True where all is counted.
bool count_deletable_some(sqlite_connection& connection, std::chrono::steady_clock::duration budget);

}  // namespace suprsync
