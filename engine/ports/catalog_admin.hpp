// What people ask of the catalog, through the tools and over HTTP: list, retry, ignore. Part of the catalog
// (engine/ports/catalog.hpp), apart from what the daemon's own coroutines need. Implemented by storage/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/archive_counts.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/rows.hpp"
#include "engine/model/timecodes.hpp"

namespace suprsync {

/// Which rows are listed; what is not set does not restrict. Every combination costs O(page), whatever the
/// catalog holds; where the remote prefix goes on behind the timecode, as much as the timecode has rows.
struct file_query {
    std::optional<std::string> archive;
    std::optional<std::string> state;  ///< as file_view::state, or "unsettled" or "deletable"
    std::optional<std::string> local_path;
    std::optional<std::string> remote_prefix;      ///< plain text at the begin of the remote path
    std::optional<epoch_seconds> registered_from;  ///< least timestamp
    file_id after = 0;                             ///< rows with larger ids
    std::size_t limit = 100;
};

struct file_page {
    std::vector<file_view> files;  ///< by id
    bool more = false;             ///< the limit cut the list: ask again with `after` = the last id
};

/// Which failed or retrying rows get their attempts back.
struct retry_request {
    std::optional<std::string> archive;
    std::optional<std::string> remote_prefix;
    std::optional<std::string> state;  ///< failed or retrying: only those
    std::vector<file_id> ids;          ///< only these, where any is given
    epoch_seconds at = 0;  ///< now: days that were removed there are sent again if they were copied before
};

/// What a retry would do.
struct retry_preview {
    std::int64_t files = 0;         ///< would be tried again
    std::int64_t removed_days = 0;  ///< were removed there, and would be sent again as a whole
};

struct file_change {
    std::optional<bool> ignore;
    std::string ignore_reason;  ///< kept with ignore = true
    std::optional<bool> deletable;
    std::optional<std::string> while_state;  ///< only a row that still is in this state, as it is listed by
};

struct timecode_query {
    std::string archive;
    int after = -1;  ///< larger timecodes
    std::size_t limit = 1000;
};

class catalog_admin {
  public:
    virtual ~catalog_admin() = default;

    /// One page. Failure `invalid`: there is no such state.
    virtual boost::asio::awaitable<result<file_page>> list_files(file_query) = 0;

    /// Sets failed_copy_attempts to 0 and forgets the delay, in transactions of at most 500 rows; returns how
    /// many rows that were failed or retrying are to be tried again, or waited for what is right with a day
    /// that was removed there: all of that day is sent again.
    virtual boost::asio::awaitable<result<std::int64_t>> retry(retry_request) = 0;

    /// What that would do, without a change.
    virtual boost::asio::awaitable<result<retry_preview>> would_retry(retry_request) = 0;

    /// Changes one row; none where there is no such id. Returns the row as it is afterwards.
    virtual boost::asio::awaitable<result<std::optional<file_view>>> change_file(file_id, file_change) = 0;

    /// The same of many, in transactions of at most 500; returns how many of them there are.
    virtual boost::asio::awaitable<result<std::int64_t>> change_files(std::vector<file_id>, file_change) = 0;

    /// Directories of the archive, ascending, finalized ones included.
    virtual boost::asio::awaitable<result<std::vector<timecode_view>>> timecodes(timecode_query) = 0;

    /// Other rows with the destination path of this one, of any archive with the same destination, ignored
    /// ones included; by id.
    virtual boost::asio::awaitable<result<std::vector<file_view>>> claimants_of(file_row) = 0;

    /// Whether the copy of each row is in doubt, where it has one: it may not be on the disk there, and is to
    /// be read anew.
    virtual boost::asio::awaitable<result<std::vector<bool>>> doubtful_copies(std::vector<file_row>) = 0;

    /// Whether the archive has a row of each local path, in whatever state.
    virtual boost::asio::awaitable<result<std::vector<bool>>> registered(
        std::string archive, std::vector<std::string> local_paths) = 0;

    /// All archives that have or had rows, or that a daemon has served, by name.
    virtual boost::asio::awaitable<result<std::vector<known_archive>>> known_archives() = 0;
};

}  // namespace suprsync
