#include "net/place/pace.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/model/option_words.hpp"

namespace suprsync {

namespace {

constexpr double longest_sleep = 0.1;  // s; then it is looked whether to stop

}  // namespace

double pace::now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::uint64_t pace::wait_for(std::uint64_t most, work_watch& watch) {
    std::uint64_t piece = 0;
    double wait = 0;
    {
        const std::lock_guard lock(mutex_);
        piece = bucket_.piece(most);
        wait = bucket_.take(piece, now());
    }
    for (; wait > 0 && !watch.stop; wait -= longest_sleep) {
        std::this_thread::sleep_for(std::chrono::duration<double>(std::min(wait, longest_sleep)));
        watch.alive();
    }
    return watch.stop ? 0 : piece;
}

void pace::set_rate(double rate) {
    const std::lock_guard lock(mutex_);
    bucket_.set_rate(rate, now());
}

std::shared_ptr<pace> archive_paces::of(const archive_configuration& archive) {
    const auto rate = static_cast<double>(archive.bwlimit ? bytes_of_rate(*archive.bwlimit).value_or(0) : 0);
    auto& known = paces_[archive.name];
    auto found = known.lock();
    if (found)
        found->set_rate(rate);
    else
        known = found = std::make_shared<pace>(rate);
    return found;
}

}  // namespace suprsync
