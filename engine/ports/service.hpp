// What the HTTP server and the agents of OCS (http/) may ask of the engine. Implemented by the daemon; their
// tests use a fake.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/settings.hpp"
#include "engine/ports/catalog.hpp"
#include "engine/report/conditions.hpp"
#include "engine/report/event_feed.hpp"
#include "engine/report/metrics.hpp"
#include "engine/report/status_snapshot.hpp"

namespace suprsync {

struct readiness {
    bool ready = false;
    std::string reason;     ///< why not
    bool stopping = false;  ///< for good
};

/// A registration as it comes in over HTTP; a missing timestamp is now.
struct registration_request {
    std::string local_path;
    std::string remote_path;
    std::string archive_name;
    std::string local_md5sum;
    std::optional<epoch_seconds> timestamp;
    bool deletable = true;
};

/// All that is to be seen of an archive without asking the catalog.
struct archive_report {
    archive_configuration configuration;
    archive_stats statistics;
    archive_counts counts;
    archive_activity activity;
    std::vector<condition> conditions;
};

/// What is in flight, and the catalog that it is of.
struct transfers_report {
    std::string catalog;  ///< its uuid
    std::vector<transfer> transfers;
};

/// What needs the catalog fails with not_ready while it is being prepared, catalog, and stopped at the end;
/// what names an archive that the daemon does not serve fails with not_found.
class service {
  public:
    virtual ~service() = default;

    /// The session data as it is now.
    virtual status_snapshot status() = 0;

    /// Registers all or none, committed when answered, also while the catalog is being prepared. Failures:
    /// invalid, not_found, not_permitted, conflict (their `subject` begins with "files[INDEX]" for the bad
    /// one), catalog, stopped.
    virtual boost::asio::awaitable<result<std::vector<added_file>>> register_files(
        std::vector<registration_request>) = 0;

    /// One row; none where there is no such id. Answered also while the catalog is being prepared. The state
    /// of a row that is in flight, here and in lists, is what is being done with it.
    virtual boost::asio::awaitable<result<std::optional<file_view>>> file(file_id id) = 0;

    /// As catalog_admin::list_files.
    virtual boost::asio::awaitable<result<file_page>> list_files(file_query query) = 0;

    /// As catalog_admin::change_file; whoever it concerns is woken.
    virtual boost::asio::awaitable<result<std::optional<file_view>>> change_file(file_id id,
                                                                                 file_change change) = 0;

    /// As catalog_admin::retry; the files are tried again at once, and where all of an archive are meant, its
    /// destination is asked at once, as by try_now().
    virtual boost::asio::awaitable<result<std::int64_t>> retry(retry_request request) = 0;

    /// What that would do, without a change.
    virtual boost::asio::awaitable<result<retry_preview>> would_retry(retry_request request) = 0;

    /// As catalog_removed_days, of the choice `accepted`.
    virtual boost::asio::awaitable<result<std::int64_t>> accept_removal(std::string archive,
                                                                        int timecode) = 0;

    /// As catalog_admin::timecodes.
    virtual boost::asio::awaitable<result<std::vector<timecode_view>>> timecodes(timecode_query query) = 0;

    /// What the archive did over time, and how its free space goes. Failure `invalid` as
    /// choose_history_range().
    virtual boost::asio::awaitable<result<archive_history>> history(history_request request) = 0;

    /// The statistics as the site's readers are told them: finalized_until is never less than they were told
    /// before in any way, and kept in the catalog before it is answered. Failure not_ready also while the
    /// catalog could not be asked: what nobody has looked at is not promised.
    virtual boost::asio::awaitable<result<archive_stats>> publish_statistics(std::string archive) = 0;

    /// No new batches until resumed, kept over a restart, as is the reason that a person gives ('' for none).
    /// Resuming takes the base directory as it is now (spec, Staging and publishing).
    virtual boost::asio::awaitable<result<void>> set_paused(std::string archive, bool paused,
                                                            std::string reason) = 0;

    /// The destination is asked at once, however long it was to be waited for, and what waits for its answer
    /// goes on with it. Returns before the answer is there. Failure `conflict`: the archive rests, by a
    /// person's word.
    virtual result<void> try_now(const std::string& archive) = 0;

    /// A pause beside that one, which neither touches nor is touched by it: until it is ended here, or by the
    /// next start of the daemon (spec, OCS). Batches and removals in progress end by themselves.
    virtual result<void> set_ocs_stopped(const std::string& archive, bool stopped) = 0;

    /// All archives that the daemon serves, by name; one, or none where it does not serve it.
    virtual std::vector<archive_report> archives() = 0;
    virtual std::optional<archive_report> archive(const std::string& name) = 0;
    /// As status(), of one archive alone; none where the daemon does not serve it.
    virtual std::optional<archive_session> session(const std::string& archive) = 0;

    /// What is in flight, by its begin; `with_ids`: with the ids of the files.
    virtual transfers_report transfers(bool with_ids) = 0;

    virtual measurements measure() = 0;

    /// What happens; lives as long as the service.
    virtual event_feed& events() = 0;

    /// What a person should look at; who raises a condition ends it.
    virtual condition_board& conditions() = 0;

    /// Able to work: catalog open and prepared, it can be read and written, and no disk is nearly full.
    virtual readiness ready() = 0;
};

}  // namespace suprsync
