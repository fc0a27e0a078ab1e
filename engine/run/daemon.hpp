// The daemon: opens what there is to serve, runs a worker, a deleter and a finalizer for each archive,
// watches the catalog for what other programs commit, answers the HTTP server, and ends in two steps.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "engine/config/configuration_difference.hpp"
#include "engine/loop/task_group.hpp"
#include "engine/ports/service.hpp"
#include "engine/run/catalog_watch.hpp"
#include "engine/run/history_keeper.hpp"
#include "engine/run/housekeeper.hpp"
#include "engine/run/notifier.hpp"
#include "engine/run/registrar.hpp"
#include "engine/run/served_archive.hpp"

namespace suprsync {

/// Makes the way to one archive's destination.
using transport_factory = std::function<std::unique_ptr<transport>(const archive_configuration&)>;

class daemon final : public service {
  public:
    daemon(boost::asio::any_io_executor executor, daemon_configuration configuration, suprsync::catalog& c,
           suprsync::local_disk& d, suprsync::clock& t, random_source random,
           transport_factory make_transport);
    ~daemon() override;

    /// Runs until stop() (or, with --once, until everything is settled that can be). True where every file is
    /// settled.
    boost::asio::awaitable<bool> run();

    /// First step of the shutdown: no new work; transfers in flight get shutdown_grace, then they are ended.
    void stop();

    /// As stop(), without the grace time: somebody asked twice.
    void stop_at_once();

    /// Called once, when the catalog is prepared and the archives are served.
    std::function<void()> on_ready;

    /// Those who are to be told (`notify`) are told by this, with the name of this machine; without it nobody
    /// is. Before run(); must outlive it.
    void tell_through(notice_sender& sender, std::string host) {
        notifier_.tell_through(sender, std::move(host));
    }

    /// Holds an archive for this daemon (spec, One daemon for an archive), and lets it go, as archives come
    /// and go by a reload.
    std::function<result<void>(const std::string& archive)> lock_archive;
    std::function<void(const std::string& archive)> unlock_archive;

    /// Goes over to another configuration, where the daemon is ready: archives are added at once, removed and
    /// changed when their running transfers have ended; the others go on untouched. What needs a restart
    /// stays as it is. Says what changes; a failure changes nothing.
    result<configuration_changes> reload(const daemon_configuration& wanted);

    /// The transfers make progress (for the watchdog; that the loop runs shows by itself).
    bool healthy() const;

    /// So many files of batches may be open at a time; a batch has one at least.
    void limit_open_files(std::size_t most) { environment_.most_open_files = most; }

    /// Batches are begun as far as memory for them is there, where nobody gave their number.
    void ask_for_memory(std::function<std::uint64_t()> available) {
        environment_.available_memory = std::move(available);
    }

    // The service, in service.cpp but for register_files(), which stands in registrar.cpp, those about
    // pauses, in pauses.cpp, and those that are answered from memory, in what_happens.cpp.
    status_snapshot status() override;
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
    boost::asio::awaitable<result<archive_stats>> publish_statistics(std::string archive) override;
    boost::asio::awaitable<result<void>> set_paused(std::string archive, bool paused,
                                                    std::string reason) override;
    result<void> try_now(const std::string& archive) override;
    result<void> set_ocs_stopped(const std::string& archive, bool stopped) override;
    std::vector<archive_report> archives() override;
    std::optional<archive_report> archive(const std::string& name) override;
    std::optional<archive_session> session(const std::string& archive) override;
    transfers_report transfers(bool with_ids) override;
    measurements measure() override;
    event_feed& events() override { return events_; }
    condition_board& conditions() override { return conditions_; }
    readiness ready() override;

  private:
    boost::asio::awaitable<bool> prepare();
    boost::asio::awaitable<bool> open_archives();
    boost::asio::awaitable<bool> open_archive(served_archive& s);
    boost::asio::awaitable<void> serve(served_archives::iterator place);
    boost::asio::awaitable<void> end_transfers_after_grace();
    bool all_done() const;

    // In take_up.cpp.
    boost::asio::awaitable<void> take_up_catalog(failure why);
    bool restart_archives();
    boost::asio::awaitable<void> reopen_catalog(failure why);

    // In reload.cpp.
    void leave(served_archive& s);
    std::optional<served_archives::iterator> replace(served_archives::iterator place);

    // In service.cpp.
    std::optional<failure> cannot(const std::string& operation, const std::string& subject) const;
    failure not_served(const std::string& operation, const std::string& archive) const;
    bool serves(const std::string& archive);
    /// A change that was asked for has met a catalog that cannot be written.
    void raise_failed_change(const failure& why);
    void wake_everybody() {
        wake_all(archives_);
        catalog_watch_.check_now();
    }
    void show_stage(file_view& file) const;
    archive_activity activity_of(served_archive& s);
    archive_stats statistics_of(const served_archive& s) const;
    archive_report report_of(served_archive& s);

    boost::asio::any_io_executor executor_;
    daemon_configuration configuration_;
    suprsync::catalog& catalog_;
    suprsync::local_disk& disk_;
    suprsync::clock& clock_;
    condition_board conditions_;
    event_feed events_;
    status_counters counters_;
    std::optional<suprsync::last_copy> last_copy_;
    environment environment_;
    registrar registrar_;
    transport_factory make_transport_;
    served_archives archives_;
    task_group tasks_;
    catalog_watch catalog_watch_;
    housekeeper housekeeper_;
    notifier notifier_;
    history_keeper history_keeper_;
    wake start_wake_;
    wake grace_wake_;
    epoch_seconds started_at_;
    bool stopping_ = false;
    bool ready_ = false;
    bool catalog_is_open_ = true;  ///< false: it was replaced, and no archive is opened yet in the new one
    bool workers_done_ = false;
    std::string not_ready_because_ = "starting";
};

}  // namespace suprsync
