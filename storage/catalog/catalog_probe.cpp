#include "storage/catalog/catalog_probe.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>

#include "engine/model/shell_word.hpp"
#include "engine/model/text.hpp"
#include "storage/catalog/open_unchanged.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/schema.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/index/side_tables.hpp"

namespace suprsync {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t most_directories = 10;

struct deadline {
    steady::time_point at;
    bool passed = false;
    static int check(void* self) {
        auto& d = *static_cast<deadline*>(self);
        d.passed = steady::now() >= d.at;
        return d.passed ? 1 : 0;
    }
};

void check_for_damage(sqlite_connection& connection, probed_catalog& found, std::chrono::milliseconds limit) {
    deadline end{steady::now() + limit};
    auto* handle = connection.database().getHandle();
    sqlite3_progress_handler(handle, 10'000, deadline::check, &end);
    try {
        auto q = connection.ask("PRAGMA quick_check(1)");
        if (q.next() && q.text(0) != "ok") found.damage = q.text(0);
    } catch (const SQLite::Exception& e) {
        const bool interrupted = (e.getErrorCode() & 0xff) == SQLITE_INTERRUPT && end.passed;
        if (interrupted)
            found.probed_to_the_end = false;
        else
            found.damage = e.what();
    }
    sqlite3_progress_handler(handle, 0, nullptr, nullptr);
}

bool has_index(sqlite_connection& connection, const std::string& name) {
    return connection.number("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = ?1", name) !=
           0;
}

probed_archive read_archive(sqlite_connection& connection, const std::string& archive, bool side_tables) {
    probed_archive found;
    if (side_tables) {
        auto q = connection.ask(
            "SELECT id, base_file_system, base_inode, paused, pause_reason FROM suprsync_archives WHERE name = ?1",
            archive);
        if (q.next()) {
            found.has_verified = has_table(connection, "suprsync_counts") &&
                                 read_counts(connection, q.integer(0)).verified > 0;
            if (!q.null(1) && !q.null(2))
                found.base = base_identity{q.text(1), static_cast<std::uint64_t>(q.integer(2))};
            if (has_index(connection, "suprsync_files_unsettled"))
                found.unsummed = connection.number(
                    R"(SELECT count(*) FROM suprsync_files AS f INDEXED BY suprsync_files_unsettled
                    CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
                    WHERE f.state < 2 AND f.archive_id = ?1 AND s.local_md5sum = '')",
                    q.integer(0));
            found.paused = q.integer(3) != 0;
            found.pause_reason = q.text(4);
        }
    }
    // The newest rows only: an archive may have millions.
    auto q = connection.ask(
        "SELECT " SUPRSYNC_ROW_COLUMNS
        " FROM supersync_v0 AS s WHERE s.id > (SELECT max(id) FROM supersync_v0) - 5000 AND s.archive_name = ?1 AND s.removed IS NULL ORDER BY s.id DESC",
        archive);
    std::set<std::string> directories;
    while (q.next()) {
        const auto row = read_row(q);
        if (is_verified(row)) found.has_verified = true;
        if (directories.size() < most_directories) directories.insert(directory_of(row.local_path));
    }
    found.recent_directories.assign(directories.begin(), directories.end());
    return found;
}

failure cannot(failure_code code, const std::string& path, const std::string& detail) {
    return {code, "open the catalog", path, detail};
}

}  // namespace

probed_catalog probe_catalog(const std::string& path, const std::vector<std::string>& archives,
                             std::chrono::milliseconds limit) {
    probed_catalog found;
    found.path = path;
    const auto directory = directory_of(path);
    struct stat facts{};
    found.exists = ::stat(path.c_str(), &facts) == 0;
    const int why = errno;
    if (!found.exists && why != ENOENT) {
        found.error = cannot(failure_code::not_permitted, path, std::strerror(why));
        return found;
    }
    if (::stat(directory.c_str(), &facts) != 0) {
        found.error =
            cannot(failure_code::not_found, path, "its directory " + directory + " does not exist: make it");
        return found;
    }
    found.writable = ::access(directory.c_str(), W_OK | X_OK) == 0 &&
                     (!found.exists || ::access(path.c_str(), R_OK | W_OK) == 0);
    if (!found.exists) return found;
    if (::stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode)) {
        found.error = cannot(failure_code::not_a_catalog, path, "it is not a regular file");
        return found;
    }
    if (facts.st_size == 0 || ::access(path.c_str(), R_OK) != 0) return found;
    const auto way = way_to_open_unchanged(path, limit);
    found.not_probed = way.not_at_all;
    if (!found.not_probed.empty()) return found;
    try {
        auto connection = open_unchanged(path, way);
        if (auto fine = check_schema(connection, path); !fine) {
            found.error = fine.error();
            return found;
        }
        if (!has_table(connection, "supersync_v0")) return found;
        const bool side_tables = has_table(connection, "suprsync_archives");
        if (has_table(connection, "suprsync_meta")) found.uuid = meta(connection, "uuid");
        found.rows = connection.number("SELECT max(id) FROM supersync_v0");
        for (const auto& archive : archives)
            found.archives[archive] = read_archive(connection, archive, side_tables);
        check_for_damage(connection, found, way.limit);
    } catch (const SQLite::Exception& e) {
        switch (e.getErrorCode() & 0xff) {
            case SQLITE_NOTADB:
                found.error = cannot(failure_code::not_a_catalog, path, "the file is not a SQLite database");
                break;
            case SQLITE_CORRUPT:
                found.damage = e.what();
                break;
            case SQLITE_BUSY:
            case SQLITE_LOCKED:
                found.not_probed = "another program has locked it: fuser -v " + command_word(path);
                break;
            case SQLITE_READONLY:
            case SQLITE_CANTOPEN:
                found.not_probed =
                    std::string(
                        "its last user did not end, and recovering it would change it; the next start does (") +
                    e.what() + ")";
                break;
            default:
                found.error = cannot(failure_code::catalog, path, e.what());
        }
    }
    return found;
}

}  // namespace suprsync
