// Whether the catalog that is open is the one that everybody means, and how it goes over to that one (spec,
// The catalog that is meant).
#include "storage/catalog/catalog_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

failure replaced(const std::filesystem::path& path, const std::string& what) {
    return {failure_code::replaced, "use the catalog", path.string(), what};
}

}  // namespace

result<void> sqlite_catalog::impl::make_ready(sqlite_connection& connection) {
    if (!connection.is_open()) return replaced(options.path, closed_because);
    if (!place) {
        uuid = install_schema(connection);
        known_at_start = connection.number("SELECT max(id) FROM supersync_v0");
        schema_version = connection.number("PRAGMA schema_version");
        place = database_place::of(connection, options.path);
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
    return replaced(options.path, moved);
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
