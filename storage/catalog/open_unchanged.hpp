// Opens a catalog so that nothing is made or changed, beside it either.
#pragma once

#include <chrono>
#include <string>

#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

struct way_to_open {
    std::string parameters;             ///< of the URI
    std::string not_at_all;             ///< why it cannot be opened so; empty: it can
    std::chrono::milliseconds limit{};  ///< for which a reader may go on
    bool write_ahead = false;           ///< the catalog is in WAL mode
};

/// `limit` is what the caller would like.
way_to_open way_to_open_unchanged(const std::string& path, std::chrono::milliseconds limit);

/// Throws SQLite::Exception.
sqlite_connection open_unchanged(const std::string& path, const way_to_open& way);

}  // namespace suprsync
