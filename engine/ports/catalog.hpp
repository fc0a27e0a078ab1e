// The catalog as the engine needs it: what is to be done, and what has become of it. Implemented by storage/
// on SQLite.
//
// Every function is one short transaction (or one read) on a thread of its own; none blocks the loop. A
// locked database is waited for and retried inside (see `locked_since`), so that `locked` reaches a caller
// only after stop().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/archive_counts.hpp"
#include "engine/model/clock_reading.hpp"
#include "engine/model/destination.hpp"
#include "engine/model/duration_histogram.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/preparation.hpp"
#include "engine/ports/catalog_admin.hpp"
#include "engine/ports/catalog_checks.hpp"
#include "engine/ports/catalog_deletion.hpp"
#include "engine/ports/catalog_digest.hpp"
#include "engine/ports/catalog_finalization.hpp"
#include "engine/ports/catalog_history.hpp"
#include "engine/ports/catalog_proof.hpp"
#include "engine/ports/catalog_registration.hpp"
#include "engine/ports/catalog_removed_days.hpp"
#include "engine/ports/catalog_sums.hpp"
#include "engine/ports/catalog_work.hpp"

namespace suprsync {

/// What changed in one archive since the last take_changes().
struct archive_changes {
    std::int64_t registered = 0;  ///< new rows since then, by anybody
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

/// What the reason of a pause begins with that the daemon made because of the base directory: it ends by
/// itself when the recorded one is back.
inline constexpr std::string_view base_pause = "the base directory is not the recorded one: ";

/// State of an archive that outlives the process.
struct archive_memory {
    bool paused = false;
    std::string pause_reason;
    bool paused_for_base() const { return paused && pause_reason.starts_with(base_pause); }
    std::optional<base_identity> base;  ///< recorded with the first verified file
    bool has_verified = false;
    epoch_seconds finalized_until_published = 0;
    bool unproved = false;                  ///< copies are to be read anew (catalog_proof)
    std::string unregistered_finalization;  ///< as begin_finalization has it; '' where there is none
};

/// An archive whose base directory is that of another one, spelled differently, or lies in one line with it.
struct neighbour_base {
    std::string archive;
    std::string destination;
    base_offset offset;  ///< from the archive that was asked for
};

class catalog : public catalog_work,
                public catalog_deletion,
                public catalog_digest,
                public catalog_finalization,
                public catalog_history,
                public catalog_proof,
                public catalog_registration,
                public catalog_removed_days,
                public catalog_sums,
                public catalog_checks,
                public catalog_admin {
  public:
    /// Identifies this catalog for ever (a UUID kept in a side table).
    virtual const std::string& uuid() const = 0;

    /// After a failure `replaced`, which everything answers once the file at the catalog's path is not the
    /// one that is open, or its tables are not those that were prepared: closes it and opens what is at the
    /// path, which must be a catalog, with all archives locked anew. Where that fails (not_found,
    /// not_a_catalog, archive_held, ...) it stays closed, and everything else fails. Then prepare_step,
    /// serve, as at a start.
    virtual boost::asio::awaitable<result<void>> reopen() = 0;

    /// One step, under 250 ms, of indexing what was there before us. Until it reports `done`, nothing below
    /// but `find` and `add` is to be used.
    virtual boost::asio::awaitable<result<preparation>> prepare_step() = 0;

    /// Names an archive that the daemon serves, with what is needed to tell pending from failed and to tell
    /// destinations apart. Rows of it are classified anew where these changed. `destination` is "host:base":
    /// equal strings share their remote paths.
    virtual boost::asio::awaitable<result<void>> serve(std::string archive, int max_copy_attempts,
                                                       std::string destination) = 0;

    /// Takes in what other programs have committed since the last call (cheap where nothing was: PRAGMA
    /// data_version).
    virtual boost::asio::awaitable<result<catalog_changes>> take_changes() = 0;

    /// Returns when it is time to call take_changes(): as soon as somebody may have committed (ten times a
    /// second at most), at the latest after `at_most` seconds, at once after stop(). One waiter at a time;
    /// may be cancelled.
    virtual boost::asio::awaitable<void> wait_for_changes(double at_most) = 0;

    virtual boost::asio::awaitable<result<archive_counts>> counts(std::string archive) = 0;

    virtual boost::asio::awaitable<result<archive_memory>> memory(std::string archive) = 0;

    /// Where the archive's base directory was found to lie: from now on its files are known as those of other
    /// archives, however they are spelled. Returns the archives whose base directory is the same, or lies in
    /// one line with it.
    virtual boost::asio::awaitable<result<std::vector<neighbour_base>>> record_base_place(
        std::string archive, directory_place) = 0;

    virtual boost::asio::awaitable<result<void>> remember_base(std::string archive, base_identity) = 0;

    virtual boost::asio::awaitable<result<void>> set_paused(std::string archive, bool paused,
                                                            std::string reason) = 0;

    /// Ends a pause whose reason is the base directory; whether it was there, and no other one by now.
    virtual boost::asio::awaitable<result<bool>> end_base_pause(std::string archive) = 0;

    /// What this machine's clock was set to when it was last believed, by a daemon or by a person; none where
    /// it never was.
    virtual boost::asio::awaitable<result<std::optional<trusted_clock>>> last_trusted_clock() = 0;

    /// Records it, but over what a person accepted in this run of the machine and is the same time; returns
    /// what is recorded then.
    virtual boost::asio::awaitable<result<trusted_clock>> trust_clock(trusted_clock) = 0;

    /// Writes something that means nothing: whether anything can be written.
    virtual boost::asio::awaitable<result<void>> try_writing() = 0;

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
