// What a sqlite_catalog consists of: the thread, and what only functions on that thread may touch.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/catalog/change_watch.hpp"
#include "storage/catalog/timecode_summaries.hpp"
#include "storage/catalog/registration_group.hpp"
#include "storage/catalog/sqlite_catalog.hpp"
#include "storage/index/schema.hpp"
#include "storage/sqlite/archive_lock.hpp"
#include "storage/sqlite/log_stamp.hpp"
#include "storage/sqlite/sqlite_thread.hpp"

namespace suprsync {

struct sqlite_catalog::impl {
    boost::asio::any_io_executor loop;
    catalog_options options;
    std::map<std::string, std::unique_ptr<archive_lock>> holds;  // by archive
    registration_group registrations;

    // Of the loop: the log as it was when take_changes() asked SQLite last, and when that was.
    std::optional<log_stamp> log_seen;
    std::chrono::steady_clock::time_point asked_at;

    // The following belong to the thread.
    bool installed = false;
    std::string uuid;
    file_id known_at_start = 0;  // highest id when this process opened the catalog
    change_watch watch;
    directory_summaries summaries;

    std::unique_ptr<sqlite_thread> thread;  // last: it ends before what it uses goes
};

/// Runs `work(session, insides)` on the thread, on a catalog that has its tables.
template <class Work>
auto sqlite_catalog::run(Work work) {
    return impl_->thread->run([in = impl_.get(), work = std::move(work)](sqlite_connection& connection) {
        if (!in->installed) {
            in->uuid = install_schema(connection);
            in->known_at_start = connection.number("SELECT max(id) FROM supersync_v0");
            in->installed = true;
        }
        return work(connection, *in);
    });
}

}  // namespace suprsync
