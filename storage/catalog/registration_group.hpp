// Single registrations that wait for the catalog's thread at the same time become durable together: one
// transaction, and one fsync, for all of them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/ports/catalog.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

class registration_group {
  public:
    /// One registration that waits. It is given up when nobody holds it any more.
    struct waiting {
        registration file;
        std::optional<result<std::vector<added_file>>> answer;
        bool alone = false;  ///< the group that it was in has failed
    };

    /// On any thread.
    std::shared_ptr<waiting> enter(registration file);

    /// On the catalog's thread: registers everything that waits, unless that has been done already, and
    /// returns the answer for `one`, as add_files. Throws what SQLite says; where the database was locked,
    /// it may be called again.
    result<std::vector<added_file>> settle(sqlite_connection& connection, waiting& one);

  private:
    std::vector<std::shared_ptr<waiting>> take();
    void give_back(std::vector<std::shared_ptr<waiting>> taken);

    std::mutex mutex_;
    std::vector<std::weak_ptr<waiting>> waiting_;  // in order of entry
};

}  // namespace suprsync
