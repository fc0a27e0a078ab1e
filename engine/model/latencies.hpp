// Counts durations of any size, from a millisecond to years, so that their quantiles are known within a
// tenth; what two spans counted can be added and taken apart again, which quantiles cannot.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace suprsync {

/// Each part holds durations up to a fifth longer than its shortest one.
class latencies {
  public:
    /// Seconds; what is shorter than a millisecond (or negative, by a clock that was set) counts as that.
    void observe(double seconds, std::uint64_t times = 1);
    void add(const latencies& other);
    /// What was observed after `earlier`, an earlier state of this; all of it where that is none.
    latencies since(const latencies& earlier) const;

    std::uint64_t count() const { return count_; }
    /// What this part (0 to 1) of the durations took at most (s), within a tenth; none where there are none.
    std::optional<double> quantile(double part) const;

    /// "40:3 41:12": parts by their number, and how many fell into each.
    std::string text() const;
    /// What cannot be read is left out.
    static latencies read(std::string_view text);

    bool operator==(const latencies&) const = default;

  private:
    std::map<int, std::uint64_t> counts_;  // by part; none is 0
    std::uint64_t count_ = 0;
};

}  // namespace suprsync
