#include "tests/support/sleepers.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>

namespace asio = boost::asio;

namespace suprsync::test {

// Its timer never expires: it is cancelled when its time has come.
struct sleepers::sleeper {
    explicit sleeper(asio::io_context& loop) : woken(loop, asio::steady_timer::time_point::max()) {}
    asio::steady_timer woken;
};

struct sleepers::bed {
    std::multimap<std::chrono::nanoseconds, std::shared_ptr<sleeper>> by_time;  // equal keys keep their order

    void leave(const std::shared_ptr<sleeper>& who) {
        std::erase_if(by_time, [&](const auto& entry) { return entry.second == who; });
    }
};

sleepers::sleepers(asio::io_context& loop) : loop_(loop), bed_(std::make_shared<bed>()) {}

asio::awaitable<void> sleepers::sleep_until(std::chrono::nanoseconds time) {
    struct rest {
        std::shared_ptr<bed> in;
        std::shared_ptr<sleeper> who;
        ~rest() { in->leave(who); }
    };
    const rest here{bed_, std::make_shared<sleeper>(loop_)};
    bed_->by_time.emplace(time, here.who);
    co_await here.who->woken.async_wait(asio::as_tuple(asio::use_awaitable));
}

std::optional<std::chrono::nanoseconds> sleepers::next() const {
    if (bed_->by_time.empty()) return std::nullopt;
    return bed_->by_time.begin()->first;
}

void sleepers::wake_first() {
    const auto first = bed_->by_time.begin();
    const auto who = first->second;
    bed_->by_time.erase(first);
    who->woken.cancel();
}

std::size_t sleepers::count() const { return bed_->by_time.size(); }

}  // namespace suprsync::test
