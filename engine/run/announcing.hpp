// What every finalization file goes through before it is written: whether its day may be announced now, what
// it promises; and the one that is issued anew (spec, Timecode directories).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "engine/model/timecodes.hpp"
#include "engine/rules/finalization.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

/// The condition finalization_failed. False where another one tells of the failure.
bool tell_not_announced(archive_context& archive, const failure& f);

/// What is announced is on the disks there, and not in memory only (spec, Finalization). False while copies
/// or the clock are in doubt, or the catalog or the destination does not answer, of which their
/// conditions tell.
boost::asio::awaitable<result<bool>> may_be_announced(archive_context& archive, int timecode);

/// A finalization file that is written, and how it is to be registered: without a checksum, which the daemon
/// computes, as of any file.
struct written_finalization {
    registration file;
    epoch_seconds until;  ///< finalized_until, as it says
};

/// Writes the finalization file of a day. An earlier one that was never registered goes: the daemon was
/// killed then. Its remote path is not `taken`: it is dated a second later where it would be. Failures: of
/// the disk; stopped where the catalog does not answer, of which its condition tells.
boost::asio::awaitable<result<written_finalization>> write_finalization(archive_context& archive,
                                                                        timecode_summary summary,
                                                                        std::string taken = {});

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
