#include "storage/index/private_tables.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace suprsync {

namespace {

constexpr std::string_view table_begins = "CREATE TABLE ";
constexpr std::string_view index_begins = "CREATE INDEX ";
// Changes of rows do not concern it, and it may be long.
constexpr std::string_view not_copied = "suprsync_history";

struct side_object {
    std::string name;
    std::string sql;  // as SQLite keeps it: in one form, whatever was written
    bool is_table = false;
};

// Tables first. An index on a shared table stays where it is.
std::vector<side_object> side_objects(sqlite_connection& connection) {
    std::vector<side_object> found;
    auto q = connection.ask(
        R"(SELECT name, sql, type = 'table' FROM main.sqlite_master
        WHERE tbl_name LIKE 'suprsync\_%' ESCAPE '\' AND type IN ('table', 'index') AND sql IS NOT NULL
        ORDER BY type = 'table' DESC, name)");
    while (q.next()) found.push_back({q.text(0), q.text(1), q.integer(2) != 0});
    return found;
}

}  // namespace

bool has_private_tables(sqlite_connection& connection) {
    return connection.number(
               "SELECT count(*) FROM temp.sqlite_master WHERE type = 'table' AND name = 'suprsync_changes'") !=
           0;
}

bool make_private_tables(sqlite_connection& connection) {
    connection.execute("PRAGMA temp_store = MEMORY");
    // One state of all tables is copied. What begins so may write to temporary tables.
    write_transaction transaction(connection);
    if (connection.number("SELECT count(*) FROM (SELECT 1 FROM suprsync_files LIMIT ?1)",
                          most_rows_copied + 1) > most_rows_copied)
        return false;
    for (const auto& object : side_objects(connection)) {
        if (object.name == not_copied) continue;
        const auto& begins = object.is_table ? table_begins : index_begins;
        if (!object.sql.starts_with(begins)) continue;
        const auto rest = object.sql.substr(begins.size());
        connection.execute(std::string(begins) + "temp." + rest);
        if (object.is_table)
            connection.execute("INSERT INTO temp." + object.name + " SELECT * FROM main." + object.name);
    }
    transaction.commit();
    return true;
}

}  // namespace suprsync
