// Copies on record that are not at the destination as they were verified, and that nothing mends by itself
// (spec, The scrub).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/model/kept_copy.hpp"
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

/// Those of an archive that stand, by their timecode directories.
class lost_copies_of_days {
  public:
    lost_copies_of_days(sqlite_connection& connection, const archive_table& archives,
                        const std::string& archive);

    /// Where the record is full, which others there are is not known: 1 for a directory that has none on it.
    std::int64_t count(int timecode) const;

    /// The first ones, with why as their last error.
    std::vector<file_view> first(int timecode, std::size_t most) const;

  private:
    std::map<int, std::vector<file_view>> by_day_;
    bool full_ = false;
};

}  // namespace suprsync
