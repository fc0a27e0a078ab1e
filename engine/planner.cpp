#include "engine/planner.hpp"

#include <algorithm>

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

class packer {
  public:
    explicit packer(const plan_limits& limits) : limits_(limits), free_(limits.free_slots) {}

    bool place(candidate& c) {
        const bool large = c.local.size > limits_.bytes_per_batch;
        if (!large && join_open_batch(c)) return true;
        return open_batch(c, large);
    }

    std::vector<batch> take() { return std::move(batches_); }

  private:
    bool join_open_batch(candidate& c) {
        for (auto& open : batches_) {
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
    std::vector<int> free_;
    std::vector<batch> batches_;
    std::size_t large_ = 0;
};

}  // namespace

plan plan_batches(std::vector<candidate> candidates, const plan_limits& limits) {
    plan made;
    packer pack(limits);
    for (auto& c : candidates)
        if (!pack.place(c)) ++made.left;
    made.batches = pack.take();
    return made;
}

}  // namespace suprsync
