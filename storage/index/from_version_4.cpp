#include "storage/index/from_version_4.hpp"

#include <string>

namespace suprsync {

void upgrade_from_version_4(sqlite_connection& connection) {
    // The numbers are those of counted_state. Its unsettled files were pending or failed, its verified ones
    // there or removed.
    connection.execute(R"(
INSERT INTO suprsync_counts (archive_id, state, files, bytes)
          SELECT id, 0, unsettled - failed, bytes_unsettled - bytes_failed FROM suprsync_archives
UNION ALL SELECT id, 1, failed, bytes_failed FROM suprsync_archives
UNION ALL SELECT id, 2, ignored, bytes_ignored FROM suprsync_archives
UNION ALL SELECT id, 3, verified - removed, bytes_verified - bytes_removed FROM suprsync_archives
UNION ALL SELECT id, 4, removed, bytes_removed FROM suprsync_archives
)");
    for (const auto* column :
         {"files", "unsettled", "failed", "ignored", "verified", "removed", "bytes_unsettled", "bytes_failed",
          "bytes_ignored", "bytes_verified", "bytes_removed"})
        connection.execute(std::string("ALTER TABLE suprsync_archives DROP COLUMN ") + column);
}

}  // namespace suprsync
