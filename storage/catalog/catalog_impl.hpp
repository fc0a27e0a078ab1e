// What a sqlite_catalog consists of: the thread, what only functions on that thread may touch, and the two
// ways in which its member functions read and write. Their bodies stand in files by role (work.cpp,
// deletion.cpp, registration.cpp, ...).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "storage/catalog/change_watch.hpp"
#include "storage/catalog/database_place.hpp"
#include "storage/catalog/registration.hpp"
#include "storage/catalog/snapshot.hpp"
#include "storage/catalog/sqlite_catalog.hpp"
#include "storage/catalog/timecode_summaries.hpp"
#include "storage/index/change_index.hpp"
#include "storage/index/schema.hpp"
#include "storage/sqlite/archive_lock.hpp"
#include "storage/sqlite/change_notice.hpp"
#include "storage/sqlite/sqlite_thread.hpp"

namespace suprsync {

struct sqlite_catalog::impl {
    impl(const boost::asio::any_io_executor& loop, catalog_options o)
        : options(std::move(o)), notice(loop, options.path) {}

    catalog_options options;
    std::map<std::string, std::unique_ptr<archive_lock>> locks;  // by archive; null: to be taken anew
    registration_group registrations;
    change_notice notice;  // says itself what belongs to the loop and what to the thread

    // The following belong to the thread.
    std::optional<database_place> place;  // none: what is open has not been prepared
    std::string closed_because;           // where none is open
    std::int64_t schema_version = 0;      // of the tables that were judged last
    std::string uuid;
    file_id known_at_start = 0;  // highest id when this process opened the catalog
    change_watch watch;
    timecode_summaries summaries;

    std::unique_ptr<sqlite_thread> thread;  // last: it ends before what it uses goes

    // On the thread; in database_place.cpp.
    /// Makes the tables where they are not known to be there; failure `replaced`, see catalog::reopen().
    result<void> make_ready(sqlite_connection& connection);
    /// The same where nothing may be written, in reading_only.cpp. Failure `not_ready` says what is to be
    /// done first.
    result<void> make_ready_to_read(sqlite_connection& connection);
    result<void> still_in_place() const;
    result<void> reopen(sqlite_connection& connection);
};

/// Said of a catalog that is only read; also of one that nobody had open, and that is read without a lock.
inline constexpr const char* opened_meanwhile = "another program opened or replaced it meanwhile: try again";

/// Opens and judges the file; `options` must outlive it. Failures as open_catalog.
result<std::unique_ptr<SQLite::Database>> open_database(catalog_options& options, bool must_exist);
/// The same to read it only; not_ready, too.
result<std::unique_ptr<SQLite::Database>> open_database_to_read(const catalog_options& options);
/// What SQLite said while it was opened, as a failure of open_catalog.
failure cannot_open(const SQLite::Exception& e, const catalog_options& options);

/// Runs `work(connection, impl)`, which returns a result, on the thread, on a catalog that has its tables and
/// is the one at its path, before and after.
template <class Work>
auto sqlite_catalog::run(Work work, asker who) {
    using answer = std::invoke_result_t<Work&, sqlite_connection&, impl&>;
    return impl_->thread->run(
        [in = impl_.get(), work = std::move(work)](sqlite_connection& connection) mutable -> answer {
            if (auto ready = in->make_ready(connection); !ready) return ready.error();
            auto done = work(connection, *in);
            if (auto there = in->still_in_place(); !there) return there.error();
            return done;
        },
        who);
}

/// What `question(snapshot)` returns, asked on the thread.
template <class Question>
auto sqlite_catalog::read(Question question, asker who) {
    using answer = std::invoke_result_t<const Question&, const snapshot&>;
    return run(
        [question = std::move(question)](sqlite_connection& connection, impl&) -> result<answer> {
            return question(snapshot(connection));
        },
        who);
}

/// What `decide(connection, change_index)` returns, a result, in one write transaction on up-to-date side
/// tables; a failure rolls it back.
template <class Decide>
auto sqlite_catalog::write(Decide decide, asker who) {
    return run(
        [decide = std::move(decide)](sqlite_connection& connection, impl&) {
            return decide_up_to_date(connection,
                                     [&](change_index& index) { return decide(connection, index); });
        },
        who);
}

}  // namespace suprsync
