#include "tests/simulation/simulated_clock.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

// Between two looks at something, in the engine: whoever sleeps so long could as well sleep for longer.
constexpr std::array<std::chrono::seconds, 5> naps = {std::chrono::seconds(1), std::chrono::seconds(5),
                                                      std::chrono::seconds(10), std::chrono::seconds(60),
                                                      std::chrono::seconds(300)};
constexpr std::chrono::nanoseconds shortest = std::chrono::microseconds(1);
constexpr std::chrono::nanoseconds latest = std::chrono::hours(24 * 365 * 100);

}  // namespace

std::chrono::nanoseconds nanoseconds_of(double seconds) {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(std::llround(seconds * 1e9)));
}

simulated_clock::simulated_clock(asio::io_context& loop, machine_time& machine, random chance,
                                 double longest_nap)
    : machine_(machine), random_(chance), longest_nap_(longest_nap), sleepers_(loop) {}

std::chrono::steady_clock::time_point simulated_clock::steady_now() const {
    // Not near the epoch: differences with the past stay positive.
    return std::chrono::steady_clock::time_point(std::chrono::hours(1000) + machine_.elapsed);
}

clock_reading simulated_clock::reading() const {
    const double since_start =
        1000 + std::chrono::duration<double>(machine_.elapsed - machine_.started_at).count();
    return {"start-" + std::to_string(machine_.start), since_start, now() - since_start,
            machine_.synchronized};
}

asio::awaitable<void> simulated_clock::sleep_for(std::chrono::nanoseconds duration) {
    if (std::find(naps.begin(), naps.end(), duration) != naps.end()) {
        const auto seconds = std::chrono::duration<double>(duration).count();
        duration = nanoseconds_of(random_.between(seconds, std::max(seconds, longest_nap_)));
    }
    // Time goes on whatever is done: a wait for less than the clock can tell would last for ever.
    duration = std::clamp<std::chrono::nanoseconds>(duration, shortest, latest);
    co_await sleepers_.sleep_until(machine_.elapsed + duration);
}

std::optional<std::chrono::nanoseconds> simulated_clock::next() const {
    return held_ ? std::nullopt : sleepers_.next();
}

bool simulated_clock::wake_one() {
    const auto first = next();
    if (!first || *first > machine_.elapsed) return false;
    sleepers_.wake_first();
    return true;
}

std::size_t simulated_clock::sleepers() const { return sleepers_.count(); }

commit_clock::commit_clock(asio::io_context& loop, simulated_clock& time)
    : time_(time), committed_(loop, asio::steady_timer::time_point::max()) {}

asio::awaitable<void> commit_clock::sleep_for(std::chrono::nanoseconds duration) {
    using namespace asio::experimental::awaitable_operators;
    co_await (time_.sleep_for(duration) || committed_.async_wait(asio::as_tuple(asio::use_awaitable)));
}

void commit_clock::committed() { committed_.cancel(); }

}  // namespace suprsync::simulation
