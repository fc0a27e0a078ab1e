// Timecode directories in the catalog: what is due, and the registration of finalization files. Implemented
// by storage/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "engine/model/failure.hpp"
#include "engine/model/timecodes.hpp"

namespace suprsync {

class catalog_finalization {
  public:
    virtual ~catalog_finalization() = default;

    /// `newest_believed`: a directory beyond it completes no other one.
    virtual boost::asio::awaitable<result<open_timecodes>> timecodes_to_finalize(std::string archive,
                                                                                 int newest_believed) = 0;

    /// Writes the flags of the shared table (making the row where it is missing).
    virtual boost::asio::awaitable<result<void>> mark_timecode(std::string archive, int timecode,
                                                               bool completed, bool synced) = 0;

    virtual boost::asio::awaitable<result<timecode_summary>> summarize(std::string archive, int timecode) = 0;

    /// Keeps that a finalization file is about to be written to this path, until one of the archive is
    /// registered: what a kill leaves between them is known (archive_memory).
    virtual boost::asio::awaitable<result<void>> begin_finalization(std::string archive,
                                                                    std::string local_path) = 0;

    /// In one transaction: checks that the summary is still current and that `finalized_until`
    /// may_be_published (failure `changed` otherwise), registers the finalization file, sets completed,
    /// synced, finalized and finalize_file_id, keeps revision and `finalized_until`.
    virtual boost::asio::awaitable<result<file_row>> register_finalization(std::string archive,
                                                                           timecode_summary, registration,
                                                                           epoch_seconds finalized_until) = 0;

    /// For a finalization file that was not delivered in time: sets ignore = 1 on the old row with the reason
    /// and registers the new one in its place, in one transaction. Failure `changed` where the old row is no
    /// longer as it was.
    virtual boost::asio::awaitable<result<file_row>> reissue_finalization(file_row old_row, registration,
                                                                          epoch_seconds finalized_until,
                                                                          std::string reason) = 0;

    /// What may be published of the archive as finalized_until in any other way than a finalization file:
    /// as `promised` has it of `computed` and what is unsettled now, kept before it is answered. Nothing more
    /// than before is promised while copies of the archive are in doubt. Failure `locked` after some seconds.
    virtual boost::asio::awaitable<result<epoch_seconds>> promise_finalized_until(std::string archive,
                                                                                  epoch_seconds computed) = 0;

    /// The timecode and revision that a finalization row announces; none where the catalog does not know.
    virtual boost::asio::awaitable<result<std::optional<timecode_summary>>> summary_of_finalization(
        file_row) = 0;
};

}  // namespace suprsync
