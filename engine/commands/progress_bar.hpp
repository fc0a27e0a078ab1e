// A bar on a terminal's standard error: how far a long task is, how fast, and how long it still takes.
#pragma once

#include <cstdint>
#include <string>

#include "engine/model/file.hpp"

namespace suprsync {

class progress_bar {
  public:
    /// `total` files, or 0 where nobody knows; draws nothing where standard error is no terminal.
    progress_bar(std::string what, std::uint64_t total);
    ~progress_bar();
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;

    /// Draws, a few times a second.
    void show(std::uint64_t files, std::uint64_t bytes);
    /// Takes the bar away: something else is to be written.
    void clear();

    /// Whether standard error is a terminal.
    static bool visible();

  private:
    const std::string what_;
    const std::uint64_t total_;
    const epoch_seconds begun_;
    epoch_seconds shown_ = 0;
};

/// "[####    ]": so much of it is done.
std::string bar_text(std::uint64_t done, std::uint64_t total);

/// One line: "what [####    ] 1,234 of 5,000 files, 1.2 GB, 80.0 MB/s, 3 min left"; without a
/// total "what 1,234 files, 1.2 GB, 80.0 MB/s".
std::string progress_text(const std::string& what, std::uint64_t files, std::uint64_t total,
                          std::uint64_t bytes, double seconds);

}  // namespace suprsync
