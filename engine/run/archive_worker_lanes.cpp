// How many batches the worker keeps in flight, and what each may hold.
#include <algorithm>

#include "engine/run/archive_worker.hpp"

namespace suprsync {

namespace {

constexpr std::chrono::minutes place_kept_for_small{1};
constexpr std::size_t kept_for_others = 1000;  // descriptors
constexpr std::uint64_t memory_of_a_lane = 64ull << 20;

double seconds_of(std::chrono::steady_clock::time_point time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

std::size_t archive_worker::most_batches() const {
    if (archive_.config.bwlimit || watch_.one_at_a_time()) return 1;
    return archive_.config.concurrency.value_or(lanes_.lanes());
}

std::size_t archive_worker::places() const {
    const auto lanes = most_batches();
    const bool beside_large = by_what_is_sent() && large_in_flight_ >= lanes;
    return beside_large ? std::min(lanes + 1, lane_ladder::most_lanes) : lanes;
}

bool archive_worker::by_what_is_sent() const {
    return !archive_.config.concurrency && !archive_.config.bwlimit && !watch_.one_at_a_time();
}

bool archive_worker::adapts() const { return by_what_is_sent() && more_waits_ && !running_.empty(); }

bool archive_worker::adapt_lanes() {
    if (!by_what_is_sent()) return false;
    const auto before = lanes_.lanes();
    if (archive_.environment.available_memory)
        lanes_.allow(archive_.environment.available_memory() / memory_of_a_lane + running_.size());
    lanes_.tell(seconds_of(archive_.environment.clock.steady_now()), archive_.instruments.sent_bytes,
                running_.size(), more_waits_);
    return lanes_.lanes() > before;
}

bool archive_worker::may_look() {
    const bool more_lanes = adapt_lanes();
    // What comes while so many small batches fly is looked at together.
    if (running_.size() >= places() || brief_in_flight() >= brief_at_a_time) return false;
    if (running_.size() >= most_batches() && !more_lanes && looked_at_ == archive_.changes) return false;
    looked_at_ = archive_.changes;
    return true;
}

double archive_worker::until_next_look() const {
    double wait = archive_.config.sleep_time;
    if (adapts()) wait = std::min(wait, between_looks_at_lanes);
    if (brief_in_flight() > 0) wait = std::min(wait, longest_brief);
    return wait;
}

work_query archive_worker::next_query() const {
    const auto most =
        std::min(batch_pace::most_files_in_flight, archive_.environment.open_files_of_an_archive());
    const auto of_a_batch = archive_.config.files_per_batch.value_or(batch_pace::most_files);
    work_query query;
    query.archive = archive_.config.name;
    query.now = archive_.now();
    query.limit = std::min(
        {window_, most - std::min(most, in_flight_.size()), of_a_batch * (places() - running_.size())});
    query.in_flight.assign(in_flight_.begin(), in_flight_.end());
    return query;
}

plan_limits archive_worker::limits_of_a_plan(const std::vector<candidate>& candidates) {
    auto limits = pace_.limits(archive_.config.copy_timeout);
    // What comes meanwhile finds descriptors, too.
    const auto descriptors = archive_.environment.open_files_of_an_archive() - in_flight_.size();
    limits.files_per_batch =
        std::min({limits.files_per_batch, descriptors - std::min(descriptors / 2, kept_for_others),
                  archive_.config.files_per_batch.value_or(batch_pace::most_files)});
    limits.free_slots = slots_.free(archive_.now());
    limits.in_flight = running_.size();
    limits.most_batches = places() - std::min(places(), running_.size());
    const auto now = archive_.environment.clock.steady_now();
    if (std::any_of(candidates.begin(), candidates.end(),
                    [&](const candidate& c) { return c.local.size <= limits.alone_above; }))
        small_seen_ = now;
    const bool keep_one = small_seen_ && now - *small_seen_ < place_kept_for_small;
    // By what is sent, small ones may go beside as many as are worth it.
    const bool beside = by_what_is_sent() && most_batches() < lane_ladder::most_lanes;
    const auto most_large = std::max<std::size_t>(1, most_batches() - (keep_one && !beside ? 1 : 0));
    limits.most_large = most_large - std::min(most_large, large_in_flight_);
    limits.most_brief = brief_at_a_time - std::min(brief_at_a_time, brief_in_flight());
    return limits;
}

std::size_t archive_worker::brief_in_flight() const {
    const auto now = archive_.environment.clock.steady_now();
    return static_cast<std::size_t>(
        std::count_if(running_.begin(), running_.end(), [&](const batch_run* run) {
            return run->work().brief &&
                   std::chrono::duration<double>(now - run->begun()).count() < longest_brief;
        }));
}

// What is compared is read before it is sent: it tells nothing of the link.
void archive_worker::learn(const batch_run& run, const batch_result& result) {
    const auto& work = run.work();
    if (work.mode != stage_mode::resume || result.sent == 0) return;
    if (result.error && result.error->code != failure_code::timed_out) return;
    const std::chrono::duration<double> took = archive_.environment.clock.steady_now() - run.begun();
    pace_.took({work.files.size(), result.sent, took.count(), running_.size()});
}

}  // namespace suprsync
