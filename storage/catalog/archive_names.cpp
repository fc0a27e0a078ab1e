#include "storage/catalog/archive_names.hpp"

#include <filesystem>

#include "storage/catalog/open_unchanged.hpp"
#include "storage/index/side_tables.hpp"

namespace suprsync {

namespace {

// Rows that are read within some milliseconds.
constexpr std::int64_t small_catalog = 100'000;

}  // namespace

std::vector<std::string> archive_names_in(const std::string& database) {
    std::vector<std::string> names;
    try {
        const auto real = std::filesystem::canonical(database).string();
        const auto way = way_to_open_unchanged(real, std::chrono::milliseconds(100));
        if (!way.not_at_all.empty()) return names;
        auto connection = open_unchanged(real, way);
        connection.execute("PRAGMA busy_timeout = 100");
        const bool prepared = has_table(connection, "suprsync_archives");
        if (!prepared && connection.number("SELECT max(id) FROM supersync_v0") > small_catalog) return names;
        // Of what no daemon has taken in yet as much as is read at once.
        auto q = prepared ? connection.ask(
                                R"(SELECT name FROM suprsync_archives
                                UNION SELECT s.archive_name FROM (SELECT file_id FROM suprsync_changes LIMIT 10000)
                                CROSS JOIN supersync_v0 AS s ON s.id = file_id
                                ORDER BY 1)")
                          : connection.ask("SELECT DISTINCT archive_name FROM supersync_v0 ORDER BY 1");
        while (q.next()) names.push_back(q.text(0));
    } catch (const std::exception&) {
        return names;  // more cannot be said now
    }
    return names;
}

}  // namespace suprsync
