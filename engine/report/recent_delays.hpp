// How long files took from their registration to being verified, over the last hour: a count for each size
// and minute, so that it takes the same little memory however many they are.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace suprsync {

class recent_delays {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::minutes window{60};

    /// Of one file, in s.
    void observe(time_point now, double seconds);

    /// The `q`-quantile over the last hour, a minute more or less, to a tenth of its value; none where
    /// nothing was verified.
    std::optional<double> quantile(time_point now, double q) const;

    /// What of it a length is counted by: 0.1 s to 90 d, each a tenth longer than the one before.
    static const std::vector<double>& bounds();

  private:
    struct minute {
        std::chrono::minutes at;
        std::vector<std::uint64_t> counts;
    };
    std::deque<minute> minutes_;
};

}  // namespace suprsync
