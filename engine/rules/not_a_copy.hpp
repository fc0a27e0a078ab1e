// What stands at the destination may be the local file itself: the base directory is the data's own, by a
// symbolic link, a mount or an ssh to this machine (spec, Deleting). Such a file is never taken for a copy,
// neither when it is published nor when its local file is to be deleted; it waits, and is asked for again.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "engine/model/destination.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

/// One object of one kernel; or one storage is seen from two machines: then nothing but its device differs,
/// and no copy has its change time to the nanosecond.
bool is_the_local_file(const file_identity& local, const std::optional<remote_object>& there);

/// What the row of such a file says.
std::string not_a_copy_reason(const file_row& row);

/// The files that were found to be so, until they are found to be otherwise. Decisions without time or I/O of
/// their own.
class originals {
  public:
    /// `destination`: of the archive, for people.
    void met(const file_row& row, const std::string& destination, epoch_seconds now);
    void left(file_id id) { known_.erase(id); }
    /// Drops those that nobody met for long: they wait no more.
    void forget_unmet(epoch_seconds now);
    /// How many, and both paths of the first; empty where there is none.
    std::string text() const;

  private:
    struct original {
        std::string paths;
        epoch_seconds at = 0;
    };
    std::map<file_id, original> known_;
};

}  // namespace suprsync
