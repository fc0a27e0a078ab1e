// Directories of this user alone, by names that anybody may guess: below /dev/shm or /tmp somebody else may
// have taken the name, and then another one is taken (spec, Our own place).
#pragma once

#include <string>
#include <vector>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// An open directory, which may be locked; not one where it cannot be opened, or is a symbolic link.
class directory_descriptor {
  public:
    explicit directory_descriptor(const std::string& path);

    /// As flock(2).
    bool lock(int how) const;
    int release() { return open_.release(); }

  private:
    open_descriptor open_;
};

/// What errno says of a directory that was to be made: not_permitted or io.
failure cannot_make(const std::string& path, int number);

/// The directory at `wanted`, made (0700) where it is missing. Where somebody else has it, or others may
/// write to it: `<wanted>-XXXXXX`, which nobody can guess, the one that is there or a new one. Failures, of
/// `wanted`: not_permitted, io.
result<std::string> own_place(const std::string& wanted);

/// Those of own_place(wanted) that are there.
std::vector<std::string> own_places_made(const std::string& wanted);

}  // namespace suprsync
