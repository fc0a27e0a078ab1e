// The catalog, in memory: rows with what is known beside them, judged as catalog.hpp says.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/loop/clock.hpp"
#include "engine/ports/catalog.hpp"

namespace suprsync::test {

/// Belongs to the loop thread; rows may be read and changed at any time, as other programs do.
class fake_catalog final : public catalog {
  public:
    explicit fake_catalog(clock& time) : clock_(time) {}

    /// What is kept beside a row, in side tables.
    struct entry {
        file_row row;
        std::string error;
        epoch_seconds error_at = 0;
        std::optional<epoch_seconds> next_attempt;
        bool compare = false;
        bool sent_before = false;
        int vanished = 0;
        std::optional<file_identity> identity;
        std::string ignore_reason;
        std::optional<std::uint64_t> bytes;
        epoch_seconds delete_again_at = 0;
    };
    struct served {
        int max_copy_attempts = 5;
        std::string destination;
        archive_memory memory;
    };
    struct directory {
        int revision = 0;
        epoch_seconds last_finalized_at = 0;
        bool completed = false, synced = false, finalized = false;
        file_id finalize_file = 0;
    };

    std::map<file_id, entry> rows;
    std::map<std::string, served> archives;
    std::map<std::pair<std::string, int>, directory> directories;  ///< archive, timecode

    catalog_changes changes;       ///< what the next take_changes answers
    double told_of_changes = 0.1;  ///< s after which a wait for changes ends
    int preparation_steps = 0;
    std::optional<epoch_seconds> locked;
    std::uint64_t errors = 0;
    bool stopped = false;

    std::vector<std::string> calls;          ///< names of the functions called, in order
    std::vector<file_outcome> outcomes;      ///< all that was recorded
    std::vector<deletion_record> deletions;  ///< all that was recorded
    std::function<void(const std::string&)>
        before;  ///< called with the name of each function before it works

    /// Inserts a row as another program would, archive "smurf" where none is named; returns its id.
    file_id insert(const std::string& local_path, const std::string& remote_path, const std::string& md5 = "",
                   const std::string& archive = "smurf");
    /// The next call of the function fails so. May be called several times for several calls.
    void fail_next(const std::string& function, failure f) { failing_[function].push_back(std::move(f)); }
    std::size_t count(const std::string& function) const;  ///< calls of one function
    bool verified(file_id id) const;

    const std::string& uuid() const override { return uuid_; }
    boost::asio::awaitable<result<preparation>> prepare_step() override;
    boost::asio::awaitable<result<void>> serve(std::string archive, int max_copy_attempts,
                                               std::string destination) override;
    boost::asio::awaitable<result<catalog_changes>> take_changes() override;
    boost::asio::awaitable<void> wait_for_changes(double at_most) override;
    boost::asio::awaitable<result<std::vector<added_file>>> add(std::vector<registration>) override;
    boost::asio::awaitable<result<work_list>> load_work(work_query) override;
    boost::asio::awaitable<result<std::vector<bool>>> still_wanted(std::vector<file_row>) override;
    boost::asio::awaitable<result<void>> record(std::vector<file_outcome>) override;
    boost::asio::awaitable<result<std::vector<deletable_item>>> load_deletable(
        std::string archive, epoch_seconds registered_before, epoch_seconds now, std::size_t limit) override;
    boost::asio::awaitable<result<void>> record_deletions(std::vector<deletion_record>) override;
    boost::asio::awaitable<result<std::vector<bool>>> may_delete(std::vector<file_row>,
                                                                 epoch_seconds registered_before) override;
    boost::asio::awaitable<result<std::vector<named_file>>> unsettled_named(name_query) override;
    boost::asio::awaitable<result<archive_counts>> counts(std::string archive) override;
    boost::asio::awaitable<result<open_timecodes>> timecodes_to_finalize(std::string archive) override;
    boost::asio::awaitable<result<void>> mark_timecode(std::string archive, int timecode, bool completed,
                                                       bool synced) override;
    boost::asio::awaitable<result<timecode_summary>> summarize(std::string archive, int timecode) override;
    boost::asio::awaitable<result<file_row>> register_finalization(std::string archive, timecode_summary,
                                                                   registration,
                                                                   epoch_seconds finalized_until) override;
    boost::asio::awaitable<result<file_row>> reissue_finalization(file_row old_row, registration,
                                                                  epoch_seconds finalized_until,
                                                                  std::string reason) override;
    boost::asio::awaitable<result<std::optional<timecode_summary>>> summary_of_finalization(
        file_row) override;
    boost::asio::awaitable<result<archive_memory>> memory(std::string archive) override;
    boost::asio::awaitable<result<void>> remember_base(std::string archive, base_identity) override;
    boost::asio::awaitable<result<void>> set_paused(std::string archive, bool paused,
                                                    std::string reason) override;
    boost::asio::awaitable<result<std::vector<bool>>> awaited(std::string archive,
                                                              std::vector<std::string> remote_paths) override;
    boost::asio::awaitable<result<std::optional<file_view>>> find(file_id) override;
    boost::asio::awaitable<result<file_page>> list_files(file_query) override;
    boost::asio::awaitable<result<std::int64_t>> retry(retry_request) override;
    boost::asio::awaitable<result<std::optional<file_view>>> change_file(file_id, file_change) override;
    boost::asio::awaitable<result<std::vector<timecode_view>>> timecodes(timecode_query) override;
    boost::asio::awaitable<result<std::vector<file_view>>> claimants_of(file_row) override;
    boost::asio::awaitable<result<std::vector<bool>>> registered(
        std::string archive, std::vector<std::string> local_paths) override;
    boost::asio::awaitable<result<std::vector<std::string>>> archive_names() override;
    std::uint64_t sqlite_errors() const override { return errors; }
    std::optional<epoch_seconds> locked_since() const override { return locked; }
    duration_histogram wait_times() const override {
        return duration_histogram(duration_histogram::of_catalog);
    }
    void stop() override { stopped = true; }

  private:
    std::optional<failure> enter(const std::string& function);
    bool settled(const entry& e) const;
    bool has_failed(const entry& e) const;
    bool wanted(const entry& e) const;  ///< unsettled, attempts left, not removed
    bool same_destination(const std::string& archive, const std::string& other) const;
    bool needed_elsewhere(const file_row& row) const;
    bool superseded(const file_row& row) const;
    entry* find_same(const file_row& seen);
    file_view view_of(const entry& e) const;
    file_id insert(const registration& r);
    timecode_summary summary_of(const std::string& archive, int timecode) const;

    clock& clock_;
    std::string uuid_ = "00000000-0000-4000-8000-000000000001";
    file_id last_id_ = 0;
    std::map<std::string, std::deque<failure>> failing_;
    std::map<file_id, timecode_summary> announced_;  ///< by finalization files
};

}  // namespace suprsync::test
