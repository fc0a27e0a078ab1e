// What --chmod makes of the modes of files and directories: rsync's rules, for whoever copies without rsync.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace suprsync {

class mode_changes {
  public:
    /// The mode (its lower twelve bits) that one gets which has `mode`.
    unsigned of_file(unsigned mode) const { return applied(mode, false); }
    unsigned of_directory(unsigned mode) const { return applied(mode, true); }

  private:
    friend std::optional<mode_changes> read_mode_changes(std::string_view text, unsigned umask);
    struct change {
        unsigned keep = 0;
        unsigned add = 0;
        bool files_only = false;
        bool directories_only = false;
        bool keeps_execution = false;  ///< "X": only what some may execute already
    };
    unsigned applied(unsigned mode, bool is_directory) const;

    std::vector<change> changes_;
};

/// Reads "Du=rwx,g+rwX,F0644", as rsync(1) reads it; `umask` holds where nobody is named ("+w"). None where
/// rsync would refuse it.
std::optional<mode_changes> read_mode_changes(std::string_view text, unsigned umask);

}  // namespace suprsync
