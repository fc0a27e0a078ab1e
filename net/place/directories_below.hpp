// Directories below the base directory: they may be of any owner and group, so only where they are is looked
// at, and they are entered in a way that nobody can lead elsewhere (net/remote/enter_below.sh).
#pragma once

#include <string>

#include "engine/files/open_descriptor.hpp"
#include "net/place/base_options.hpp"
#include "net/place/base_state.hpp"

namespace suprsync {

class directories_below {
  public:
    /// `root`: the base directory, open; all three live as long as this does.
    directories_below(int root, const base_state& state, const base_options& options)
        : root_(root), state_(state), options_(options) {}

    /// One of them, "" for the base directory itself: listed under that very name, and, where links are not
    /// followed, a real directory inside the base directory. Not open where it is not, or may not be entered.
    open_descriptor enter(const std::string& directory) const;

    /// The same, made with what leads there where that is missing.
    open_descriptor enter_or_make(const std::string& directory) const;

    /// What stands in the way of one that could not be entered or made.
    struct obstacle {
        std::string held_back;  ///< "directory//reason", where that is no file's fault
        std::string why;        ///< otherwise: "Not a directory"; both are empty where nothing does any more
    };
    obstacle problem_of(const std::string& directory) const;

    /// "directory//reason" where something could not be made in one for this errno and that is no file's
    /// fault; otherwise empty.
    std::string problem_by(const std::string& directory, int error) const;

  private:
    int make(const std::string& directory) const;  // 0 or errno

    int root_;
    const base_state& state_;
    const base_options& options_;
};

}  // namespace suprsync
