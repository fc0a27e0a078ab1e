// Timecode directories beside their shared table: how many files of each are in which state, and whether it
// is finalized, which a late file undoes (spec, Timecode directories). One object lives as long as
// one write transaction; what it counts is written by write().
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "storage/index/archive_table.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// What the shared table says of a timecode directory.
struct timecode_flags {
    bool completed = false;
    bool synced = false;
};
/// None where nobody has a row of it.
std::optional<timecode_flags> read_timecode_flags(sqlite_connection& connection, const std::string& archive,
                                                  int timecode);

class timecode_table {
  public:
    /// `archives` must outlive it.
    timecode_table(sqlite_connection& connection, archive_table& archives)
        : connection_(connection), archives_(archives) {}

    /// A row that is there from now on (`sign` 1), or is no longer (-1).
    void count(const side_row& row, int sign);
    /// A row has become verified, by a copy made at `copied`, where that is known.
    void settled(const side_row& row, const std::optional<epoch_seconds>& copied);
    /// Makes the row's directory unfinalized, and tells of it, where the row is new in it or wanted again.
    /// `settled_before`: it was there before the first index. `keeps_finalized`: it is sent again, and has
    /// been announced already.
    void judge_lateness(const std::optional<side_row>& old, const side_row& now, bool settled_before,
                        bool keeps_finalized);
    /// Takes in what the triggers recorded of the shared table; all rows before it must have been counted.
    void take_changes();
    void write();

  private:
    struct directory {
        bool finalized = false;
        std::int64_t files = 0, unsettled = 0, failed = 0;
        epoch_seconds settled_at = 0;
    };

    directory& directory_of(std::int64_t archive, int timecode);
    void unfinalize(std::int64_t archive, int timecode);
    void mirror(std::int64_t archive, const std::string& name, int timecode);

    sqlite_connection& connection_;
    archive_table& archives_;
    std::map<std::pair<std::int64_t, int>, directory> directories_;  // by archive and timecode
};

}  // namespace suprsync
