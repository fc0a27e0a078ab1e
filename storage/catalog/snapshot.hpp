// One state of all tables to read from, the side tables up to date with the shared ones, until it goes out of
// scope. On the catalog's thread.
#pragma once

#include <memory>

#include "storage/index/archive_table.hpp"
#include "storage/index/change_index.hpp"
#include "storage/index/private_tables.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

class snapshot {
  public:
    /// Takes in what other programs changed; a connection that may not write, into private tables where it
    /// has them (storage/index/private_tables.hpp). Throws SQLite::Exception.
    explicit snapshot(sqlite_connection& c) : connection(c), transaction_(begin_up_to_date(c)), archives(c) {}

    sqlite_connection& connection;

  private:
    static std::unique_ptr<read_transaction> begin_up_to_date(sqlite_connection& connection) {
        while (true) {
            auto transaction = std::make_unique<read_transaction>(connection);
            if (!has_changes(connection)) return transaction;
            if (connection.is_read_only() && !has_private_tables(connection)) return transaction;
            transaction.reset();
            drain_all(connection);
        }
    }

    std::unique_ptr<read_transaction> transaction_;  // begins before the archives are read

  public:
    const archive_table archives;
};

}  // namespace suprsync
