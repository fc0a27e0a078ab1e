// Finds what other programs and other daemons committed since the last look, for the archives served here.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/ports/catalog.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// On the catalog's thread.
class change_watch {
  public:
    /// From now on this archive's registrations are counted.
    void watch(sqlite_connection& connection, const std::string& archive);
    /// As catalog::take_changes. Throws SQLite::Exception.
    catalog_changes take(sqlite_connection& connection);

  private:
    bool take_events(sqlite_connection& connection, std::map<std::string, archive_changes>& changes);

    std::int64_t seen_version_ = -1;                  // PRAGMA data_version: commits of others
    std::int64_t seen_own_ = -1;                      // rows changed by this connection
    std::map<std::string, std::int64_t> registered_;  // per served archive, as reported last
};

}  // namespace suprsync
