// What every finalization file goes through before it is written: whether its day may be announced now, what
// it promises; and the one that is issued anew (spec, Timecode directories).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "engine/model/timecodes.hpp"
#include "engine/rules/finalization.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

/// How its file is registered: without a checksum, which the daemon computes, as of any file.
registration registration_of(const finalization_file& file, const std::string& archive, epoch_seconds now);

/// The condition finalization_failed.
void tell_not_announced(archive_context& archive, const failure& f);

/// What is announced is on the disks there, and not in memory only (spec, Finalization). False while copies
/// or the clock are in doubt, or the catalog or the destination does not answer, of which their
/// conditions tell.
boost::asio::awaitable<result<bool>> may_be_announced(archive_context& archive, int timecode);

/// What a finalization file says. Readers may have been told more since the summary was made: the sync at the
/// destination takes its time.
boost::asio::awaitable<result<epoch_seconds>> promise_of(archive_context& archive,
                                                         const timecode_summary& summary, epoch_seconds now);

/// A file that was written, and announces a state that is no more, goes: nobody knows of it.
boost::asio::awaitable<void> discard_finalization(archive_context& archive, std::string local_path);

enum class reissue_outcome {
    reissued,  ///< the old row is out of the way
    unknown,   ///< nobody knows what the old row announces: send it as it is
    not_now,   ///< a failure, or the old row changed: check again later
};

/// A finalization file that was not delivered for a day lies where no reader looks any more: writes and
/// registers it anew under the current timecode.
boost::asio::awaitable<reissue_outcome> reissue_finalization_file(archive_context& archive, file_row old_row);

}  // namespace suprsync
