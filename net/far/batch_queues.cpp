#include "net/far/batch_queues.hpp"

#include <string>
#include <utility>
#include <vector>

namespace suprsync::far {

namespace {

constexpr std::size_t most_waiting_bytes = 3 << 20;
constexpr std::size_t most_waiting_messages = 4096;

}  // namespace

/// One thread at a time works its messages off.
struct batch_queues::queued_batch {
    queued_batch(std::shared_ptr<const base_directory> place, std::uint32_t number,
                 received_batch::answerer answer)
        : batch(std::move(place), number, std::move(answer)) {}
    received_batch batch;
    std::deque<message> queue;
    bool at_work = false;
};

void batch_queues::await_room(std::size_t bytes) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] {
        return waiting_messages_ == 0 ||
               (waiting_bytes_ + bytes <= most_waiting_bytes && waiting_messages_ < most_waiting_messages);
    });
    waiting_bytes_ += bytes;
    ++waiting_messages_;
}

void batch_queues::work_off(const std::shared_ptr<queued_batch>& b) {
    while (true) {
        message m;
        {
            const std::lock_guard lock(mutex_);
            if (ending_) break;
            if (b->queue.empty()) {
                b->at_work = false;
                return;
            }
            m = std::move(b->queue.front());
            b->queue.pop_front();
        }
        const bool good = b->batch.take(m);
        const std::lock_guard lock(mutex_);
        if (!good) broken_ = true;
        waiting_bytes_ -= m.bytes.size();
        --waiting_messages_;
        room_.notify_all();
    }
    b->batch.leave();
}

std::shared_ptr<batch_queues::queued_batch> batch_queues::batch_of(std::uint32_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = batches_.find(number);
    return found == batches_.end() ? nullptr : found->second;
}

// Whoever has been told to end it may have had some on its way; a question gets its answer.
bool batch_queues::of_no_batch(const message& m) {
    const auto why = received_batch::has_not_begun();
    if (m.what == kind::open) answer_(m.what, m.request, encode(open_answer{why, {}}));
    if (m.what == kind::sums) answer_(m.what, m.request, encode(result<std::vector<std::string>>(why)));
    if (m.what == kind::end) answer_(m.what, m.request, encode(batch_answer{why, {}}));
    return true;
}

// The number of a batch is that of the question that began it; what speaks of one names it first.
bool batch_queues::take(message m, std::shared_ptr<const base_directory> place) {
    std::uint32_t number = m.request;
    if (m.what != kind::begin) {
        wire_reader r(m.bytes);
        r.number(number);
        if (!r.good()) return false;
    }
    auto b = batch_of(number);
    if (!b && m.what != kind::begin) return of_no_batch(m);
    if (!b && !place) return false;
    await_room(m.bytes.size());
    if (!b) b = std::make_shared<queued_batch>(std::move(place), number, answer_);
    const std::lock_guard lock(mutex_);
    if (broken_) return false;
    batches_[number] = b;
    if (m.what == kind::end) batches_.erase(number);
    b->queue.push_back(std::move(m));
    if (!std::exchange(b->at_work, true)) pool_.run([this, b] { work_off(b); });
    return true;
}

void batch_queues::cancel(std::uint32_t number) {
    if (const auto b = batch_of(number)) b->batch.watch.stop = true;
}

void batch_queues::end_all() {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const auto& [number, b] : batches_) {
        b->batch.watch.stop = true;
        if (!b->at_work) pool_.run([left = b] { left->batch.leave(); });
    }
}

}  // namespace suprsync::far
