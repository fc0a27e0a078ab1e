#include "storage/catalog/database_place.hpp"

#include <sqlite3.h>

#include <utility>

#include "storage/catalog/catalog_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

std::optional<database_place> database_place::of(sqlite_connection& connection,
                                                 const std::filesystem::path& path, file_numbering numbers) {
    auto* handle = connection.database().getHandle();
    // SQLite has followed symbolic links; log and index lie beside the file itself.
    const std::string real = sqlite3_db_filename(handle, "main");
    database_place place;
    place.numbers_ = std::move(numbers);
    place.database_ = {path, place.numbers_(path)};
    for (const auto& [beside, end] : {std::pair{&place.log_, "-wal"}, std::pair{&place.index_, "-shm"}})
        *beside = {real + end, place.numbers_(real + end)};
    // SQLite compares the inode alone, and with the path that it has resolved.
    int moved = 0;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved != 0)
        return std::nullopt;
    if (!place.is_there({real, {}}) || place.numbers_(real) != place.database_.number) return std::nullopt;
    return place;
}

std::string database_place::what_moved() const {
    if (!in_place(database_))
        return is_there(database_) ? "another file is at its path than the one that is open"
                                   : "the file that is open is not at its path any more";
    for (const auto* beside : {&log_, &index_})
        if (!in_place(*beside))
            return beside->path.string() + " is not the one that is open: it was removed or replaced";
    return "";
}

void database_place::take_leave(sqlite_connection& connection) const {
    auto& database = connection.database();
    const bool moved = !in_place(database_);
    if (moved) database.tryExec("PRAGMA wal_checkpoint(TRUNCATE)");
    // SQLite would remove the log by its name.
    if (moved || (!in_place(log_) && is_there(log_)))
        sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

namespace {

failure replaced(const std::filesystem::path& path, const std::string& what) {
    return {failure_code::replaced, "use the catalog", path.string(), what};
}

}  // namespace

result<void> sqlite_catalog::impl::make_ready(sqlite_connection& connection) {
    if (!connection.is_open()) return replaced(options.path, closed_because);
    if (options.read_only) return make_ready_to_read(connection);
    if (!place) {
        uuid = install_schema(connection);
        known_at_start = connection.number("SELECT max(id) FROM supersync_v0");
        schema_version = connection.number("PRAGMA schema_version");
        place = database_place::of(connection, options.path, options.file_numbers);
        if (place) return {};
        return replaced(options.path, "another file was put at its path while it was opened");
    }
    if (auto there = still_in_place(); !there) return there;
    const auto version = connection.number("PRAGMA schema_version");
    if (version == schema_version) return {};
    // An index or a table that somebody else added is no matter.
    if (!schema_stands(connection))
        return replaced(options.path, "another program dropped or changed tables or triggers in it");
    schema_version = version;
    return {};
}

result<void> sqlite_catalog::impl::still_in_place() const {
    if (!place) return {};
    const auto moved = place->what_moved();
    if (moved.empty()) return {};
    return replaced(options.path, options.read_only ? opened_meanwhile : moved);
}

result<void> sqlite_catalog::impl::reopen(sqlite_connection& connection) {
    if (connection.is_open()) {
        const auto there = still_in_place();
        closed_because = there ? "its tables were changed by another program" : there.error().detail;
        if (place) place->take_leave(connection);
    }
    thread->use(nullptr);
    place.reset();
    watch = {};
    summaries = {};
    notice.begin_anew();
    // A file that is not there yet is not made: whoever took the catalog away may be about to put one there.
    auto database = open_database(options, true);
    if (!database) return database.error();
    thread->use(std::move(*database));
    return {};
}

asio::awaitable<result<void>> sqlite_catalog::reopen() {
    // Locks first: a daemon of the new catalog may be at work.
    for (auto& [archive, lock] : impl_->locks) {
        if (lock && lock->stands()) continue;
        lock.reset();
        if (auto locked = lock_archive(archive); !locked) co_return locked.error();
    }
    co_return co_await impl_->thread->run(
        [in = impl_.get()](sqlite_connection& connection) { return in->reopen(connection); });
}

}  // namespace suprsync
