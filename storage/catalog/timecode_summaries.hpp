// Timecode directories: which are open, what a finalization file says of one, and its registration in one
// transaction with what it says (spec 7.1).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/ports/catalog.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

open_timecodes load_open_timecodes(sqlite_connection& connection, const std::string& archive);

void mark_timecode(sqlite_connection& connection, const std::string& archive, int timecode, bool completed,
                   bool synced);

/// Summaries, each with the version of the directory that it was made of: whether one still holds is known
/// without reading the directory again.
class directory_summaries {
  public:
    /// Reads some thousand rows of the directory; none: to be called again with the same `state`.
    struct reading {
        std::optional<std::int64_t> version;
        std::int64_t next_key = 0;
        std::int64_t num_files = 0;
        std::set<std::string> subdirs;
    };
    std::optional<timecode_summary> read_on(sqlite_connection& connection, const std::string& archive,
                                            int timecode, reading& state);

    /// As catalog::register_finalization; in one write transaction.
    result<file_row> register_finalization(sqlite_connection& connection, const std::string& archive,
                                           const timecode_summary& summary, const registration& file,
                                           epoch_seconds finalized_until);

  private:
    std::map<std::pair<std::string, int>, std::pair<std::int64_t, timecode_summary>> made_;
};

/// The timecode in the name of an archive's finalization file, where the catalog has that directory.
std::optional<int> announced_timecode(sqlite_connection& connection, const file_row& finalization);

result<file_row> reissue_finalization(sqlite_connection& connection, const file_row& old_row,
                                      const registration& file, epoch_seconds finalized_until,
                                      const std::string& reason);

/// Timestamp of the archive's oldest unsettled row but `but`.
std::optional<epoch_seconds> oldest_unsettled(sqlite_connection& connection, std::int64_t archive,
                                              file_id but = 0);

}  // namespace suprsync
