// One of the places for answers without an end (spec, Limits of requests).
#pragma once

#include <cstddef>

namespace suprsync {

/// Taken where an answer wants one and one is free, as long as this lives.
class stream_place {
  public:
    stream_place(std::size_t& taken, bool wanted, std::size_t most)
        : taken_(wanted && taken < most ? &taken : nullptr) {
        if (taken_) ++*taken_;
    }
    stream_place(const stream_place&) = delete;
    stream_place& operator=(const stream_place&) = delete;
    ~stream_place() {
        if (taken_) --*taken_;
    }
    explicit operator bool() const { return taken_ != nullptr; }

  private:
    std::size_t* taken_;
};

}  // namespace suprsync
