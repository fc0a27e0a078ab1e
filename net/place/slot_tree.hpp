// The files in a slot: opened to be written on, with the directories that lead to them. What lies there from
// before and is in the way gives way, as it does to rsync.
#pragma once

#include <cstdint>
#include <string>

#include "engine/files/open_descriptor.hpp"
#include "net/place/base_state.hpp"

namespace suprsync {

/// What could not be done to which path in the slot, and errno.
struct slot_error {
    std::string what;
    std::string path;
    int number = 0;
    /// As rsync says such things: `mkdir "17000/a" failed: Not a directory (20)`.
    std::string text() const;
};

class slot_tree {
  public:
    /// `slot`: its directory, open, as long as this lives.
    explicit slot_tree(int slot) : slot_(slot) {}

    /// The directory that a path lies in, made (0700; group, setgid and default ACL are inherited) where it
    /// is missing. -1: error().
    int directory_of(const std::string& path);

    struct opened {
        open_descriptor file;
        std::uint64_t size = 0;
        bool made = false;
    };
    /// A file to be written and read. One that has another link is published already: it is unlinked, and a
    /// new one made, with `mode`, less the account's umask where that holds. Not open: error().
    opened open(const std::string& path, unsigned mode);

    const slot_error& error() const { return error_; }

  private:
    open_descriptor fail(const char* what, const std::string& path);
    open_descriptor make(const std::string& directory);

    int slot_;
    std::string directory_ = "/";  // of the last path; none at first
    open_descriptor open_;
    slot_error error_;
};

/// A file in a slot that is whole gets the modes and the time of its local file, as --chmod says; 0 or errno.
/// `made`: with that file's mode, and just now.
int seal_staged(int file, const base_state& state, unsigned mode, std::int64_t mtime_ns, bool made);

}  // namespace suprsync
