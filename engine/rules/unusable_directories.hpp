// Directories at the destination in which nothing may be made: a symbolic link that leads out of the base
// directory, no permission, another file system. Their files wait, and are tried again with growing pauses
// (spec, Failures). Decisions without time or I/O of their own.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/model/file.hpp"

namespace suprsync {

class unusable_directories {
  public:
    static constexpr double first_delay = 10;  ///< s
    static constexpr double most_delay = 600;  ///< s

    /// A file could not go to its directory, for a reason "directory//why": that one, or one that leads
    /// there. When it is to be tried again. Files that met it together met it once.
    epoch_seconds met(const std::string& remote_path, std::string_view reason, epoch_seconds now);

    struct unusable {
        std::string reason;
        int times = 0;
        epoch_seconds next = 0;  ///< when a file is to be tried again
    };

    /// What keeps a file from being tried now; null where nothing does. Until the next change.
    const unusable* holding(const std::string& remote_path, epoch_seconds now) const;

    /// A file went to its directory.
    void published(const std::string& remote_path);

    /// Drops those for which no file came when it was time, long ago; or, where no file waits, all.
    void forget_unmet(epoch_seconds now);
    void forget_all() { known_.clear(); }

    /// Each directory once with its reason, a few of them at most; empty where there is none.
    std::string text() const;

    /// What is kept of a file that waits.
    static std::string shown(std::string_view reason);

  private:
    std::map<std::string, unusable, std::less<>> known_;  // by the directory that files go to
};

}  // namespace suprsync
