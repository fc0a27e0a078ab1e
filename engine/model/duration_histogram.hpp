// Counts durations by size, in the form that Prometheus' histograms have: a few numbers, however many
// durations were seen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace suprsync {

class duration_histogram {
  public:
    /// Upper bounds (s, inclusive) for what takes the time of a process, and of a question to the catalog.
    inline static const std::vector<double> of_processes{0.1, 0.25, 0.5, 1,   2.5, 5,
                                                         10,  30,   60,  300, 900, 3600};
    inline static const std::vector<double> of_catalog{0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05,
                                                       0.1,    0.25,   1,     5,     30};

    explicit duration_histogram(std::vector<double> bounds)
        : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

    void observe(double seconds) {
        const auto place = std::lower_bound(bounds_.begin(), bounds_.end(), seconds) - bounds_.begin();
        ++counts_[static_cast<std::size_t>(place)];
        ++count_;
        sum_ += seconds;
    }

    const std::vector<double>& bounds() const { return bounds_; }
    /// How many fell into each part: up to the first bound, from there to the second, ... over the last.
    const std::vector<std::uint64_t>& counts() const { return counts_; }
    std::uint64_t count() const { return count_; }
    double sum() const { return sum_; }

  private:
    std::vector<double> bounds_;
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
};

}  // namespace suprsync
