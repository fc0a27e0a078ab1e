#include "storage/index/remake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <set>
#include <thread>

#include "storage/index/backfill.hpp"
#include "storage/index/side_tables.hpp"

namespace suprsync {

namespace {

using names = std::set<std::string>;

// Time under the write lock for one step. Other programs poll for the lock: between two steps it is free for
// a random time, so that no rhythm keeps one of them out.
constexpr std::chrono::milliseconds step{25};
constexpr int least_pause_ms = 10;
constexpr int most_pause_ms = 40;
constexpr int rows_between_clock_checks = 200;

// Large ones stay where they are, where they have our columns.
const names kept_in_place = {"suprsync_meta", "suprsync_changes", "suprsync_timecode_changes",
                             "suprsync_notes", "suprsync_notices"};
// Short ones, of which rows and columns are copied.
const names copied = {"suprsync_archives", "suprsync_timecodes"};

struct column {
    std::string name;
    bool needed = false;  // it has no default
};

std::vector<column> columns_of(sqlite_connection& connection, const std::string& table) {
    std::vector<column> columns;
    auto q = connection.ask(
        R"(SELECT name, pk OR ("notnull" AND dflt_value IS NULL) FROM pragma_table_info(?1))", table);
    while (q.next()) columns.push_back({q.text(0), q.integer(1) != 0});
    return columns;
}

names names_in_schema(sqlite_connection& connection, const std::string& type) {
    names found;
    auto q = connection.ask(
        R"(SELECT name FROM sqlite_master WHERE type = ?1 AND name LIKE 'suprsync@_%' ESCAPE '@' AND sql IS NOT NULL)",
        type);
    while (q.next()) found.insert(q.text(0));
    return found;
}

std::string quoted(const std::string& name) { return '"' + name + '"'; }

class rebuilding {
  public:
    explicit rebuilding(sqlite_connection& connection)
        : connection_(connection),
          ours_(std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE)) {
        make_shared_tables(ours_);
        make_side_tables(ours_);
        make_triggers(ours_);
    }

    // From here on no program opens the catalog, and our triggers record every change of a shared row.
    void begin(const std::string& cause) {
        write_transaction transaction(connection_);
        // Where somebody dropped it, all that is known begins with it.
        make_meta(connection_);
        for (const auto& name : names_in_schema(connection_, "trigger"))
            connection_.execute("DROP TRIGGER " + quoted(name));
        for (const std::string table : {"suprsync_changes", "suprsync_timecode_changes"})
            if (!has_all_columns(table)) connection_.execute("DROP TABLE IF EXISTS " + table);
        make_triggers(connection_);
        set_meta(connection_, "version", our_side_version.text());
        set_meta(connection_, rebuild_key, cause);
        transaction.commit();
    }

    // A table of ten million rows takes seconds to drop; an empty one does not.
    void drop_tables() {
        // Where the names of archives are lost, their numbers mean nothing.
        const names numbered = {"suprsync_timecodes", "suprsync_notices"};
        const bool names_lost = !has_table(connection_, "suprsync_archives");
        for (const auto& table : names_in_schema(connection_, "table")) {
            const bool meaningless = names_lost && numbered.contains(table);
            if (!meaningless && copied.contains(table) && can_be_copied(table)) continue;
            if (!meaningless && kept_in_place.contains(table) && has_all_columns(table)) continue;
            if (copied.contains(table) || kept_in_place.contains(table)) lost_.push_back(table);
            const auto delete_some = statement_that_deletes_some_of(table);
            while (!emptied(table, delete_some)) leave_the_lock_free();
        }
    }

    void drop_indexes() {
        for (const auto& index : names_in_schema(connection_, "index")) {
            write_transaction transaction(connection_);
            connection_.execute("DROP INDEX " + quoted(index));
            transaction.commit();
            leave_the_lock_free();
        }
    }

    void finish() {
        write_transaction transaction(connection_);
        std::vector<std::string> old;
        for (const auto& table : copied)
            if (has_table(connection_, table)) {
                connection_.execute("ALTER TABLE " + table + " RENAME TO old_" + table);
                old.push_back(table);
            }
        make_side_tables(connection_);
        for (const auto& table : old) {
            const auto columns = fmt::format("{}", fmt::join(common_columns(table, "old_" + table), ", "));
            connection_.execute(fmt::format(
                "INSERT INTO {0} ({1}) SELECT {1} FROM old_{0}; DROP TABLE old_{0}", table, columns));
        }
        // Whoever has read a directory's state reads it again.
        connection_.execute(
            "UPDATE suprsync_timecodes SET files = 0, unsettled = 0, failed = 0, version = version + 1");
        begin_indexing(connection_);
        connection_.run("DELETE FROM suprsync_meta WHERE key = ?1", std::string(rebuild_key));
        transaction.commit();
    }

    std::vector<std::string> lost() const { return lost_; }

  private:
    std::vector<std::string> common_columns(const std::string& table, const std::string& theirs) {
        names there;
        for (const auto& c : columns_of(connection_, theirs)) there.insert(c.name);
        std::vector<std::string> common;
        for (const auto& c : columns_of(ours_, table))
            if (there.contains(c.name)) common.push_back(quoted(c.name));
        return common;
    }
    // A column of theirs that we do not know and that has no default would keep us from adding rows.
    bool has_all_columns(const std::string& table) {
        const auto known = columns_of(ours_, table);
        const auto theirs = columns_of(connection_, table);
        const bool writable = std::all_of(theirs.begin(), theirs.end(), [&](const column& c) {
            return !c.needed ||
                   std::any_of(known.begin(), known.end(), [&](const column& k) { return k.name == c.name; });
        });
        return writable && common_columns(table, table).size() == known.size();
    }
    bool can_be_copied(const std::string& table) {
        const auto common = common_columns(table, table);
        const auto known = columns_of(ours_, table);
        return std::all_of(known.begin(), known.end(), [&](const column& c) {
            return !c.needed || std::find(common.begin(), common.end(), quoted(c.name)) != common.end();
        });
    }

    std::string statement_that_deletes_some_of(const std::string& table) {
        std::vector<std::string> key = {"rowid"};
        if (connection_.number("SELECT wr FROM pragma_table_list(?1)", table) != 0) {
            key.clear();
            auto q =
                connection_.ask("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table);
            while (q.next()) key.push_back(quoted(q.text(0)));
        }
        return fmt::format("DELETE FROM {0} WHERE ({1}) IN (SELECT {1} FROM {0} LIMIT {2})", quoted(table),
                           fmt::join(key, ", "), rows_between_clock_checks);
    }
    bool emptied(const std::string& table, const std::string& delete_some) {
        write_transaction transaction(connection_);
        bool empty = false;
        while (!empty && transaction.elapsed() < step) {
            connection_.execute(delete_some);
            empty = connection_.database().getChanges() < rows_between_clock_checks;
        }
        if (empty) connection_.execute("DROP TABLE " + quoted(table));
        transaction.commit();
        return empty;
    }

    sqlite_connection& connection_;
    sqlite_connection ours_;  // an empty catalog, whose tables are as this program has them
    std::vector<std::string> lost_;
};

// Tables and indexes of ours, in an empty catalog.
const names& our_names() {
    static const names ours = [] {
        sqlite_connection empty(std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE));
        make_shared_tables(empty);
        make_side_tables(empty);
        auto all = names_in_schema(empty, "table");
        all.merge(names_in_schema(empty, "index"));
        return all;
    }();
    return ours;
}

}  // namespace

bool side_tables_stand(sqlite_connection& connection) {
    auto there = names_in_schema(connection, "table");
    there.merge(names_in_schema(connection, "index"));
    return std::includes(there.begin(), there.end(), our_names().begin(), our_names().end());
}

std::vector<std::string> remake_side_tables(sqlite_connection& connection, const std::string& cause) {
    rebuilding tables(connection);
    tables.begin(cause);
    tables.drop_tables();
    tables.drop_indexes();
    tables.finish();
    return tables.lost();
}

void leave_the_lock_free() {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::this_thread::sleep_for(
        std::chrono::milliseconds(std::uniform_int_distribution<int>(least_pause_ms, most_pause_ms)(random)));
}

}  // namespace suprsync
