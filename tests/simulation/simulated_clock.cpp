#include "tests/simulation/simulated_clock.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>
#include <map>

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

constexpr auto as_answer = asio::as_tuple(asio::use_awaitable);
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

// Its timer never expires: it is cancelled when its time has come.
struct simulated_clock::sleeper {
    explicit sleeper(asio::io_context& loop) : woken(loop, asio::steady_timer::time_point::max()) {}
    asio::steady_timer woken;
};

struct simulated_clock::bed {
    std::multimap<std::chrono::nanoseconds, std::shared_ptr<sleeper>>
        sleepers;  // equal keys keep their order

    void leave(const std::shared_ptr<sleeper>& who) {
        std::erase_if(sleepers, [&](const auto& entry) { return entry.second == who; });
    }
};

simulated_clock::simulated_clock(asio::io_context& loop, machine_time& machine, random chance,
                                 double longest_nap)
    : loop_(loop),
      machine_(machine),
      random_(chance),
      longest_nap_(longest_nap),
      bed_(std::make_shared<bed>()) {}

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
    struct rest {
        std::shared_ptr<bed> in;
        std::shared_ptr<sleeper> who;
        ~rest() { in->leave(who); }
    };
    if (std::find(naps.begin(), naps.end(), duration) != naps.end()) {
        const auto seconds = std::chrono::duration<double>(duration).count();
        duration = nanoseconds_of(random_.between(seconds, std::max(seconds, longest_nap_)));
    }
    // Time goes on whatever is done: a wait for less than the clock can tell would last for ever.
    duration = std::clamp<std::chrono::nanoseconds>(duration, shortest, latest);
    const rest here{bed_, std::make_shared<sleeper>(loop_)};
    bed_->sleepers.emplace(machine_.elapsed + duration, here.who);
    co_await here.who->woken.async_wait(as_answer);
}

std::optional<std::chrono::nanoseconds> simulated_clock::next() const {
    if (held_ || bed_->sleepers.empty()) return std::nullopt;
    return bed_->sleepers.begin()->first;
}

bool simulated_clock::wake_one() {
    const auto first = bed_->sleepers.begin();
    if (held_ || first == bed_->sleepers.end() || first->first > machine_.elapsed) return false;
    const auto who = first->second;
    bed_->sleepers.erase(first);
    who->woken.cancel();
    return true;
}

std::size_t simulated_clock::sleepers() const { return bed_->sleepers.size(); }

commit_clock::commit_clock(asio::io_context& loop, simulated_clock& time)
    : time_(time), committed_(loop, asio::steady_timer::time_point::max()) {}

asio::awaitable<void> commit_clock::sleep_for(std::chrono::nanoseconds duration) {
    using namespace asio::experimental::awaitable_operators;
    co_await (time_.sleep_for(duration) || committed_.async_wait(as_answer));
}

void commit_clock::committed() { committed_.cancel(); }

}  // namespace suprsync::simulation
