// The engine's catalog on a SQLite database, shared with other programs and other daemons (spec, The
// catalog). Every call is a short transaction on one thread of its own.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/catalog.hpp"
#include "storage/catalog/file_number.hpp"
#include "storage/sqlite/sqlite_thread.hpp"

namespace suprsync {

/// Most files that one add() registers: they are one transaction, and no write lock is held for long.
inline constexpr std::size_t most_registered_at_once = 5'000;

struct catalog_options {
    std::filesystem::path path;
    bool must_exist = false;  ///< a missing file, or one without our tables, is a failure; made otherwise
    bool read_only =
        false;  ///< nothing is written, made or indexed, beside the database either; it must exist
    std::string instance_id;  ///< for whom archives are locked
    /// Called with every SQL statement, on the thread of SQLite.
    std::function<void(const std::string&)> echo;
    /// How long opening waits for a database that another program has locked exclusively.
    std::chrono::milliseconds open_patience{30'000};
    /// How long who asks from outside (over HTTP) waits for a lock; none: as long as it takes.
    std::optional<std::chrono::milliseconds> client_patience;
    bool run_inline = false;  ///< on the loop itself, without a thread: for tests that move time by hand
    /// How it is seen that another file is at the path; for tests that know it without asking the kernel.
    file_numbering file_numbers = number_of_file;
};

class sqlite_catalog final : public catalog {
  public:
    ~sqlite_catalog() override;

    /// Locks the archive for this process until it is released or the catalog destroyed (spec, One daemon for
    /// an archive). Failure `archive_held` says who has locked it; not_permitted, io. May be called before
    /// anything else.
    result<void> lock_archive(const std::string& archive);
    void unlock_archive(const std::string& archive);

    /// '' until the first prepare_step.
    const std::string& uuid() const override { return uuid_; }
    /// The same, also of a catalog that is only read.
    boost::asio::awaitable<result<std::string>> read_uuid();
    boost::asio::awaitable<result<void>> reopen() override;
    boost::asio::awaitable<result<preparation>> prepare_step() override;
    boost::asio::awaitable<result<void>> serve(std::string archive, int max_copy_attempts,
                                               std::string destination) override;
    boost::asio::awaitable<result<catalog_changes>> take_changes() override;
    boost::asio::awaitable<void> wait_for_changes(double at_most) override;
    boost::asio::awaitable<result<archive_counts>> counts(std::string archive) override;
    boost::asio::awaitable<result<archive_memory>> memory(std::string archive) override;
    boost::asio::awaitable<result<std::optional<suprsync::trusted_clock>>> last_trusted_clock() override;
    boost::asio::awaitable<result<suprsync::trusted_clock>> trust_clock(suprsync::trusted_clock) override;
    boost::asio::awaitable<result<std::string>> last_digest(std::string name) override;
    boost::asio::awaitable<result<void>> record_digest(std::string name, std::string record) override;
    boost::asio::awaitable<result<void>> try_writing() override;
    boost::asio::awaitable<result<std::vector<neighbour_base>>> record_base_place(std::string archive,
                                                                                  directory_place) override;
    boost::asio::awaitable<result<void>> remember_base(std::string archive, base_identity) override;
    boost::asio::awaitable<result<void>> set_paused(std::string archive, bool paused,
                                                    std::string reason) override;
    boost::asio::awaitable<result<bool>> end_base_pause(std::string archive) override;

    // Registration.
    boost::asio::awaitable<result<std::vector<added_file>>> add(std::vector<registration>) override;
    boost::asio::awaitable<result<std::optional<file_view>>> find(file_id) override;

    // Copying.
    boost::asio::awaitable<result<work_list>> load_work(work_query) override;
    boost::asio::awaitable<result<std::vector<bool>>> still_wanted(std::vector<file_row>) override;
    boost::asio::awaitable<result<void>> record(std::vector<file_outcome>) override;
    boost::asio::awaitable<result<std::vector<bool>>> awaited(std::string archive,
                                                              std::vector<std::string> remote_paths) override;

    boost::asio::awaitable<result<unsummed_files>> load_unsummed(std::string archive, file_id after) override;
    boost::asio::awaitable<result<void>> record_sums(std::vector<local_sum>) override;

    // Deletion.
    boost::asio::awaitable<result<std::vector<deletable_item>>> load_deletable(
        std::string archive, epoch_seconds registered_before, epoch_seconds now, std::size_t limit) override;
    boost::asio::awaitable<result<void>> begin_removals(std::vector<decided_removal>) override;
    boost::asio::awaitable<result<std::vector<begun_removal>>> begun_removals(std::string archive) override;
    boost::asio::awaitable<result<void>> end_removals(std::vector<file_id>) override;
    boost::asio::awaitable<result<void>> record_deletions(std::vector<deletion_record>) override;
    boost::asio::awaitable<result<std::vector<bool>>> may_delete(std::vector<file_row>,
                                                                 epoch_seconds registered_before) override;
    boost::asio::awaitable<result<std::vector<named_file>>> unsettled_named(name_query) override;
    boost::asio::awaitable<result<std::vector<other_spelling>>> spelled_otherwise(
        std::vector<placed_file>) override;

    // Days that are removed there.
    boost::asio::awaitable<result<std::vector<removed_day>>> removed_days(std::string archive) override;
    boost::asio::awaitable<result<void>> record_removed_days(std::string archive, std::vector<int> timecodes,
                                                             epoch_seconds at) override;
    boost::asio::awaitable<result<void>> forget_removed_days(std::string archive,
                                                             std::vector<int> timecodes) override;
    boost::asio::awaitable<result<std::int64_t>> choose_for_removed_day(std::string archive, int timecode,
                                                                        removal_choice choice,
                                                                        epoch_seconds at) override;

    // Copies that are in doubt.
    boost::asio::awaitable<result<void>> distrust_copies(std::string archive) override;
    boost::asio::awaitable<result<std::int64_t>> sync_place(std::string archive) override;
    boost::asio::awaitable<result<std::int64_t>> meet_boot(std::string archive, std::string boot,
                                                           std::int64_t synced_to) override;
    boost::asio::awaitable<result<unproved_copies>> load_unproved(std::string archive, file_id after,
                                                                  std::size_t limit) override;
    boost::asio::awaitable<result<void>> record_proved(std::string archive, std::vector<file_id>,
                                                       file_id scanned_to) override;

    // Copies that are asked for again.
    boost::asio::awaitable<result<copy_page>> load_copies(copy_query) override;
    boost::asio::awaitable<result<std::vector<bool>>> still_to_be_there(std::vector<file_row>) override;
    boost::asio::awaitable<result<scrub_memory>> recall_scrub(std::string archive) override;
    boost::asio::awaitable<result<void>> record_scrub(std::string archive, scrub_state) override;
    boost::asio::awaitable<result<std::vector<bad_copy>>> bad_copies(std::string archive) override;
    boost::asio::awaitable<result<void>> record_bad_copies(std::string archive, std::vector<bad_copy> found,
                                                           std::vector<file_id> mended) override;

    // Finalization.
    boost::asio::awaitable<result<open_timecodes>> timecodes_to_finalize(std::string archive,
                                                                         int newest_believed) override;
    boost::asio::awaitable<result<void>> mark_timecode(std::string archive, int timecode, bool completed,
                                                       bool synced) override;
    boost::asio::awaitable<result<timecode_summary>> summarize(std::string archive, int timecode) override;
    boost::asio::awaitable<result<void>> begin_finalization(std::string archive,
                                                            std::string local_path) override;
    boost::asio::awaitable<result<file_row>> register_finalization(std::string archive, timecode_summary,
                                                                   registration,
                                                                   epoch_seconds finalized_until) override;
    boost::asio::awaitable<result<epoch_seconds>> promise_finalized_until(std::string archive,
                                                                          epoch_seconds computed) override;
    boost::asio::awaitable<result<file_row>> reissue_finalization(file_row old_row, registration,
                                                                  epoch_seconds finalized_until,
                                                                  std::string reason) override;
    boost::asio::awaitable<result<std::optional<timecode_summary>>> summary_of_finalization(
        file_row) override;

    // What people ask and change.
    boost::asio::awaitable<result<file_page>> list_files(file_query) override;
    boost::asio::awaitable<result<std::int64_t>> retry(retry_request) override;
    boost::asio::awaitable<result<retry_preview>> would_retry(retry_request) override;
    boost::asio::awaitable<result<std::optional<file_view>>> change_file(file_id, file_change) override;
    boost::asio::awaitable<result<std::int64_t>> change_files(std::vector<file_id>, file_change) override;
    boost::asio::awaitable<result<std::vector<timecode_view>>> timecodes(timecode_query) override;
    boost::asio::awaitable<result<std::vector<file_view>>> claimants_of(file_row) override;
    boost::asio::awaitable<result<std::vector<bool>>> doubtful_copies(std::vector<file_row>) override;
    boost::asio::awaitable<result<std::vector<bool>>> registered(
        std::string archive, std::vector<std::string> local_paths) override;
    boost::asio::awaitable<result<std::vector<known_archive>>> known_archives() override;

    // What archives did over time.
    boost::asio::awaitable<result<void>> record_history(std::vector<archive_minute> minutes,
                                                        epoch_seconds now) override;
    boost::asio::awaitable<result<std::vector<history_point>>> history(history_query query) override;
    boost::asio::awaitable<result<bool>> count_deletable(bool begin) override;

    std::uint64_t sqlite_errors() const override;
    std::optional<epoch_seconds> locked_since() const override;
    duration_histogram wait_times() const override;
    void stop() override;

    /// The longest time (s) for which this process held the write lock since its start.
    double longest_write_lock() const;

  private:
    friend result<std::unique_ptr<sqlite_catalog>> open_catalog(boost::asio::any_io_executor loop,
                                                                catalog_options options);
    struct impl;
    explicit sqlite_catalog(std::unique_ptr<impl> i);

    // See catalog_impl.hpp.
    template <class Work>
    auto run(Work work, asker who = asker::engine);
    template <class Question>
    auto read(Question question, asker who = asker::engine);
    template <class Decide>
    auto write(Decide decide, asker who = asker::engine);
    template <class Record>
    boost::asio::awaitable<result<void>> record_in_parts(std::vector<Record> records);

    std::unique_ptr<impl> impl_;
    std::string uuid_;
};

/// Opens and judges the database; tables are made by the first call that needs them. `loop` is where results
/// arrive; the catalog is to be destroyed before it, and when no call is waited for any more. Failures:
/// not_found (must_exist), not_a_catalog, not_permitted, locked, io.
result<std::unique_ptr<sqlite_catalog>> open_catalog(boost::asio::any_io_executor loop,
                                                     catalog_options options);

}  // namespace suprsync
