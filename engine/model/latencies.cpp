#include "engine/model/latencies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr double shortest = 0.001;  // s
constexpr double parts_per_octave = 4;
constexpr int last_part = 160;  // over 30 years

int part_of(double seconds) {
    if (!(seconds > shortest)) return 0;
    return static_cast<int>(std::min<double>(last_part, std::log2(seconds / shortest) * parts_per_octave));
}

double middle_of(int part) { return shortest * std::exp2((part + 0.5) / parts_per_octave); }

}  // namespace

void latencies::observe(double seconds, std::uint64_t times) {
    if (times == 0) return;
    counts_[part_of(seconds)] += times;
    count_ += times;
}

void latencies::add(const latencies& other) {
    for (const auto& [part, times] : other.counts_) counts_[part] += times;
    count_ += other.count_;
}

latencies latencies::since(const latencies& earlier) const {
    latencies newer;
    for (const auto& [part, times] : counts_) {
        const auto before = earlier.counts_.find(part);
        const auto seen = before == earlier.counts_.end() ? 0 : before->second;
        if (seen > times) return *this;
        if (times == seen) continue;
        newer.counts_.emplace(part, times - seen);
        newer.count_ += times - seen;
    }
    return newer.count_ + earlier.count_ == count_ ? newer : *this;
}

std::optional<double> latencies::quantile(double part) const {
    if (count_ == 0) return std::nullopt;
    const auto wanted = std::max(1.0, std::ceil(part * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (const auto& [number, times] : counts_) {
        seen += times;
        if (static_cast<double>(seen) >= wanted) return middle_of(number);
    }
    return middle_of(std::prev(counts_.end())->first);
}

std::string latencies::text() const {
    std::string written;
    for (const auto& [part, times] : counts_)
        written += fmt::format("{}{}:{}", written.empty() ? "" : " ", part, times);
    return written;
}

latencies latencies::read(std::string_view text) {
    latencies all;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto part = take_number<int>(word);
        if (!part || *part < 0 || *part > last_part || !word.starts_with(':')) continue;
        const auto times = read_number<std::uint64_t>(word.substr(1), 1);
        if (!times) continue;
        all.counts_[*part] += *times;
        all.count_ += *times;
    }
    return all;
}

}  // namespace suprsync
