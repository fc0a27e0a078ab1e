// A catalog that is only read, by whoever may read it: nothing is written, made or indexed, in the database
// or beside it (spec, The tools).
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/loop/this_machine.hpp"
#include "engine/model/shell_word.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/open_unchanged.hpp"
#include "storage/index/backfill.hpp"
#include "storage/index/private_tables.hpp"
#include "storage/index/side_tables.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr int tries_to_open = 5;
// A daemon takes changes in within a second.
constexpr int looks_for_changes = 200;  // 10 ms apart

constexpr const char* start_a_daemon =
    "start its daemon (systemctl start suprsync, or suprsync run --config FILE)";

failure cannot_read(failure_code code, const catalog_options& options, const std::string& detail) {
    return {code, "read the catalog", options.path.string(), detail};
}

// SQLite names no file: which of the three it is, and whose.
result<void> check_readable(const catalog_options& options, const fs::path& real) {
    struct ::stat facts{};
    if (::stat(real.c_str(), &facts) != 0) {
        if (errno == ENOENT) return cannot_read(failure_code::not_found, options, "there is no such file");
        return cannot_read(errno == EACCES ? failure_code::not_permitted : failure_code::io, options,
                           errno == EACCES
                               ? fmt::format("{} may not enter its directory", name_of_account(::geteuid()))
                               : std::strerror(errno));
    }
    if (!S_ISREG(facts.st_mode)) return cannot_read(failure_code::io, options, "it is not a regular file");
    const auto owner = name_of_account(facts.st_uid);
    for (const char* beside : {"", "-wal", "-shm"}) {
        const auto file = real.string() + beside;
        if (::access(file.c_str(), F_OK) != 0 || ::access(file.c_str(), R_OK) == 0) continue;
        return cannot_read(
            failure_code::not_permitted, options,
            fmt::format(
                "{} may not read {}: ask as its owner (sudo -u {} suprsync ...), or let its group read it (chmod g+r {}* there, with the account in that group)",
                name_of_account(::geteuid()), file, owner, command_word(real.filename().string())));
    }
    return {};
}

bool a_daemon_is_at_work(sqlite_connection& connection, const fs::path& database) {
    auto q = connection.ask("SELECT name FROM suprsync_archives");
    while (q.next())
        if (archive_lock::is_locked(database, q.text(0))) return true;
    return false;
}

// Whether a database that nobody had open, and that is read without a lock, is open elsewhere now.
bool opened_by_others(sqlite_connection& connection) {
    const char* file = sqlite3_db_filename(connection.database().getHandle(), "main");
    std::error_code none;
    return sqlite3_uri_boolean(file, "immutable", 0) != 0 && fs::exists(std::string(file) + "-shm", none);
}

// Why the side tables cannot be read as they are, and what to do; '' where they can.
std::string why_not_ready(sqlite_connection& connection, const fs::path& database) {
    if (!has_table(connection, "suprsync_meta") || !has_table(connection, "suprsync_archives") ||
        meta(connection, "uuid").empty())
        return fmt::format("no daemon has prepared it yet, and reading it changes nothing: {}",
                           start_a_daemon);
    if (parse_side_version(meta(connection, "version")) < our_side_version)
        return "its tables are those of an earlier version: restart its daemon with this program";
    const bool at_work = a_daemon_is_at_work(connection, database);
    if (!schema_stands(connection))
        return at_work
                   ? std::string(
                         "another program dropped or changed tables in it, which its daemon mends: try again")
                   : fmt::format("another program dropped or changed tables in it: {}, which mends them",
                                 start_a_daemon);
    if (is_indexed(connection)) return "";
    return at_work ? "its daemon indexes it for the first time: try again when that is done (suprsync status)"
                   : fmt::format("it was not indexed to the end: {}, which goes on", start_a_daemon);
}

// What other programs changed is taken in by the daemon that is at work, or else here, in memory.
std::string take_in_changes(sqlite_connection& connection, const fs::path& database) {
    if (has_private_tables(connection) || !has_changes(connection)) return "";
    const bool at_work = a_daemon_is_at_work(connection, database);
    for (int look = 0; at_work && look < looks_for_changes; ++look) {
        archive_lock::pause();
        if (!has_changes(connection)) return "";
    }
    if (make_private_tables(connection) || at_work) return "";
    return fmt::format(
        "other programs changed rows since its daemon ended, and it is too large to take them in for one answer: {}",
        start_a_daemon);
}

}  // namespace

result<std::unique_ptr<SQLite::Database>> open_database_to_read(const catalog_options& options) {
    std::error_code none;
    // Log and index lie beside the file itself, not beside a link to it.
    auto real = fs::canonical(options.path, none);
    if (none) real = options.path;
    // A daemon that ends or starts meanwhile removes and makes them.
    for (int tried = 1;; ++tried) {
        if (auto fine = check_readable(options, real); !fine) return fine.error();
        const auto way = way_to_open_unchanged(real.string(), options.open_patience);
        if (!way.not_at_all.empty())
            return cannot_read(failure_code::not_ready, options, way.not_at_all + ": " + start_a_daemon);
        try {
            auto connection = open_unchanged(real.string(), way);
            connection.execute("PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY");
            if (auto fine = check_schema(connection, options.path.string()); !fine) return fine.error();
            if (!has_table(connection, "supersync_v0"))
                return failure{failure_code::not_a_catalog, "open the catalog", options.path.string(),
                               "it has no table supersync_v0"};
            return connection.release();
        } catch (const SQLite::Exception& e) {
            const int code = e.getErrorCode() & 0xff;
            if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) return cannot_open(e, options);
            if (tried == tries_to_open)
                return cannot_read(
                    failure_code::not_ready, options,
                    fmt::format("its last user did not end, and recovering it would change it ({}): {}",
                                e.what(), start_a_daemon));
            archive_lock::pause();
        }
    }
}

result<void> sqlite_catalog::impl::make_ready_to_read(sqlite_connection& connection) {
    if (auto there = still_in_place(); !there) return there;
    const auto version = connection.number("PRAGMA schema_version");
    if (!place || version != schema_version) {
        if (const auto why = why_not_ready(connection, options.path); !why.empty())
            return cannot_read(failure_code::not_ready, options, why);
        uuid = meta(connection, "uuid");
        known_at_start = connection.number("SELECT max(id) FROM supersync_v0");
        schema_version = version;
        place = database_place::of(connection, options.path, options.file_numbers);
        if (!place || opened_by_others(connection))
            return cannot_read(failure_code::replaced, options, opened_meanwhile);
    }
    const auto why = take_in_changes(connection, options.path);
    return why.empty() ? result<void>() : cannot_read(failure_code::not_ready, options, why);
}

}  // namespace suprsync
