// New rows: registrations of files, all or none; single ones that wait at the same time become durable
// together.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// As catalog::add. Failures: `conflict`, `invalid` where there are too many.
result<std::vector<added_file>> add_files(sqlite_connection& connection,
                                          const std::vector<registration>& files);

/// The same for files that have nothing to do with one another, in one transaction: an answer for each.
std::vector<result<added_file>> add_each(sqlite_connection& connection,
                                         const std::vector<registration>& files);

/// Inserts the row; returns it as it is then.
file_row insert_row(sqlite_connection& connection, const registration& r);

/// Single registrations that wait for the catalog's thread at the same time: one transaction, and one fsync,
/// for all of them.
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
