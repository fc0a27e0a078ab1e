#include "engine/rules/planner.hpp"

#include <algorithm>
#include <utility>

namespace suprsync {

namespace {

// What files of one batch must have in common.
struct kind {
    stage_mode mode;
    bool finalization;
    bool operator==(const kind&) const = default;
};

kind kind_of(const candidate& c) {
    return {c.item.compare ? stage_mode::compare : stage_mode::resume, c.item.finalization};
}

bool is_large(const candidate& c, const plan_limits& limits) { return c.local.size > limits.alone_above; }

// Those of one size stay in their order.
std::vector<candidate> small_first(std::vector<candidate> files) {
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    order.reserve(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) order.emplace_back(files[i].local.size, i);
    if (std::is_sorted(order.begin(), order.end())) return files;
    std::sort(order.begin(), order.end());
    std::vector<candidate> sorted;
    sorted.reserve(files.size());
    for (const auto& [size, at] : order) sorted.push_back(std::move(files[at]));
    return sorted;
}

class packer {
  public:
    packer(const std::vector<candidate>& candidates, const plan_limits& limits)
        : limits_(limits), free_(limits.free_slots) {
        std::uint64_t bytes = 0, work = 0, files = 0;
        for (const auto& c : candidates) {
            if (is_large(c, limits)) continue;
            bytes += c.local.size;
            work += work_of(c);
            ++files;
        }
        const auto by_files = std::min<std::uint64_t>(files / std::max<std::size_t>(1, limits.least_files),
                                                      limits.most_shares_of_files);
        const auto by_bytes =
            bytes < files * limits.small_average ? 0 : bytes / std::max<std::uint64_t>(1, limits.least_share);
        const auto parts = std::clamp<std::uint64_t>(std::max(by_bytes, by_files), 1,
                                                     std::max<std::size_t>(1, limits.most_batches));
        share_ = (work + parts - 1) / parts;
        most_work_ = limits.work_per_batch;
        const auto together = limits.in_flight + parts;
        if (together > limits.measured_together)
            most_work_ = static_cast<std::uint64_t>(static_cast<double>(most_work_) *
                                                    static_cast<double>(limits.measured_together) /
                                                    static_cast<double>(together));
    }

    bool place(candidate& c) {
        const bool large = is_large(c, limits_);
        if (!large && join_open_batch(c, share_)) return true;
        if (open_batch(c, large)) return true;
        return !large && join_open_batch(c, most_work_);
    }

    // What is not started is left.
    std::vector<batch> take(std::size_t& left) {
        std::size_t brief = 0;
        std::erase_if(batches_, [&](batch& b) {
            b.brief = is_brief(b);
            if (!b.brief || ++brief <= limits_.most_brief) return false;
            left += b.files.size();
            return true;
        });
        for (auto& b : batches_) b.files = small_first(std::move(b.files));
        return std::move(batches_);
    }

  private:
    std::uint64_t work_of(const candidate& c) const { return c.local.size + limits_.cost_of_a_file; }

    std::uint64_t work_of(const batch& b) const { return b.bytes + b.files.size() * limits_.cost_of_a_file; }

    bool is_brief(const batch& b) const {
        const bool worth_it =
            b.bytes >= limits_.least_share && b.bytes >= b.files.size() * limits_.small_average;
        return !b.large && !b.files.front().item.finalization && !worth_it;
    }

    bool join_open_batch(candidate& c, std::uint64_t share) {
        for (auto& open : batches_) {
            if (open.large || work_of(open) + work_of(c) > std::min(share, most_work_)) continue;
            if (open.files.size() >= limits_.files_per_batch ||
                open.bytes + c.local.size > limits_.bytes_per_batch)
                continue;
            if (kind_of(open.files.front()) != kind_of(c)) continue;
            if (c.staged_in && *c.staged_in != open.slot) continue;
            open.bytes += c.local.size;
            open.files.push_back(std::move(c));
            return true;
        }
        return false;
    }

    bool open_batch(candidate& c, bool large) {
        if (batches_.size() >= limits_.most_batches) return false;
        if (large && large_ >= limits_.most_large) return false;
        const auto slot = c.staged_in ? std::find(free_.begin(), free_.end(), *c.staged_in) : free_.begin();
        if (slot == free_.end()) return false;
        batch opened;
        opened.slot = *slot;
        opened.mode = kind_of(c).mode;
        opened.bytes = c.local.size;
        opened.large = large;
        opened.files.push_back(std::move(c));
        free_.erase(slot);
        large_ += large ? 1 : 0;
        batches_.push_back(std::move(opened));
        return true;
    }

    const plan_limits& limits_;
    std::uint64_t share_ = 0;
    std::uint64_t most_work_ = 0;
    std::vector<int> free_;
    std::vector<batch> batches_;
    std::size_t large_ = 0;
};

}  // namespace

plan plan_batches(std::vector<candidate> candidates, const plan_limits& limits) {
    plan made;
    packer pack(candidates, limits);
    for (auto& c : candidates)
        if (!pack.place(c)) ++made.left;
    made.batches = pack.take(made.left);
    return made;
}

}  // namespace suprsync
