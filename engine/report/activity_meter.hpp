// What an archive is doing, in figures for /status: rates over the last ten seconds, the last minute and the
// last quarter of an hour.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace suprsync {

class activity_meter {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds window{10};
    static constexpr std::chrono::seconds minute{60};
    static constexpr std::chrono::seconds quarter{900};

    void sent(time_point now, std::uint64_t bytes) { add({now, bytes, 0}); }
    void verified(time_point now, std::uint64_t files) { add({now, 0, files}); }

    /// Means over the last `window`, `minute` or `quarter`. Of the longer ones, over the time since the first
    /// bytes or files where that is shorter: a start is no slow time.
    double bytes_per_second(time_point now, std::chrono::seconds over = window);
    double files_per_second(time_point now, std::chrono::seconds over = window);

  private:
    struct sample {
        time_point at;
        std::uint64_t bytes;
        std::uint64_t files;
    };
    struct track {
        std::chrono::seconds window;
        std::chrono::milliseconds between;  // one sample in such a time at most
        std::deque<sample> samples{};
        std::uint64_t bytes = 0;  // sums over samples
        std::uint64_t files = 0;

        void add(const sample& s);
        void forget_before(time_point oldest);
    };
    void add(const sample& s);
    track& track_of(std::chrono::seconds over);
    double per_second(std::uint64_t amount, time_point now, std::chrono::seconds over) const;

    std::array<track, 3> tracks_{track{window, std::chrono::milliseconds(100)},
                                 track{minute, std::chrono::seconds(1)},
                                 track{quarter, std::chrono::seconds(10)}};
    std::optional<time_point> begun_;
};

}  // namespace suprsync
