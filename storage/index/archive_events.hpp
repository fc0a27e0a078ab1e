// What happened to a file that its archive's daemon is to be told of, once: kept in the catalog until then.
#pragma once

#include <cstdint>

#include "engine/model/file.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// As stored in suprsync_notices.kind.
enum class archive_event {
    late = 1,        ///< it makes a finalized directory unfinalized
    back_dated = 2,  ///< it is dated before the last published finalized_until
};

inline void record_event(sqlite_connection& connection, std::int64_t archive, file_id file,
                         archive_event kind) {
    connection.run("INSERT INTO suprsync_notices (archive_id, file_id, kind) VALUES (?1, ?2, ?3)", archive,
                   file, static_cast<int>(kind));
}

}  // namespace suprsync
