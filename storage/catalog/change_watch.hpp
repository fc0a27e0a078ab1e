// Finds what other programs and other daemons committed since they were asked last, for the archives served
// here.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/ports/catalog.hpp"
#include "storage/sqlite/change_notice.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// On the catalog's thread.
class change_watch {
  public:
    /// From now on this archive's registrations are counted.
    void watch(sqlite_connection& connection, const std::string& archive);
    /// As catalog::take_changes, after this check. Throws SQLite::Exception; what was not returned comes with
    /// the next call.
    catalog_changes take(sqlite_connection& connection, const commit_check& check);

  private:
    bool take_events(sqlite_connection& connection, std::map<std::string, archive_changes>& changes);

    std::map<std::string, std::int64_t> registered_;  // per served archive, as reported last
};

}  // namespace suprsync
