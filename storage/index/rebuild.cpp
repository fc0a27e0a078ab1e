#include "storage/index/rebuild.hpp"

#include <algorithm>
#include <chrono>

#include "storage/index/backfill.hpp"
#include "storage/index/change_index.hpp"
#include "storage/index/replaced_tables.hpp"
#include "storage/index/schema.hpp"
#include "storage/index/side_tables.hpp"
#include "storage/sqlite/archive_lock.hpp"

namespace suprsync {

namespace {

constexpr int patience_ms = 30'000;

// Where the side tables are sound, everything that others changed is known before they go. Where they are
// not, what was known of a file that somebody has changed since is forgotten.
void take_in_changes(sqlite_connection& connection) {
    try {
        drain_all(connection);
    } catch (const SQLite::Exception& e) {
        if (means_locked(e)) throw;
    }
}

rebuilt_side_tables rebuild(sqlite_connection& connection,
                            const std::function<void(const preparation&)>& progress) {
    rebuilt_side_tables done;
    connection.on_write_unlock = [&done](std::chrono::steady_clock::duration elapsed) {
        done.longest_write_lock =
            std::max(done.longest_write_lock, std::chrono::duration<double>(elapsed).count());
    };
    set_up_connection(connection);
    if (has_table(connection, "suprsync_meta")) {
        if (meta(connection, rebuild_key).empty() &&
            parse_side_version(meta(connection, "version")).major_number == our_side_version.major_number)
            take_in_changes(connection);
        done.lost = remake_side_tables(connection, rebuilt_by_hand);
    }
    done.uuid = install_schema(connection);
    while (true) {
        const auto at = index_some(connection, index_step);
        if (progress) progress(at);
        if (at.done) break;
        leave_the_lock_free();
    }
    done.rows = connection.number("SELECT count(*) FROM suprsync_files");
    done.attempt_states = connection.number("SELECT count(*) FROM suprsync_notes");
    done.archives = connection.number("SELECT count(*) FROM suprsync_archives");
    done.finalized = connection.number("SELECT count(*) FROM suprsync_timecodes WHERE revision > 0");
    connection.on_write_unlock = nullptr;
    return done;
}

}  // namespace

result<rebuilt_side_tables> rebuild_side_tables(const std::filesystem::path& database,
                                                const std::string& instance_id,
                                                const std::function<void(const preparation&)>& progress) {
    const auto cannot = [&](failure_code code, const std::string& why) {
        return failure{code, "make the side tables anew of", database.string(), why};
    };
    std::error_code error;
    if (!std::filesystem::is_regular_file(database, error))
        return cannot(failure_code::not_found, "there is no such file");
    const auto locks = archive_lock::take_all(database, instance_id);
    if (!locks) return locks.error();
    try {
        sqlite_connection connection(
            std::make_unique<SQLite::Database>(database.string(), SQLite::OPEN_READWRITE, patience_ms));
        connection.execute("PRAGMA foreign_keys = OFF");
        if (auto fine = check_shared_tables(connection, database.string()); !fine) return fine.error();
        return rebuild(connection, progress);
    } catch (const SQLite::Exception& e) {
        return cannot(means_locked(e) ? failure_code::locked : failure_code::catalog, e.what());
    }
}

}  // namespace suprsync
