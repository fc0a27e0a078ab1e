// What a finalization file says of a timecode directory, with the version of the directory that it was made
// of: whether a summary is current is known without reading the directory again (spec, Timecode
// directories).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/model/file.hpp"
#include "engine/model/timecodes.hpp"
#include "storage/catalog/snapshot.hpp"

namespace suprsync {

/// Key of suprsync_meta: the finalization file that was begun and is not registered, as
/// catalog_finalization::begin_finalization has it.
inline std::string begun_finalization_key(const std::string& archive) { return "finalization " + archive; }

class timecode_summaries {
  public:
    /// How far a summary has been read.
    struct reading {
        std::optional<std::int64_t> version;
        std::int64_t next_key = 0;
        std::int64_t num_files = 0;
        std::set<std::string> subdirs;
    };
    /// Reads some thousand rows of the directory; none: to be called again with the same `state`.
    std::optional<timecode_summary> read_on(const snapshot& at, const std::string& archive, int timecode,
                                            reading& state);

    /// Whether nothing has changed in the directory since read_on() made this summary, and all is settled.
    bool is_current(sqlite_connection& connection, std::int64_t archive_id, const std::string& archive,
                    const timecode_summary& summary) const;

    void forget(const std::string& archive, int timecode);

  private:
    std::map<std::pair<std::string, int>, std::pair<std::int64_t, timecode_summary>> made_;
};

/// The timecode in the name of an archive's finalization file, where the catalog has that directory.
std::optional<int> announced_timecode(sqlite_connection& connection, const archive_table& archives,
                                      const file_row& finalization);

/// Timestamp of the archive's oldest unsettled row but `but`.
std::optional<epoch_seconds> oldest_unsettled(sqlite_connection& connection, std::int64_t archive,
                                              std::optional<file_id> but = {});

}  // namespace suprsync
