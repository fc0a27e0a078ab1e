// The catalog as the engine needs it: what is to be done, and what has become of it. Implemented by storage/
// on SQLite.
//
// Every function is one short transaction (or one read) on a thread of its own; none blocks the loop. A
// locked database is waited for and retried inside (see `locked_since`), so that `locked` reaches a caller
// only after stop().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/duration_histogram.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"
#include "engine/ports/catalog_admin.hpp"
#include "engine/ports/transport.hpp"

namespace suprsync {

/// Another row with the same remote path, for the claim (spec 4). Ignored rows are listed, too.
struct rival {
    file_id id = 0;
    std::string archive_name;
    std::string local_path;
    std::string local_md5sum;
    bool ignore = false;
    bool verified = false;
    std::string remote_md5sum;  ///< '' where NULL
};

/// A row that may be copied now, with what is known of earlier attempts.
struct work_item {
    file_row row;
    bool finalization = false;  ///< a finalization file
    bool compare = false;       ///< what is staged did not match: stage with stage_mode::compare
    bool sent_before =
        false;         ///< an attempt was made, or this catalog was open before: ask the destination first
    int vanished = 0;  ///< times that a verified copy was missing or other at the destination
    std::vector<rival> rivals;
};

struct work_query {
    std::string archive;
    epoch_seconds now = 0;  ///< rows whose next attempt lies later are left out
    std::size_t limit = 0;
    std::vector<file_id> in_flight;  ///< left out
};

struct work_list {
    std::vector<work_item>
        items;  ///< finalization files first, then untried oldest first, then tried by due time
    std::optional<epoch_seconds> next_attempt;  ///< when the next row that is not yet due becomes so
    bool more = false;                          ///< the limit cut the list
};

/// What became of a file, recorded only while the row is still the one that was looked at (id, local path,
/// archive, remote path agree); otherwise the outcome is dropped.
struct file_outcome {
    file_row seen;  ///< the row as it was loaded

    std::optional<std::string> local_md5sum;   ///< newly computed
    std::optional<std::string> remote_md5sum;  ///< the destination's answer, also where it differs
    std::optional<epoch_seconds> copied;       ///< time of the transfer
    int attempts_lost = 0;                     ///< added to failed_copy_attempts
    bool fail_for_good = false;                ///< failed_copy_attempts becomes max_copy_attempts
    std::optional<std::string> error;          ///< last_error; none keeps the one that is there, "" clears it
    epoch_seconds error_at = 0;
    std::optional<epoch_seconds> next_attempt;  ///< not before
    bool compare = false;                       ///< stage_mode::compare next time
    bool verified = false;                      ///< published with remote_md5sum equal to local_md5sum
    std::optional<file_identity> identity;      ///< of the verified local file (spec 6.2); none erases it
    std::optional<std::string> ignore_reason;   ///< sets ignore = 1 with this reason
    std::optional<std::uint64_t> size;          ///< bytes, where known
};

/// A verified row whose age allows deletion.
struct deletable_item {
    file_row row;
    std::optional<file_identity> identity;  ///< as recorded when verified; none: hash again
    int vanished = 0;
    bool wanted_elsewhere = false;  ///< another unsettled row of any archive has the same local path
    bool superseded = false;        ///< a later row, not ignored, sends the same local path to the same place
};

/// Asks for the unsettled rows whose local path ends with one of these names. A page that is shorter than
/// `limit` is the last one; otherwise it goes on after its last row: `first` and `after` become that row's.
struct name_query {
    std::vector<std::string> names;
    std::size_t first = 0;  ///< names before it are done
    file_id after = 0;      ///< rows of names[first] up to this id are done
    std::size_t limit = 1000;
};

struct named_file {
    std::size_t name = 0;  ///< index into the names
    file_id id = 0;
    std::string local_path;
};

enum class deletion_outcome {
    deleted,   ///< removed = now
    gone,      ///< removed = 0
    vanished,  ///< the destination lost it: remote_md5sum and copied become NULL, pending again, vanished + 1
    lost_again,   ///< vanished a second time or other content there: failed for good, `error` kept
    new_version,  ///< the local file changed: local_md5sum becomes '' (or `local_md5sum`), pending again,
                  ///< nothing counted
    postponed,    ///< looked at again at `again_at`
};

struct deletion_record {
    file_row seen;
    deletion_outcome outcome = deletion_outcome::postponed;
    std::string error;
    epoch_seconds at = 0;
    epoch_seconds again_at = 0;
    std::optional<std::uint64_t> size{};  ///< bytes of the local file, where it was looked at
};

/// Counters of an archive, kept up to date with every commit: reading them costs O(1).
struct archive_counts {
    std::int64_t files = 0;      ///< rows
    std::int64_t unsettled = 0;  ///< neither verified nor ignored
    std::int64_t failed = 0;     ///< unsettled and without attempts left (or removed)
    std::int64_t ignored = 0;
    std::int64_t verified = 0;  ///< removed ones included
    std::int64_t removed = 0;
    // Bytes of these files; a file whose size is not known counts 0.
    std::int64_t known_bytes_unsettled = 0;
    std::int64_t known_bytes_failed = 0;
    std::int64_t known_bytes_ignored = 0;
    std::int64_t known_bytes_verified = 0;
    std::int64_t known_bytes_removed = 0;
    std::optional<epoch_seconds> oldest_unsettled;  ///< least timestamp of an unsettled row
    std::string last_file_added;                    ///< local path of the newest registration
    std::string last_file_copied;                   ///< local path of the last row that became verified
};

/// A timecode directory that is not finalized yet.
struct open_timecode {
    int timecode = 0;
    std::int64_t files = 0;               ///< data rows that are not ignored (finalization files are no data)
    std::int64_t unsettled = 0;           ///< of these
    std::int64_t failed = 0;              ///< of these
    int revision = 0;                     ///< of the last finalization file; 0: none yet
    epoch_seconds last_finalized_at = 0;  ///< 0: never
    bool completed = false;               ///< flags of the shared table
    bool synced = false;
    std::vector<std::string> failed_examples;  ///< local paths of at most 3 failed files
};

struct open_timecodes {
    std::vector<open_timecode> directories;  ///< with at least one data row, ascending
    std::vector<int> with_data_newest;  ///< the newest timecodes with data of the archive, descending, at
                                        ///< most 3 (a far future one completes nothing)
};

/// What a finalization file says of a directory; equality tells whether anything changed in between.
struct timecode_summary {
    int timecode = 0;
    std::int64_t num_files = 0;        ///< distinct remote paths of data rows that are not ignored
    std::vector<std::string> subdirs;  ///< sorted, distinct
    int revision = 0;                  ///< of the file to be written
    bool synced = false;               ///< nothing unsettled
    std::optional<epoch_seconds> oldest_unsettled;  ///< of the archive, for finalized_until
    bool operator==(const timecode_summary&) const = default;
};

/// What changed in one archive since the last look.
struct archive_changes {
    std::int64_t registered = 0;  ///< new rows since the last look, by anybody
    std::vector<file_id> late;    ///< rows that arrived for a finalized directory (it is unfinalized now)
    std::vector<file_row> back_dated;  ///< registered with a timestamp over 60 s before the last published
                                       ///< finalized_until, at most 10
    std::int64_t back_dated_count = 0;
};

struct catalog_changes {
    std::map<std::string, archive_changes> archives;  ///< only those of which anything changed
    bool changed = false;                             ///< anything at all was committed by others
    bool more = false;                                ///< more is waiting: call again soon
};

struct preparation {
    bool done = false;
    std::int64_t rows_done = 0;
    std::int64_t rows_total = 0;
};

struct added_file {
    file_view file;
    bool existed = false;  ///< an identical unsettled registration was there already
};

/// State of an archive that outlives the process.
struct archive_memory {
    bool paused = false;
    std::string pause_reason;
    std::optional<base_identity> base;  ///< recorded with the first verified file
    bool has_verified = false;
    epoch_seconds last_finalized_until = 0;
};

class catalog : public catalog_admin {
  public:
    /// Identifies this catalog for ever (a UUID kept in a side table).
    virtual const std::string& uuid() const = 0;

    /// One step, under 250 ms, of indexing what was there before us. Until it reports `done`, nothing below
    /// but `find` and `add` is to be used.
    virtual boost::asio::awaitable<result<preparation>> prepare_step() = 0;

    /// Names an archive that the daemon serves, with what is needed to tell pending from failed and to tell
    /// destinations apart. Rows of it are judged anew where these changed. `destination` is "host:base":
    /// equal strings share their remote paths.
    virtual boost::asio::awaitable<result<void>> serve(std::string archive, int max_copy_attempts,
                                                       std::string destination) = 0;

    /// Takes in what other programs have committed since the last call (cheap where nothing was: PRAGMA
    /// data_version).
    virtual boost::asio::awaitable<result<catalog_changes>> take_changes() = 0;

    /// Registers all or none, durably. Failure `conflict` (another local file holds the remote path of that
    /// destination), with the index in `subject` as "files[3]". An identical unsettled registration (same
    /// paths and archive, and md5 where both are known) is answered as `existed`.
    virtual boost::asio::awaitable<result<std::vector<added_file>>> add(std::vector<registration>) = 0;

    virtual boost::asio::awaitable<result<work_list>> load_work(work_query) = 0;

    /// Which of these rows (as loaded) may still be published: unchanged, not ignored, not removed, and still
    /// holding the claim.
    virtual boost::asio::awaitable<result<std::vector<bool>>> still_wanted(std::vector<file_row>) = 0;

    /// Records outcomes in transactions of at most 500 rows; the rows as they are afterwards are not
    /// returned.
    virtual boost::asio::awaitable<result<void>> record(std::vector<file_outcome>) = 0;

    /// Rows that are verified, deletable, not ignored, not removed and registered before the given time,
    /// oldest first.
    virtual boost::asio::awaitable<result<std::vector<deletable_item>>> load_deletable(
        std::string archive, epoch_seconds registered_before, epoch_seconds now, std::size_t limit) = 0;
    virtual boost::asio::awaitable<result<void>> record_deletions(std::vector<deletion_record>) = 0;

    /// Whether each row may be deleted at this moment as far as the catalog knows (spec 6.1 and 6.4).
    virtual boost::asio::awaitable<result<std::vector<bool>>> may_delete(std::vector<file_row>,
                                                                         epoch_seconds registered_before) = 0;

    /// Unsettled rows of any archive by the last component of their local path, a page at a time.
    virtual boost::asio::awaitable<result<std::vector<named_file>>> unsettled_named(name_query) = 0;

    virtual boost::asio::awaitable<result<archive_counts>> counts(std::string archive) = 0;
    virtual boost::asio::awaitable<result<open_timecodes>> timecodes_to_finalize(std::string archive) = 0;

    /// Writes the flags of the shared table (making the row where it is missing).
    virtual boost::asio::awaitable<result<void>> mark_timecode(std::string archive, int timecode,
                                                               bool completed, bool synced) = 0;

    virtual boost::asio::awaitable<result<timecode_summary>> summarize(std::string archive, int timecode) = 0;

    /// In one transaction: checks that the summary still holds (failure `changed` otherwise), registers the
    /// finalization file, sets completed, synced, finalized and finalize_file_id, keeps revision and
    /// `finalized_until`.
    virtual boost::asio::awaitable<result<file_row>> register_finalization(std::string archive,
                                                                           timecode_summary, registration,
                                                                           epoch_seconds finalized_until) = 0;

    /// For a finalization file that was not delivered in time: sets ignore = 1 on the old row with the reason
    /// and registers the new one in its place, in one transaction. Failure `changed` where the old row is no
    /// longer as it was.
    virtual boost::asio::awaitable<result<file_row>> reissue_finalization(file_row old_row, registration,
                                                                          epoch_seconds finalized_until,
                                                                          std::string reason) = 0;
    /// The timecode and revision that a finalization row announces; none where the catalog does not know.
    virtual boost::asio::awaitable<result<std::optional<timecode_summary>>> summary_of_finalization(
        file_row) = 0;

    virtual boost::asio::awaitable<result<archive_memory>> memory(std::string archive) = 0;
    virtual boost::asio::awaitable<result<void>> remember_base(std::string archive, base_identity) = 0;
    virtual boost::asio::awaitable<result<void>> set_paused(std::string archive, bool paused,
                                                            std::string reason) = 0;

    /// Of these staged remote paths, those that an unsettled, unignored row of the archive still waits for.
    virtual boost::asio::awaitable<result<std::vector<bool>>> awaited(
        std::string archive, std::vector<std::string> remote_paths) = 0;

    virtual boost::asio::awaitable<result<std::optional<file_view>>> find(file_id) = 0;

    /// Times that a statement met a locked database or failed, since the start.
    virtual std::uint64_t sqlite_errors() const = 0;

    /// Since when the database has been locked against us without a break; none where it is not. Callable on
    /// the loop thread at any time.
    virtual std::optional<epoch_seconds> locked_since() const = 0;

    /// How long questions waited for their turn and for locks, from being asked to being answered, since the
    /// start. Callable on the loop thread at any time.
    virtual duration_histogram wait_times() const = 0;

    /// Stops waiting for locks: what waits, and what comes later, fails with `stopped`; a running transaction
    /// ends first.
    virtual void stop() = 0;
};

}  // namespace suprsync
