#include "tests/support/manual_clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>

namespace asio = boost::asio;

namespace suprsync::test {

void settle(asio::io_context& loop) {
    do loop.restart();
    while (loop.poll() > 0);
}

void result_of(asio::io_context& loop, asio::awaitable<void> task) {
    result_of(loop, [](asio::awaitable<void> inner) -> asio::awaitable<bool> {
        co_await std::move(inner);
        co_return true;
    }(std::move(task)));
}

// One waiting coroutine. Its timer never expires: it is cancelled when its time has come.
struct manual_clock::sleeper {
    explicit sleeper(asio::io_context& loop) : woken(loop, asio::steady_timer::time_point::max()) {}
    asio::steady_timer woken;
};

struct manual_clock::bed {
    std::multimap<std::chrono::nanoseconds, std::shared_ptr<sleeper>>
        sleepers;  // equal keys keep their order

    void leave(const std::shared_ptr<sleeper>& who) {
        std::erase_if(sleepers, [&](const auto& entry) { return entry.second == who; });
    }
};

manual_clock::manual_clock(asio::io_context& loop, epoch_seconds start)
    : loop_(loop), bed_(std::make_shared<bed>()), wall_start_(start) {}

epoch_seconds manual_clock::now() const {
    return wall_start_ + std::chrono::duration<double>(elapsed_).count();
}

std::chrono::steady_clock::time_point manual_clock::steady_now() const {
    // Not near the epoch: differences with the past stay positive.
    return std::chrono::steady_clock::time_point(std::chrono::hours(1000) + elapsed_);
}

clock_reading manual_clock::reading() const {
    const double since_start = 1000 + std::chrono::duration<double>(elapsed_).count();
    return {"this-start", since_start, now() - since_start, synchronized};
}

asio::awaitable<void> manual_clock::sleep_for(std::chrono::nanoseconds duration) {
    if (duration.count() <= 0) {
        co_await asio::post(loop_, asio::use_awaitable);
        co_return;
    }
    struct rest {
        std::shared_ptr<bed> in;
        std::shared_ptr<sleeper> who;
        ~rest() { in->leave(who); }
    };
    constexpr std::chrono::nanoseconds latest = std::chrono::hours(24 * 365 * 100);
    const rest here{bed_, std::make_shared<sleeper>(loop_)};
    bed_->sleepers.emplace(elapsed_ + std::min(duration, latest), here.who);
    co_await here.who->woken.async_wait(asio::as_tuple(asio::use_awaitable));
}

void manual_clock::advance(double seconds) {
    const auto target =
        elapsed_ + std::chrono::nanoseconds(static_cast<std::int64_t>(std::llround(seconds * 1e9)));
    settle(loop_);
    for (auto first = bed_->sleepers.begin(); first != bed_->sleepers.end() && first->first <= target;
         first = bed_->sleepers.begin()) {
        elapsed_ = std::max(elapsed_, first->first);
        const auto who = first->second;
        bed_->sleepers.erase(first);
        who->woken.cancel();
        settle(loop_);
    }
    elapsed_ = target;
}

void manual_clock::slip(double seconds) {
    elapsed_ += std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
}

void manual_clock::set_wall(epoch_seconds now) {
    wall_start_ = now - std::chrono::duration<double>(elapsed_).count();
}

std::size_t manual_clock::sleepers() const { return bed_->sleepers.size(); }

std::optional<double> manual_clock::next() const {
    if (bed_->sleepers.empty()) return std::nullopt;
    return std::chrono::duration<double>(bed_->sleepers.begin()->first - elapsed_).count();
}

}  // namespace suprsync::test
