#include "storage/catalog/sqlite_catalog.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <span>

#include "storage/catalog/change_watch.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/catalog/outcomes.hpp"
#include "storage/catalog/registration.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/backfill.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Time under the write lock for one step of the first index. Writers of other programs poll for the lock at
// intervals of up to 100 ms: between two steps it is free for a random time, so that no rhythm keeps one out.
constexpr std::chrono::milliseconds index_step{25};
constexpr int least_pause_ms = 10;
constexpr int most_pause_ms = 40;

// Whatever the log looks like, SQLite is asked as often as this.
constexpr std::chrono::milliseconds longest_trust_in_the_log{900};

asio::awaitable<void> leave_the_lock_free() {
    thread_local std::minstd_rand random{std::random_device{}()};
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(
        std::chrono::milliseconds(std::uniform_int_distribution<int>(least_pause_ms, most_pause_ms)(random)));
    boost::system::error_code ignored;  // cancelled: the step was done all the same
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

sqlite_catalog::sqlite_catalog(std::unique_ptr<impl> i) : impl_(std::move(i)) {}
sqlite_catalog::~sqlite_catalog() = default;

result<void> sqlite_catalog::lock_archive(const std::string& archive) {
    if (impl_->holds.contains(archive)) return {};
    auto hold = archive_lock::take(impl_->options.path, archive, impl_->options.instance_id);
    if (!hold) return hold.error();
    impl_->holds[archive] = std::move(*hold);
    return {};
}

void sqlite_catalog::unlock_archive(const std::string& archive) { impl_->holds.erase(archive); }

asio::awaitable<result<preparation>> sqlite_catalog::prepare_step() {
    using step = std::pair<preparation, std::string>;
    const auto work = [](sqlite_connection& connection, impl& in) -> result<step> {
        return step{index_some(connection, index_step), in.uuid};
    };
    auto done = co_await run(work);
    if (!done) co_return done.error();
    uuid_ = done->second;
    if (!done->first.done) co_await leave_the_lock_free();
    co_return done->first;
}

asio::awaitable<result<void>> sqlite_catalog::serve(std::string archive, int max_copy_attempts,
                                                    std::string destination) {
    return run([=](sqlite_connection& connection, impl& in) -> result<void> {
        serve_archive(connection, archive, max_copy_attempts, destination);
        in.watch.watch(connection, archive);
        return {};
    });
}

asio::awaitable<result<catalog_changes>> sqlite_catalog::take_changes() {
    using look = std::pair<catalog_changes, std::optional<log_stamp>>;
    const auto now = std::chrono::steady_clock::now();
    auto& in = *impl_;
    if (in.log_seen && now - in.asked_at < longest_trust_in_the_log &&
        look_at_log(in.options.path) == in.log_seen)
        co_return catalog_changes{};
    in.log_seen.reset();
    const auto work = [](sqlite_connection& connection, impl& i) -> result<look> {
        // Before SQLite is asked: what is committed meanwhile leaves another stamp.
        auto stamp = look_at_log(i.options.path);
        auto changes = i.watch.take(connection);
        if (changes.more) stamp.reset();
        return look{std::move(changes), stamp};
    };
    auto looked = co_await run(work);
    if (!looked) co_return looked.error();
    in.log_seen = looked->second;
    in.asked_at = now;
    co_return std::move(looked->first);
}

asio::awaitable<result<std::vector<added_file>>> sqlite_catalog::add(std::vector<registration> files) {
    if (files.size() == 1) {
        const auto one = impl_->registrations.enter(std::move(files.front()));
        return run([one](sqlite_connection& connection, impl& in) {
            return in.registrations.settle(connection, *one);
        });
    }
    return run([files = std::move(files)](sqlite_connection& connection, impl&) {
        return add_files(connection, files);
    });
}

asio::awaitable<result<work_list>> sqlite_catalog::load_work(work_query query) {
    return run([query = std::move(query)](sqlite_connection& connection, impl& in) -> result<work_list> {
        return suprsync::load_work(connection, query, in.known_at_start);
    });
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::still_wanted(std::vector<file_row> rows) {
    return run([rows = std::move(rows)](sqlite_connection& connection, impl&) -> result<std::vector<bool>> {
        return suprsync::still_wanted(connection, rows);
    });
}

asio::awaitable<result<void>> sqlite_catalog::record(std::vector<file_outcome> outcomes) {
    for (std::size_t at = 0; at < outcomes.size(); at += most_recorded_at_once) {
        const auto part =
            std::span(outcomes).subspan(at, std::min(most_recorded_at_once, outcomes.size() - at));
        const auto work = [part](sqlite_connection& connection, impl&) {
            return record_outcomes(connection, part);
        };
        auto recorded = co_await run(work);
        if (!recorded) co_return recorded;
    }
    co_return result<void>{};
}

asio::awaitable<result<std::vector<deletable_item>>> sqlite_catalog::load_deletable(
    std::string archive, epoch_seconds registered_before, epoch_seconds now, std::size_t limit) {
    return run([=](sqlite_connection& connection, impl&) -> result<std::vector<deletable_item>> {
        return suprsync::load_deletable(connection, archive, registered_before, now, limit);
    });
}

asio::awaitable<result<void>> sqlite_catalog::record_deletions(std::vector<deletion_record> records) {
    for (std::size_t at = 0; at < records.size(); at += most_recorded_at_once) {
        const auto part =
            std::span(records).subspan(at, std::min(most_recorded_at_once, records.size() - at));
        const auto work = [part](sqlite_connection& connection, impl&) {
            return suprsync::record_deletions(connection, part);
        };
        auto recorded = co_await run(work);
        if (!recorded) co_return recorded;
    }
    co_return result<void>{};
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::may_delete(std::vector<file_row> rows,
                                                                      epoch_seconds registered_before) {
    return run([rows = std::move(rows), registered_before](sqlite_connection& connection,
                                                           impl&) -> result<std::vector<bool>> {
        return suprsync::may_delete(connection, rows, registered_before);
    });
}

asio::awaitable<result<std::vector<named_file>>> sqlite_catalog::unsettled_named(name_query query) {
    return run(
        [query = std::move(query)](sqlite_connection& connection, impl&) -> result<std::vector<named_file>> {
            return suprsync::unsettled_named(connection, query);
        });
}

asio::awaitable<result<archive_counts>> sqlite_catalog::counts(std::string archive) {
    return run([=](sqlite_connection& connection, impl&) -> result<archive_counts> {
        return count_archive(connection, archive);
    });
}

asio::awaitable<result<open_timecodes>> sqlite_catalog::timecodes_to_finalize(std::string archive) {
    return run([=](sqlite_connection& connection, impl&) -> result<open_timecodes> {
        return load_open_timecodes(connection, archive);
    });
}

asio::awaitable<result<void>> sqlite_catalog::mark_timecode(std::string archive, int timecode, bool completed,
                                                            bool synced) {
    return run([=](sqlite_connection& connection, impl&) -> result<void> {
        write_transaction transaction(connection);
        suprsync::mark_timecode(connection, archive, timecode, completed, synced);
        transaction.commit();
        return {};
    });
}

asio::awaitable<result<timecode_summary>> sqlite_catalog::read_summary(std::string archive, int timecode) {
    using part = std::pair<std::optional<timecode_summary>, directory_summaries::reading>;
    directory_summaries::reading state;
    while (true) {
        const auto work = [=](sqlite_connection& connection, impl& in) -> result<part> {
            part p{std::nullopt, state};
            p.first = in.summaries.read_on(connection, archive, timecode, p.second);
            return p;
        };
        auto read = co_await run(work);
        if (!read) co_return read.error();
        if (read->first) co_return std::move(*read->first);
        state = std::move(read->second);
    }
}

asio::awaitable<result<timecode_summary>> sqlite_catalog::summarize(std::string archive, int timecode) {
    co_return co_await read_summary(std::move(archive), timecode);
}

asio::awaitable<result<file_row>> sqlite_catalog::register_finalization(std::string archive,
                                                                        timecode_summary summary,
                                                                        registration file,
                                                                        epoch_seconds finalized_until) {
    return run([=](sqlite_connection& connection, impl& in) {
        return in.summaries.register_finalization(connection, archive, summary, file, finalized_until);
    });
}

asio::awaitable<result<file_row>> sqlite_catalog::reissue_finalization(file_row old_row, registration file,
                                                                       epoch_seconds finalized_until,
                                                                       std::string reason) {
    return run([=](sqlite_connection& connection, impl&) {
        return suprsync::reissue_finalization(connection, old_row, file, finalized_until, reason);
    });
}

asio::awaitable<result<std::optional<timecode_summary>>> sqlite_catalog::summary_of_finalization(
    file_row row) {
    using announced = std::pair<std::optional<int>, std::optional<epoch_seconds>>;
    const auto work = [=](sqlite_connection& connection, impl&) -> result<announced> {
        const auto timecode = announced_timecode(connection, row);
        const archive_table archives(connection);
        const auto* entry = archives.find(row.archive_name);
        return announced{timecode, entry ? oldest_unsettled(connection, entry->id, row.id) : std::nullopt};
    };
    auto known = co_await run(work);
    if (!known) co_return known.error();
    if (!known->first) co_return std::optional<timecode_summary>{};
    auto summary = co_await read_summary(row.archive_name, *known->first);
    if (!summary) co_return summary.error();
    // It says again what was announced; only a new state has a new revision.
    summary->revision = std::max(1, summary->revision - 1);
    // The row itself makes way for the new one: it holds nothing back.
    summary->oldest_unsettled = known->second;
    co_return std::optional<timecode_summary>(std::move(*summary));
}

asio::awaitable<result<archive_memory>> sqlite_catalog::memory(std::string archive) {
    return run([=](sqlite_connection& connection, impl&) -> result<archive_memory> {
        return read_memory(connection, archive);
    });
}

asio::awaitable<result<void>> sqlite_catalog::remember_base(std::string archive, base_identity base) {
    return run([=](sqlite_connection& connection, impl&) -> result<void> {
        suprsync::remember_base(connection, archive, base);
        return {};
    });
}

asio::awaitable<result<void>> sqlite_catalog::set_paused(std::string archive, bool paused,
                                                         std::string reason) {
    return run([=](sqlite_connection& connection, impl&) -> result<void> {
        suprsync::set_paused(connection, archive, paused, reason);
        return {};
    });
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::awaited(std::string archive,
                                                                   std::vector<std::string> remote_paths) {
    return run([=](sqlite_connection& connection, impl&) -> result<std::vector<bool>> {
        return suprsync::awaited(connection, archive, remote_paths);
    });
}

asio::awaitable<result<std::optional<file_view>>> sqlite_catalog::find(file_id id) {
    return run([=](sqlite_connection& connection, impl&) -> result<std::optional<file_view>> {
        return find_file(connection, id);
    });
}

std::uint64_t sqlite_catalog::sqlite_errors() const { return impl_->thread->errors(); }
std::optional<epoch_seconds> sqlite_catalog::locked_since() const { return impl_->thread->locked_since(); }
duration_histogram sqlite_catalog::wait_times() const { return impl_->thread->wait_times(); }
void sqlite_catalog::stop() { impl_->thread->stop(); }
double sqlite_catalog::longest_write_lock() const { return impl_->thread->longest_write_lock(); }

}  // namespace suprsync
