#include "storage/index/replaced_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "storage/index/archive_table.hpp"
#include "storage/index/backfill.hpp"
#include "storage/index/side_tables.hpp"

namespace suprsync {

namespace {

using names = std::set<std::string>;

constexpr int rows_at_once = 200;

// Large ones stay where they are, where they have our columns.
const names kept_in_place = {"suprsync_meta",         "suprsync_changes",     "suprsync_timecode_changes",
                             "suprsync_notes",        "suprsync_notices",     "suprsync_removals",
                             "suprsync_failed_syncs", "suprsync_unproved",    "suprsync_real_names",
                             "suprsync_removed_days", "suprsync_base_places", "suprsync_history",
                             "suprsync_scrubs",       "suprsync_bad_copies",  "suprsync_boots",
                             "suprsync_unsynced"};
// Of these, what a later minor version than 5.0 brought.
const names later_than_5_0 = {"suprsync_removals",   "suprsync_failed_syncs", "suprsync_unproved",
                              "suprsync_real_names", "suprsync_removed_days", "suprsync_base_places",
                              "suprsync_history",    "suprsync_scrubs",       "suprsync_bad_copies",
                              "suprsync_boots",      "suprsync_unsynced"};
// Short ones, of which rows and columns are copied.
constexpr const char* archives = "suprsync_archives";
constexpr const char* timecodes = "suprsync_timecodes";
const names copied_tables = {archives, timecodes};
// Columns of these that nothing else tells.
const std::map<std::string, names> promises = {
    {archives, {"paused", "pause_reason", "base_file_system", "base_inode", "finalized_until"}},
    {timecodes, {"finalized", "revision", "last_finalized_at"}}};
// An archive that somebody had stopped is not to run because that is forgotten.
constexpr const char* pause_is_not_known =
    "the side tables were made anew, and did not say any more whether it was paused";

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

// One making anew, in the order begin, drop, finish.
class replaced_tables {
  public:
    explicit replaced_tables(sqlite_connection& connection);
    void begin(const std::string& cause);
    void drop_tables();
    void drop_indexes();
    void finish(const std::string& cause);
    const std::vector<std::string>& lost() const { return lost_; }

  private:
    void find_losses();
    static bool written_by_triggers(const std::string& table) { return table.ends_with("changes"); }
    names virtual_tables();
    bool has_column(const std::string& table, const std::string& column);
    std::vector<std::string> common_columns(const std::string& table, const std::string& theirs);
    bool has_all_columns(const std::string& table);
    bool can_be_copied(const std::string& table);
    std::string statement_that_deletes_some_of(const std::string& table);
    bool emptied(const std::string& table, const std::string& delete_some);

    sqlite_connection& connection_;
    sqlite_connection ours_;  // an empty catalog, whose tables are as this program has them
    std::vector<std::string> lost_;
    names unreadable_, names_of_archives_;
    bool pauses_lost_ = false;
};

replaced_tables::replaced_tables(sqlite_connection& connection)
    : connection_(connection), ours_(std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE)) {
    make_shared_tables(ours_);
    make_side_tables(ours_);
    make_triggers(ours_);
}

// From here on no program opens the catalog, and our triggers record every change of a shared row.
void replaced_tables::begin(const std::string& cause) {
    write_transaction transaction(connection_);
    // Where somebody dropped it, all that is known begins with it.
    make_meta(connection_);
    for (const auto& name : names_in_schema(connection_, "trigger"))
        connection_.execute("DROP TRIGGER " + quoted(name));
    for (const std::string table : {"suprsync_changes", "suprsync_timecode_changes"})
        if (!has_all_columns(table)) connection_.execute("DROP TABLE IF EXISTS " + table);
    make_triggers(connection_);
    add_later_columns(connection_);
    set_meta(connection_, "version", our_side_version.text());
    set_meta(connection_, rebuild_key, cause);
    transaction.commit();
}

// What is missing already, and the archives where nothing names them any more.
void replaced_tables::find_losses() {
    for (const auto& kept : {kept_in_place, copied_tables})
        for (const auto& table : kept)
            if (!has_table(connection_, table) && table != "suprsync_meta" &&
                !later_than_5_0.contains(table) && !written_by_triggers(table))
                lost_.push_back(table);
    for (const auto& [table, columns] : promises)
        for (const auto& column : columns)
            if (has_table(connection_, table) && !has_column(table, column))
                lost_.push_back(column + " of " + table);
    const bool archives_stay = has_table(connection_, archives) && can_be_copied(archives);
    pauses_lost_ = !archives_stay || !has_column(archives, "paused");
    if (archives_stay) return;
    // Where the names of archives are lost, their numbers mean nothing.
    unreadable_ = {timecodes, "suprsync_notices"};
    auto q = connection_.ask("SELECT DISTINCT archive_name FROM supersync_v0");
    while (q.next()) names_of_archives_.insert(q.text(0));
}

// A table of ten million rows takes seconds to drop; an empty one does not.
void replaced_tables::drop_tables() {
    // The tables behind a virtual one go with it.
    for (const auto& table : virtual_tables()) connection_.execute("DROP TABLE " + quoted(table));
    find_losses();
    for (const auto& table : names_in_schema(connection_, "table")) {
        if (copied_tables.contains(table) && !unreadable_.contains(table) && can_be_copied(table)) continue;
        if (kept_in_place.contains(table) && !unreadable_.contains(table) && has_all_columns(table)) continue;
        if (copied_tables.contains(table) || kept_in_place.contains(table)) lost_.push_back(table);
        const auto delete_some = statement_that_deletes_some_of(table);
        while (!emptied(table, delete_some)) leave_the_lock_free();
    }
}

void replaced_tables::drop_indexes() {
    for (const auto& index : names_in_schema(connection_, "index")) {
        write_transaction transaction(connection_);
        connection_.execute("DROP INDEX " + quoted(index));
        transaction.commit();
        leave_the_lock_free();
    }
}

void replaced_tables::finish(const std::string& cause) {
    write_transaction transaction(connection_);
    std::vector<std::string> old;
    for (const auto& table : copied_tables)
        if (has_table(connection_, table)) {
            connection_.execute("ALTER TABLE " + table + " RENAME TO old_" + table);
            old.push_back(table);
        }
    make_side_tables(connection_);
    for (const auto& table : old) {
        const auto columns = fmt::format("{}", fmt::join(common_columns(table, "old_" + table), ", "));
        connection_.execute(
            fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM old_{0}; DROP TABLE old_{0}", table, columns));
    }
    // Whoever has read a directory's state reads it again.
    connection_.execute(
        "UPDATE suprsync_timecodes SET files = 0, unsettled = 0, failed = 0, version = version + 1");
    archive_table all(connection_);
    for (const auto& name : names_of_archives_) all.ensure(name);
    // A daemon that goes on knows which of its archives are paused.
    if (pauses_lost_ && cause == rebuilt_by_hand)
        connection_.run("UPDATE suprsync_archives SET paused = 1, pause_reason = ?1",
                        std::string(pause_is_not_known));
    begin_indexing(connection_);
    connection_.run("DELETE FROM suprsync_meta WHERE key = ?1", std::string(rebuild_key));
    transaction.commit();
}

names replaced_tables::virtual_tables() {
    names found;
    auto q = connection_.ask(
        R"(SELECT name FROM pragma_table_list WHERE type = 'virtual' AND name LIKE 'suprsync@_%' ESCAPE '@')");
    while (q.next()) found.insert(q.text(0));
    return found;
}

bool replaced_tables::has_column(const std::string& table, const std::string& column) {
    return column_names(connection_, table).contains(column);
}

std::vector<std::string> replaced_tables::common_columns(const std::string& table,
                                                         const std::string& theirs) {
    const auto there = column_names(connection_, theirs);
    std::vector<std::string> common;
    for (const auto& c : columns_of(ours_, table))
        if (there.contains(c.name)) common.push_back(quoted(c.name));
    return common;
}

// A column of theirs that we do not know and that has no default would keep us from adding rows.
bool replaced_tables::has_all_columns(const std::string& table) {
    const auto known = columns_of(ours_, table);
    const auto theirs = columns_of(connection_, table);
    const bool writable = std::all_of(theirs.begin(), theirs.end(), [&](const column& c) {
        return !c.needed ||
               std::any_of(known.begin(), known.end(), [&](const column& k) { return k.name == c.name; });
    });
    return writable && common_columns(table, table).size() == known.size();
}

bool replaced_tables::can_be_copied(const std::string& table) {
    const auto common = common_columns(table, table);
    const auto known = columns_of(ours_, table);
    return std::all_of(known.begin(), known.end(), [&](const column& c) {
        return !c.needed || std::find(common.begin(), common.end(), quoted(c.name)) != common.end();
    });
}

std::string replaced_tables::statement_that_deletes_some_of(const std::string& table) {
    std::vector<std::string> key = {"rowid"};
    if (connection_.number("SELECT wr FROM pragma_table_list(?1)", table) != 0) {
        key.clear();
        auto q = connection_.ask("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table);
        while (q.next()) key.push_back(quoted(q.text(0)));
    }
    return fmt::format("DELETE FROM {0} WHERE ({1}) IN (SELECT {1} FROM {0} LIMIT {2})", quoted(table),
                       fmt::join(key, ", "), rows_at_once);
}

bool replaced_tables::emptied(const std::string& table, const std::string& delete_some) {
    write_transaction transaction(connection_);
    bool empty = false;
    while (!empty && transaction.elapsed() < index_step) {
        connection_.execute(delete_some);
        empty = connection_.database().getChanges() < rows_at_once;
    }
    if (empty) connection_.execute("DROP TABLE " + quoted(table));
    transaction.commit();
    return empty;
}

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
    replaced_tables tables(connection);
    tables.begin(cause);
    tables.drop_tables();
    tables.drop_indexes();
    tables.finish(cause);
    return tables.lost();
}

void leave_the_lock_free() { std::this_thread::sleep_for(pause_between_steps()); }

}  // namespace suprsync
