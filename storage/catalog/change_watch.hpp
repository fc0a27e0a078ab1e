// What the catalog keeps of an archive as a whole: its counters, its destination, what outlives the process,
// and what happened in it since the daemon looked last.
#pragma once

#include <map>
#include <string>

#include "engine/ports/catalog.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Also judges rows anew where `max_attempts` is another than before.
void serve_archive(sqlite_connection& connection, const std::string& archive, int max_attempts,
                   const std::string& destination);

archive_counts count_archive(sqlite_connection& connection, const std::string& archive);
archive_memory read_memory(sqlite_connection& connection, const std::string& archive);
void remember_base(sqlite_connection& connection, const std::string& archive, const base_identity& base);
void set_paused(sqlite_connection& connection, const std::string& archive, bool paused,
                const std::string& reason);

/// Notices what other programs and other daemons committed, for the archives served here.
class change_watch {
  public:
    void watch(sqlite_connection& connection, const std::string& archive);
    catalog_changes take(sqlite_connection& connection);

  private:
    bool take_notices(sqlite_connection& connection, std::map<std::string, archive_changes>& changes);

    std::int64_t seen_version_ = -1;                  // PRAGMA data_version: commits of others
    std::int64_t seen_own_ = -1;                      // rows changed by this connection
    std::map<std::string, std::int64_t> registered_;  // per served archive, as reported last
};

}  // namespace suprsync
