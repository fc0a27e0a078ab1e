// What an archive is doing, in figures for /status: files and bytes in flight, and rates over the last ten
// seconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace suprsync {

class activity_meter {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds window{10};

    void sent(time_point now, std::uint64_t bytes) { add({now, bytes, 0}); }
    void verified(time_point now, std::uint64_t files) { add({now, 0, files}); }

    double bytes_per_second(time_point now);
    double files_per_second(time_point now);

  private:
    struct sample {
        time_point at;
        std::uint64_t bytes;
        std::uint64_t files;
    };
    void add(sample s);
    void forget_before(time_point oldest);
    std::deque<sample> samples_;  // one per 100 ms at most
    std::uint64_t bytes_ = 0;     // sums over samples_
    std::uint64_t files_ = 0;
};

}  // namespace suprsync
