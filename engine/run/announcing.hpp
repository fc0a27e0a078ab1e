// What every finalization file goes through before it is written: whether its day may be announced now, what
// it promises; and the one that is issued anew (spec, Timecode directories).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "engine/model/timecodes.hpp"
#include "engine/rules/finalization.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

/// The condition finalization_failed. False where another one tells of the failure, or the catalog is another
/// by now.
bool tell_not_announced(archive_context& archive, const failure& f);

/// What is announced is on the disks there, and not in memory only (spec, Finalization). False while copies
/// or the clock are in doubt, or the catalog or the destination does not answer, of which their
/// conditions tell.
boost::asio::awaitable<result<bool>> may_be_announced(archive_context& archive, int timecode);

/// Registers a finalization file that is written: without a checksum, which the daemon computes, as of any
/// file. `until`: finalized_until, as it says.
using registering =
    std::function<boost::asio::awaitable<result<file_row>>(registration file, epoch_seconds until)>;

/// Writes the finalization file of a day, and has it registered by `operation` of the catalog; what is not
/// registered goes, also what a kill left between the two. Its name is nobody's yet: it is dated a second
/// later where it would be. Failures: of the disk; `changed` where the day is another one by now, or another
/// file of the archive is being announced; `stopped` where the catalog does not answer, of which its
/// condition tells.
boost::asio::awaitable<result<file_row>> announce(archive_context& archive, timecode_summary summary,
                                                  std::string operation, registering register_it);

enum class reissue_outcome {
    reissued,  ///< the old row is out of the way
    unknown,   ///< nobody knows what the old row announces: send it as it is
    not_now,   ///< a failure, or the old row changed: check again later
};

/// A finalization file that was not delivered for a day lies where no reader looks any more: writes and
/// registers it anew under the current timecode.
boost::asio::awaitable<reissue_outcome> reissue_finalization_file(archive_context& archive, file_row old_row);

}  // namespace suprsync
