// Makes the side tables anew, whatever program made them: the way back from tables of a newer major version,
// and the cure where somebody broke them. What no index can find out again is kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/preparation.hpp"

namespace suprsync {

struct rebuilt_side_tables {
    std::string uuid;
    std::int64_t rows = 0;  ///< indexed
    // What was kept.
    std::int64_t attempt_states = 0;  ///< files with errors, attempts, next attempts, identities
    std::int64_t archives = 0;        ///< with pauses, base identities, finalized_until
    std::int64_t finalized = 0;       ///< directories that have been finalized, with their revisions
    std::vector<std::string> lost;    ///< tables of these, and columns, that could not be read
    double longest_write_lock = 0;    ///< s
};

/// Locks every archive of the catalog, empties and drops the side tables, makes them as this program has
/// them, and indexes everything, in short transactions, while other programs may go on writing. Until the
/// last table is dropped no program opens the catalog; where the process ends before, it is to be called
/// again. Archives of which the pause was lost are paused. `progress` is told of each step of the index.
/// Failures: archive_held (a daemon works on an archive; says which), not_found, not_a_catalog,
/// not_permitted, locked, catalog.
result<rebuilt_side_tables> rebuild_side_tables(const std::filesystem::path& database,
                                                const std::string& instance_id,
                                                const std::function<void(const preparation&)>& progress);

}  // namespace suprsync
