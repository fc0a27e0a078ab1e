#include "engine/rules/planner.hpp"

#include <algorithm>
#include <limits>

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

std::uint64_t work_of(const candidate& c) { return c.local.size + cost_of_a_file; }

// What one batch is to take so that the work is the same for all that may start.
std::uint64_t share_of(const std::vector<candidate>& candidates, const plan_limits& limits) {
    std::uint64_t all = 0;
    for (const auto& c : candidates)
        if (c.local.size <= limits.bytes_per_batch) all += work_of(c);
    const auto parts = std::clamp<std::uint64_t>(all / std::max<std::uint64_t>(1, limits.least_share), 1,
                                                 std::max<std::size_t>(1, limits.most_batches));
    return (all + parts - 1) / parts;
}

class packer {
  public:
    packer(const plan_limits& limits, std::uint64_t share)
        : limits_(limits), share_(share), free_(limits.free_slots) {}

    bool place(candidate& c) {
        const bool large = c.local.size > limits_.bytes_per_batch;
        if (!large && join_open_batch(c, share_)) return true;
        if (open_batch(c, large)) return true;
        return !large && join_open_batch(c, std::numeric_limits<std::uint64_t>::max());
    }

    std::vector<batch> take() { return std::move(batches_); }

  private:
    bool join_open_batch(candidate& c, std::uint64_t share) {
        for (auto& open : batches_) {
            if (open.bytes + open.files.size() * cost_of_a_file + work_of(c) > share) continue;
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
        opened.files.push_back(std::move(c));
        free_.erase(slot);
        large_ += large ? 1 : 0;
        batches_.push_back(std::move(opened));
        return true;
    }

    const plan_limits& limits_;
    const std::uint64_t share_;
    std::vector<int> free_;
    std::vector<batch> batches_;
    std::size_t large_ = 0;
};

}  // namespace

plan plan_batches(std::vector<candidate> candidates, const plan_limits& limits) {
    plan made;
    packer pack(limits, share_of(candidates, limits));
    for (auto& c : candidates)
        if (!pack.place(c)) ++made.left;
    made.batches = pack.take();
    return made;
}

}  // namespace suprsync
