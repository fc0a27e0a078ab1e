// The real catalog, watched: every call is noted and passed on, a test can look in before it is, and a call
// can be told to fail, as it does where a disk is full or breaks.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/loop/clock.hpp"
#include "storage/catalog/sqlite_catalog.hpp"

namespace suprsync::test {

/// Belongs to the loop thread, as everything that a test may change here does.
class watched_catalog final : public catalog {
    template <class T>
    using answer = boost::asio::awaitable<result<T>>;
    using strings = std::vector<std::string>;

  public:
    watched_catalog(clock& time, std::unique_ptr<sqlite_catalog> watched)
        : clock_(time), real_(std::move(watched)) {}

    std::vector<std::string> calls;          ///< names of the functions called, in order
    std::vector<file_outcome> outcomes;      ///< all that was to be recorded
    std::vector<deletion_record> deletions;  ///< all that was to be recorded
    /// Called with the name of each function before it is passed on; must not run the loop.
    std::function<void(const std::string&)> before;
    /// The same after it has answered, and before whoever asked knows.
    std::function<void(const std::string&)> after;

    int steps_before_ready = 0;           ///< of an index that is not done yet
    bool sees_no_changes = false;         ///< take_changes answers that nothing was committed
    std::optional<epoch_seconds> locked;  ///< the database is, since then
    /// Awaited before a function is passed on, where there is one: until a lock is gone.
    std::function<boost::asio::awaitable<void>()> until_free;
    std::uint64_t errors = 0;      ///< of SQLite
    double told_of_changes = 0.1;  ///< s after which a wait for changes ends

    /// The next call of the function fails so. May be called several times for several calls.
    void fail_next(const std::string& function, failure f) { failing_[function].push_back(std::move(f)); }
    std::size_t count(const std::string& function) const;  ///< calls of one function
    /// What is asked here is not noted and does not fail.
    sqlite_catalog& real() { return *real_; }

    answer<void> reopen() override { return pass("reopen", &catalog::reopen); }
    answer<preparation> prepare_step() override;
    answer<catalog_changes> take_changes() override;
    boost::asio::awaitable<void> wait_for_changes(double at_most) override;
    answer<void> record(std::vector<file_outcome> files) override;
    answer<void> record_deletions(std::vector<deletion_record> records) override;

    answer<void> serve(std::string archive, int most, std::string destination) override {
        return pass("serve", &catalog::serve, archive, most, destination);
    }
    answer<std::vector<added_file>> add(std::vector<registration> files) override {
        return pass("add", &catalog::add, files);
    }
    answer<work_list> load_work(work_query query) override {
        return pass("load_work", &catalog::load_work, query);
    }
    answer<std::vector<bool>> still_wanted(std::vector<file_row> rows) override {
        return pass("still_wanted", &catalog::still_wanted, rows);
    }
    answer<std::vector<deletable_item>> load_deletable(std::string archive, epoch_seconds registered_before,
                                                       epoch_seconds now, std::size_t limit) override {
        return pass("load_deletable", &catalog::load_deletable, archive, registered_before, now, limit);
    }
    answer<std::vector<bool>> may_delete(std::vector<file_row> rows,
                                         epoch_seconds registered_before) override {
        return pass("may_delete", &catalog::may_delete, rows, registered_before);
    }
    answer<void> distrust_copies(std::string archive) override {
        return pass("distrust_copies", &catalog::distrust_copies, archive);
    }
    answer<std::int64_t> sync_place(std::string archive) override {
        return pass("sync_place", &catalog::sync_place, archive);
    }
    answer<std::int64_t> meet_boot(std::string archive, std::string boot, std::int64_t synced_to) override {
        return pass("meet_boot", &catalog::meet_boot, archive, boot, synced_to);
    }
    answer<unproved_copies> load_unproved(std::string archive, file_id place, std::size_t limit) override {
        return pass("load_unproved", &catalog::load_unproved, archive, place, limit);
    }
    answer<void> record_proved(std::string archive, std::vector<file_id> ids, file_id scanned_to) override {
        return pass("record_proved", &catalog::record_proved, archive, ids, scanned_to);
    }
    answer<void> begin_removals(std::vector<decided_removal> begun) override {
        return pass("begin_removals", &catalog::begin_removals, begun);
    }
    answer<std::vector<begun_removal>> begun_removals(std::string archive) override {
        return pass("begun_removals", &catalog::begun_removals, archive);
    }
    answer<void> end_removals(std::vector<file_id> ended) override {
        return pass("end_removals", &catalog::end_removals, ended);
    }
    answer<std::vector<named_file>> unsettled_named(name_query query) override {
        return pass("unsettled_named", &catalog::unsettled_named, query);
    }
    answer<std::vector<other_spelling>> spelled_otherwise(std::vector<placed_file> files) override {
        return pass("spelled_otherwise", &catalog::spelled_otherwise, files);
    }
    answer<std::vector<removed_day>> removed_days(std::string archive) override {
        return pass("removed_days", &catalog::removed_days, archive);
    }
    answer<void> record_removed_days(std::string archive, std::vector<int> days, epoch_seconds at) override {
        return pass("record_removed_days", &catalog::record_removed_days, archive, days, at);
    }
    answer<void> forget_removed_days(std::string archive, std::vector<int> days) override {
        return pass("forget_removed_days", &catalog::forget_removed_days, archive, days);
    }
    answer<std::int64_t> choose_for_removed_day(std::string archive, int timecode, removal_choice choice,
                                                epoch_seconds at) override {
        return pass("choose_for_removed_day", &catalog::choose_for_removed_day, archive, timecode, choice,
                    at);
    }
    answer<copy_page> load_copies(copy_query query) override {
        return pass("load_copies", &catalog::load_copies, query);
    }
    answer<std::vector<bool>> still_to_be_there(std::vector<file_row> rows) override {
        return pass("still_to_be_there", &catalog::still_to_be_there, rows);
    }
    answer<scrub_memory> recall_scrub(std::string archive) override {
        return pass("recall_scrub", &catalog::recall_scrub, archive);
    }
    answer<void> record_scrub(std::string archive, scrub_state state) override {
        return pass("record_scrub", &catalog::record_scrub, archive, state);
    }
    answer<std::vector<bad_copy>> bad_copies(std::string archive) override {
        return pass("bad_copies", &catalog::bad_copies, archive);
    }
    answer<void> record_bad_copies(std::string archive, std::vector<bad_copy> found,
                                   std::vector<file_id> mended) override {
        return pass("record_bad_copies", &catalog::record_bad_copies, archive, found, mended);
    }
    answer<void> record_history(std::vector<archive_minute> minutes, epoch_seconds now) override {
        return pass("record_history", &catalog::record_history, minutes, now);
    }
    answer<std::vector<history_point>> history(history_query query) override {
        return pass("history", &catalog::history, query);
    }
    answer<bool> count_deletable(bool begin) override {
        return pass("count_deletable", &catalog::count_deletable, begin);
    }
    answer<archive_counts> counts(std::string archive) override {
        return pass("counts", &catalog::counts, archive);
    }
    answer<open_timecodes> timecodes_to_finalize(std::string archive, int newest_believed) override {
        return pass("timecodes_to_finalize", &catalog::timecodes_to_finalize, archive, newest_believed);
    }
    answer<void> mark_timecode(std::string archive, int timecode, bool completed, bool synced) override {
        return pass("mark_timecode", &catalog::mark_timecode, archive, timecode, completed, synced);
    }
    answer<timecode_summary> summarize(std::string archive, int timecode) override {
        return pass("summarize", &catalog::summarize, archive, timecode);
    }
    answer<void> begin_finalization(std::string archive, std::string local_path) override {
        return pass("begin_finalization", &catalog::begin_finalization, archive, local_path);
    }
    answer<file_row> register_finalization(std::string archive, timecode_summary summary, registration file,
                                           epoch_seconds until) override {
        return pass("register_finalization", &catalog::register_finalization, archive, summary, file, until);
    }
    answer<epoch_seconds> promise_finalized_until(std::string archive, epoch_seconds computed) override {
        return pass("promise_finalized_until", &catalog::promise_finalized_until, archive, computed);
    }
    answer<file_row> reissue_finalization(file_row old_row, registration file, epoch_seconds until,
                                          std::string reason) override {
        return pass("reissue_finalization", &catalog::reissue_finalization, old_row, file, until, reason);
    }
    answer<std::optional<timecode_summary>> summary_of_finalization(file_row row) override {
        return pass("summary_of_finalization", &catalog::summary_of_finalization, row);
    }
    answer<archive_memory> memory(std::string archive) override {
        return pass("memory", &catalog::memory, archive);
    }
    answer<std::optional<trusted_clock>> last_trusted_clock() override {
        return pass("last_trusted_clock", &catalog::last_trusted_clock);
    }
    answer<trusted_clock> trust_clock(trusted_clock clock) override {
        return pass("trust_clock", &catalog::trust_clock, clock);
    }
    answer<std::string> last_digest(std::string name) override {
        return pass("last_digest", &catalog::last_digest, name);
    }
    answer<void> record_digest(std::string name, std::string record) override {
        return pass("record_digest", &catalog::record_digest, name, record);
    }
    answer<void> try_writing() override { return pass("try_writing", &catalog::try_writing); }
    answer<std::vector<neighbour_base>> record_base_place(std::string archive,
                                                          directory_place place) override {
        return pass("record_base_place", &catalog::record_base_place, archive, place);
    }
    answer<void> remember_base(std::string archive, base_identity base) override {
        return pass("remember_base", &catalog::remember_base, archive, base);
    }
    answer<void> set_paused(std::string archive, bool paused, std::string reason) override {
        return pass("set_paused", &catalog::set_paused, archive, paused, reason);
    }
    answer<bool> end_base_pause(std::string archive) override {
        return pass("end_base_pause", &catalog::end_base_pause, archive);
    }
    answer<std::vector<bool>> awaited(std::string archive, strings remote_paths) override {
        return pass("awaited", &catalog::awaited, archive, remote_paths);
    }
    answer<unsummed_files> load_unsummed(std::string archive, file_id place) override {
        return pass("load_unsummed", &catalog::load_unsummed, archive, place);
    }
    answer<void> record_sums(std::vector<local_sum> sums) override {
        return pass("record_sums", &catalog::record_sums, sums);
    }
    answer<std::optional<file_view>> find(file_id id) override { return pass("find", &catalog::find, id); }
    answer<file_page> list_files(file_query query) override {
        return pass("list_files", &catalog::list_files, query);
    }
    answer<std::int64_t> retry(retry_request request) override {
        return pass("retry", &catalog::retry, request);
    }
    answer<retry_preview> would_retry(retry_request request) override {
        return pass("would_retry", &catalog::would_retry, request);
    }
    answer<std::int64_t> change_files(std::vector<file_id> ids, file_change change) override {
        return pass("change_files", &catalog::change_files, ids, change);
    }
    answer<std::optional<file_view>> change_file(file_id id, file_change change) override {
        return pass("change_file", &catalog::change_file, id, change);
    }
    answer<std::vector<timecode_view>> timecodes(timecode_query query) override {
        return pass("timecodes", &catalog::timecodes, query);
    }
    answer<std::vector<bool>> doubtful_copies(std::vector<file_row> rows) override {
        return pass("doubtful_copies", &catalog::doubtful_copies, rows);
    }
    answer<std::vector<file_view>> claimants_of(file_row row) override {
        return pass("claimants_of", &catalog::claimants_of, row);
    }
    answer<std::vector<bool>> registered(std::string archive, strings local_paths) override {
        return pass("registered", &catalog::registered, archive, local_paths);
    }
    answer<std::vector<known_archive>> known_archives() override {
        return pass("known_archives", &catalog::known_archives);
    }

    const std::string& uuid() const override { return real_->uuid(); }
    std::uint64_t sqlite_errors() const override { return real_->sqlite_errors() + errors; }
    std::optional<epoch_seconds> locked_since() const override { return locked; }
    duration_histogram wait_times() const override { return real_->wait_times(); }
    void stop() override { real_->stop(); }

  private:
    /// Notes the call; the failure that it is to have, if any.
    std::optional<failure> enter(const std::string& function);

    template <class T, class Part, class... Arguments>
    answer<T> pass(std::string name, answer<T> (Part::*function)(Arguments...),
                   std::type_identity_t<Arguments>... arguments) {
        if (auto f = enter(name)) co_return *f;
        if (until_free) co_await until_free();
        auto answered = co_await ((*real_).*function)(std::move(arguments)...);
        if (after) after(name);
        co_return answered;
    }

    clock& clock_;
    std::unique_ptr<sqlite_catalog> real_;
    std::map<std::string, std::deque<failure>> failing_;
};

}  // namespace suprsync::test
