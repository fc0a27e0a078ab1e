// A service without an engine: answers what the test has laid out, remembers what was asked.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "engine/loop/system_clock.hpp"
#include "engine/ports/service.hpp"

namespace suprsync::testing {

/// Its functions run on the loop thread; what is public may be touched by the test while no request runs.
class fake_service final : public service {
  public:
    explicit fake_service(boost::asio::any_io_executor executor,
                          std::size_t history = event_feed::default_history);

    status_snapshot shown;
    readiness state{true, ""};
    std::map<file_id, file_view> rows;
    std::optional<failure> failing_with;   ///< what its questions fail with
    std::function<void()> on_registering;  ///< called before the answer
    bool all_existed = false;
    bool throws = false;
    std::map<std::string, bool> paused{{"smurf", false}};  ///< and which archives are served
    std::vector<timecode_view> directories;
    std::vector<archive_report> reports;
    archive_history past;                         ///< what is answered of any archive
    std::optional<history_request> last_history;  ///< what was asked of it
    std::map<std::string, archive_session> sessions;
    std::set<std::string> unknown_figures;  ///< archives of which no statistics may be published
    measurements measured;
    transfers_report flights;
    std::map<std::string, std::string> pause_reasons;  ///< as they were said last
    std::vector<std::string> tried;                    ///< archives
    int changes = 0;                       ///< calls of change_file, retry, set_paused and try_now
    std::vector<retry_request> retries;    ///< what was asked of retry
    std::vector<retry_request> previewed;  ///< and of would_retry, which answers 7 files and 2 days
    std::optional<file_change> last_change;
    std::vector<int> removals_accepted;       ///< timecodes
    std::map<std::string, bool> ocs_stopped;  ///< as it was said last
    condition_board board{[this] { return shown.timestamp; }};

    /// The registrations of all calls so far.
    std::vector<registration_request> registered() const;

    /// From now on register_files, list_files and publish_statistics wait until open_gate().
    void shut_gate();
    void open_gate();
    /// Returns when so many have come to the gate since it was shut.
    void wait_until_someone_waits(int many = 1);

    status_snapshot status() override { return shown; }
    boost::asio::awaitable<result<std::vector<added_file>>> register_files(
        std::vector<registration_request> requests) override;
    boost::asio::awaitable<result<std::optional<file_view>>> file(file_id id) override;
    boost::asio::awaitable<result<file_page>> list_files(file_query query) override;
    boost::asio::awaitable<result<std::optional<file_view>>> change_file(file_id id,
                                                                         file_change change) override;
    boost::asio::awaitable<result<std::int64_t>> retry(retry_request request) override;
    boost::asio::awaitable<result<retry_preview>> would_retry(retry_request request) override;
    boost::asio::awaitable<result<std::int64_t>> accept_removal(std::string archive, int timecode) override;
    boost::asio::awaitable<result<std::vector<timecode_view>>> timecodes(timecode_query query) override;
    boost::asio::awaitable<result<archive_history>> history(history_request request) override;
    boost::asio::awaitable<result<void>> set_paused(std::string archive, bool pause,
                                                    std::string reason) override;
    result<void> try_now(const std::string& archive) override;
    result<void> set_ocs_stopped(const std::string& archive, bool stopped) override;
    std::vector<archive_report> archives() override { return reports; }
    std::optional<archive_report> archive(const std::string& name) override;
    boost::asio::awaitable<result<archive_stats>> publish_statistics(std::string archive) override;
    std::optional<archive_session> session(const std::string& archive) override;
    transfers_report transfers(bool with_ids) override;
    measurements measure() override { return measured; }
    event_feed& events() override { return feed_; }
    condition_board& conditions() override { return board; }
    readiness ready() override { return state; }

  private:
    boost::asio::awaitable<void> pass_gate();
    std::optional<failure> refused(const std::string& archive) const;

    boost::asio::any_io_executor executor_;
    system_clock clock_;
    event_feed feed_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<registration_request> registered_;
    boost::asio::steady_timer gate_;
    bool shut_ = false;
    int waiting_ = 0;
};

}  // namespace suprsync::testing
