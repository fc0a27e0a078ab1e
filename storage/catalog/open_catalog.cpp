#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "engine/model/shell_word.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/index/schema.hpp"
#include "storage/sqlite/archive_lock.hpp"

namespace suprsync {

namespace {

failure cannot_open(failure_code code, const catalog_options& options, const std::string& detail) {
    return {code, "open the catalog", options.path.string(), detail};
}

// What the file system says before SQLite is asked; its own messages name no directory.
result<void> check_place(const catalog_options& options, bool must_exist) {
    auto directory = options.path.parent_path();
    if (directory.empty()) directory = ".";
    struct stat facts{};
    const bool there = ::stat(options.path.c_str(), &facts) == 0;
    if (there && !S_ISREG(facts.st_mode))
        return cannot_open(failure_code::io, options, "it is not a regular file");
    if (!there && errno == EACCES)
        return cannot_open(failure_code::not_permitted, options, "its directory may not be entered");
    if (!there && ::stat(directory.c_str(), &facts) != 0)
        return cannot_open(
            failure_code::io, options,
            "its directory " + directory.string() + " cannot be used: " + std::strerror(errno));
    if (!there && must_exist) return cannot_open(failure_code::not_found, options, "there is no such file");
    if (there && ::access(options.path.c_str(), R_OK | W_OK) != 0)
        return cannot_open(
            failure_code::not_permitted, options,
            std::string("the file must be readable and writable for this user: ") + std::strerror(errno));
    if (::access(directory.c_str(), W_OK | X_OK) != 0)
        return cannot_open(failure_code::not_permitted, options,
                           "SQLite makes files beside it (-wal, -shm): its directory " + directory.string() +
                               " must be writable for this user: " + std::strerror(errno));
    return {};
}

}  // namespace

failure cannot_open(const SQLite::Exception& e, const catalog_options& options) {
    switch (e.getErrorCode() & 0xff) {
        case SQLITE_NOTADB:
            return cannot_open(failure_code::not_a_catalog, options, "the file is not a SQLite database");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return cannot_open(failure_code::locked, options,
                               "another program has locked it; find it with: fuser -v " +
                                   command_word(options.path.string()));
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return cannot_open(failure_code::not_permitted, options,
                               std::string(e.what()) + ": the file, its -wal and its -shm must be writable");
        case SQLITE_CORRUPT:
            return cannot_open(failure_code::catalog, options,
                               std::string(e.what()) + ": check it with PRAGMA integrity_check");
        default:
            return cannot_open(failure_code::io, options, e.what());
    }
}

namespace {

// A statement on one line; line breaks within quoted values stay.
std::string one_line(std::string_view sql) {
    std::string line;
    bool quoted = false;
    for (const char c : sql) {
        if (c == '\'') quoted = !quoted;
        const bool blank = !quoted && (c == '\n' || c == ' ');
        if (blank && (line.empty() || line.back() == ' ')) continue;
        line += blank ? ' ' : c;
    }
    return line;
}

int trace(unsigned kind, void* context, void* statement, void* text) {
    if (kind != SQLITE_TRACE_STMT) return 0;
    const auto& echo = *static_cast<const std::function<void(const std::string&)>*>(context);
    const auto* sql = static_cast<const char*>(text);
    // What runs inside a trigger is given as a comment.
    if (sql && sql[0] == '-' && sql[1] == '-') {
        echo(sql);
    } else if (char* expanded = sqlite3_expanded_sql(static_cast<sqlite3_stmt*>(statement))) {
        echo(one_line(expanded));
        sqlite3_free(expanded);
    }
    return 0;
}

// SQLite counts the memory that it uses under a mutex, in every allocation; nobody asks for the count. Too
// late once something has used SQLite: then it goes on counting.
void do_without_memory_statistics() {
    static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(done);
}

// A daemon of an earlier program that works on the catalog could record nothing from then on.
result<void> bring_up_to_date(sqlite_connection& connection, const catalog_options& options) {
    if (!has_earlier_major(connection)) return {};
    const auto locks = archive_lock::take_all(options.path, options.instance_id);
    if (locks) {
        install_schema(connection);
        return {};
    }
    if (locks.error().code != failure_code::archive_held) return locks.error();
    return cannot_open(locks.error().code, options,
                       "its side tables have version 4, which the daemon at work needs as they are: " +
                           locks.error().text() + ", or restart it with this program");
}

}  // namespace

result<std::unique_ptr<SQLite::Database>> open_database(catalog_options& options, bool must_exist) {
    if (options.read_only) return open_database_to_read(options);
    if (auto fine = check_place(options, must_exist); !fine) return fine.error();
    do_without_memory_statistics();
    try {
        // One thread at a time has the connection: SQLite need not lock a mutex in every call.
        auto database = std::make_unique<SQLite::Database>(
            options.path.string(),
            SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX | (must_exist ? 0 : SQLite::OPEN_CREATE),
            static_cast<int>(options.open_patience.count()));
        if (sqlite3_db_readonly(database->getHandle(), "main") == 1)
            return cannot_open(failure_code::not_permitted, options, "it can be read only");
        sqlite_connection connection(std::move(database));
        connection.execute("PRAGMA foreign_keys = OFF");
        if (auto fine = check_schema(connection, options.path.string()); !fine) return fine.error();
        // A wrong path must not turn another program's database into a catalog.
        if (must_exist &&
            connection.number(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'supersync_v0'") == 0)
            return cannot_open(failure_code::not_a_catalog, options, "it has no table supersync_v0");
        auto opened = connection.release();
        if (options.echo) sqlite3_trace_v2(opened->getHandle(), SQLITE_TRACE_STMT, trace, &options.echo);
        return opened;
    } catch (const SQLite::Exception& e) {
        return cannot_open(e, options);
    }
}

result<std::unique_ptr<sqlite_catalog>> open_catalog(boost::asio::any_io_executor loop,
                                                     catalog_options options) {
    auto inner = std::make_unique<sqlite_catalog::impl>(loop, std::move(options));
    auto database = open_database(inner->options, inner->options.must_exist);
    if (!database) return database.error();
    sqlite_connection connection(std::move(*database));
    try {
        if (!inner->options.read_only)
            if (auto done = bring_up_to_date(connection, inner->options); !done) return done.error();
    } catch (const SQLite::Exception& e) {
        return cannot_open(e, inner->options);
    }
    inner->thread = std::make_unique<sqlite_thread>(
        connection.release(), inner->options.path.string(),
        inner->options.run_inline ? loop : boost::asio::any_io_executor(), inner->options.client_patience);
    return std::unique_ptr<sqlite_catalog>(new sqlite_catalog(std::move(inner)));
}

}  // namespace suprsync
