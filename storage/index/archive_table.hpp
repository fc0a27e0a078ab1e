// The archives of the catalog as one transaction sees them (a handful of rows, read at its beginning), and
// what it counts of each and of each of their timecode directories.
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

/// SQL about the columns of timecode_dirs_v0, in which other programs store what they like: whether the row
/// is of a directory, and whether any of its rows has a flag.
#define SUPRSYNC_IS_DIRECTORY \
    "typeof(archive_name) = 'text' AND typeof(timecode) = 'integer' AND timecode BETWEEN 0 AND 99999"
#define SUPRSYNC_ANY_COMPLETED "coalesce(max(CAST(completed AS INTEGER) <> 0), 0)"
#define SUPRSYNC_ANY_SYNCED "coalesce(max(CAST(synced AS INTEGER) <> 0), 0)"
#define SUPRSYNC_ANY_FINALIZED "coalesce(max(CAST(finalized AS INTEGER) <> 0), 0)"

struct archive_entry {
    std::int64_t id = 0;
    std::string name;
    int max_attempts = 0;
    std::optional<known_base> base{};   ///< none: never served
    epoch_seconds finalized_until = 0;  ///< last published value

    /// How the other's base directory lies to this one; none where neither lies inside the other, or one was
    /// never served.
    std::optional<base_offset> offset_to(const archive_entry& other) const;
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

/// What the shared table says of a timecode directory.
struct timecode_flags {
    bool completed = false;
    bool synced = false;
};
/// None where nobody has a row of it.
std::optional<timecode_flags> read_timecode_flags(sqlite_connection& connection, const std::string& archive,
                                                  int timecode);

/// Timecode directories beside their shared table: how many files of each are in which state, and whether it
/// is finalized, which a late file undoes (spec, Timecode directories). One object lives as long as one write
/// transaction; what it counts is written by write().
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
