// The steps of making the side tables anew (storage/index/rebuild.hpp), in their order: begin, drop, finish.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Every function throws SQLite::Exception.
class replaced_tables {
  public:
    explicit replaced_tables(sqlite_connection& connection);

    /// From here on no program opens the catalog, and our triggers record every change of a shared row.
    void begin();

    /// Drops what is not kept, emptied before: a table of ten million rows takes seconds to drop.
    void drop_tables();
    void drop_indexes();

    /// Makes our tables, with what was kept, and begins the index.
    void finish();

    /// Tables, and columns of tables, that were to be kept and cannot be read.
    const std::vector<std::string>& lost() const { return lost_; }

    /// Time under the write lock for one step. Other programs poll for the lock: between two steps it is free
    /// for a random time, so that no rhythm keeps one of them out.
    static constexpr std::chrono::milliseconds step{25};
    static void leave_the_lock_free();

  private:
    void find_losses();
    static bool written_by_triggers(const std::string& table);
    std::vector<std::string> virtual_tables();
    bool has_column(const std::string& table, const std::string& column);
    std::vector<std::string> common_columns(const std::string& table, const std::string& theirs);
    bool has_all_columns(const std::string& table);
    bool can_be_copied(const std::string& table);
    std::string statement_that_deletes_some_of(const std::string& table);
    bool emptied(const std::string& table, const std::string& delete_some);

    sqlite_connection& connection_;
    sqlite_connection ours_;  // an empty catalog, whose tables are as this program has them
    std::vector<std::string> lost_;
    std::set<std::string> unreadable_, names_of_archives_;
    bool pauses_lost_ = false;
};

}  // namespace suprsync
