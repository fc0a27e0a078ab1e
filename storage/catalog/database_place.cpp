#include "storage/catalog/database_place.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <utility>

namespace suprsync {

database_place::file::file(std::filesystem::path p) : path(std::move(p)) {
    struct ::stat seen{};
    if (::stat(path.c_str(), &seen) != 0) return;
    device = seen.st_dev;
    inode = seen.st_ino;
}

bool database_place::file::in_place() const {
    const file now(path);
    return now.device == device && now.inode == inode;
}

std::optional<database_place> database_place::of(sqlite_connection& connection,
                                                 const std::filesystem::path& path) {
    auto* handle = connection.database().getHandle();
    // SQLite has followed symbolic links; log and index lie beside the file itself.
    const std::string real = sqlite3_db_filename(handle, "main");
    database_place place;
    place.database_ = file(path);
    place.log_ = file(real + "-wal");
    place.index_ = file(real + "-shm");
    // SQLite compares the inode alone, and with the path that it has resolved.
    int moved = 0;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved != 0)
        return std::nullopt;
    const file resolved(real);
    if (!resolved.is_there() || resolved.device != place.database_.device ||
        resolved.inode != place.database_.inode)
        return std::nullopt;
    return place;
}

std::string database_place::what_moved() const {
    if (!database_.in_place())
        return file(database_.path).is_there() ? "another file is at its path than the one that is open"
                                               : "the file that is open is not at its path any more";
    for (const auto* beside : {&log_, &index_})
        if (!beside->in_place())
            return beside->path.string() + " is not the one that is open: it was removed or replaced";
    return "";
}

void database_place::take_leave(sqlite_connection& connection) const {
    auto& database = connection.database();
    const bool moved = !database_.in_place();
    if (moved) database.tryExec("PRAGMA wal_checkpoint(TRUNCATE)");
    // SQLite would remove the log by its name.
    if (moved || (!log_.in_place() && file(log_.path).is_there()))
        sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

}  // namespace suprsync
