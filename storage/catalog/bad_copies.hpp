// Copies on record that are not at the destination as they were verified, and that nothing mends by itself
// (spec, The scrub).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/model/kept_copy.hpp"
#include "storage/catalog/removed_days.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

struct recorded_bad_copy {
    bad_copy bad;
    bool stands =
        false;  ///< the copy was not made anew since, is to be there, and nobody accepted its removal
};

/// In the order of their rows.
std::vector<recorded_bad_copy> recorded_bad_copies(sqlite_connection& connection,
                                                   const archive_table& archives, const std::string& archive);

/// What keeps a directory from being announced though all its files are verified.
struct lost_of_day {
    std::int64_t copies = 0;       ///< that stand on record
    std::vector<file_view> first;  ///< of these, with why as their last error
    bool removed = false;          ///< its directory was removed there, and nobody has said yet what that was
};

/// As far as they are asked for, the losses of an archive's directories.
class lost_copies_of_days {
  public:
    lost_copies_of_days(sqlite_connection& connection, const archive_table& archives,
                        const std::string& archive);

    /// With at most so many of the copies.
    lost_of_day of(int timecode, std::size_t most) const;
    bool any(int timecode) const;

  private:
    struct noted {
        file_id id = 0;
        epoch_seconds copied = 0, found_at = 0;
        std::string reason;
    };

    sqlite_connection& connection_;
    const archive_table& archives_;
    const std::string archive_;
    const std::map<int, removed_day> days_;
    std::map<int, std::vector<noted>> by_day_;
};

}  // namespace suprsync
