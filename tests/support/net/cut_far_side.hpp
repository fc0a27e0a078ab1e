// A far side that ends at a frame of somebody's choice: what a kill or a cut of either side looks like.
#pragma once

#include <filesystem>
#include <string>

namespace suprsync::test {

/// Which frames are counted, and what happens with the last one of them.
struct far_side_end {
    bool of_answers = false;  ///< those that it says, and not those that it is told
    bool killed = false;      ///< SIGKILL; otherwise its input ends, as where whoever speaks to it has gone
    int frames = 0;
};

/// A program that is such a far side, for `remote_suprsync`: a script in `directory`, which starts this
/// program.
std::string make_cut_far_side(const std::filesystem::path& directory, const far_side_end& end);

}  // namespace suprsync::test
