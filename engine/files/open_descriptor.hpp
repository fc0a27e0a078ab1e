// A file descriptor that is closed when its owner goes.
#pragma once

#include <utility>

namespace suprsync {

/// Closes what it holds.
class open_descriptor {
  public:
    open_descriptor() = default;
    explicit open_descriptor(int number) : number_(number) {}
    open_descriptor(open_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    open_descriptor& operator=(open_descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~open_descriptor();
    explicit operator bool() const { return number_ >= 0; }
    int number() const { return number_; }
    int release() { return std::exchange(number_, -1); }
    /// What close(2) says: some file systems report only there that nothing was written.
    bool close();

  private:
    int number_ = -1;
};

}  // namespace suprsync
