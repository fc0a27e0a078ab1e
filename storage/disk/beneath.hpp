// Opens what a path leads to so that what was judged is what is opened: the path is resolved, a root that
// contains the result chosen, and the result opened from that root's descriptor without following anything on
// the way.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

/// Closes what it holds.
class open_descriptor {
  public:
    explicit open_descriptor(int number) : number_(number) {}
    open_descriptor(open_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    open_descriptor& operator=(open_descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~open_descriptor();
    int number() const { return number_; }
    /// What close(2) says: some file systems report only there that nothing was written.
    bool close();

  private:
    int number_ = -1;
};

/// A directory (O_PATH), which must lie below one of `roots`, links resolved; with no roots, anywhere.
/// Failures: as file_failure, `not_permitted` where it lies outside, `changed` where the path led somewhere
/// else each time.
result<open_descriptor> open_directory(const std::string& operation, const std::string& path,
                                       const std::vector<std::string>& roots);

}  // namespace suprsync
