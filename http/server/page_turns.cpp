#include "http/server/page_turns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<page_turns::turn> page_turns::take() {
    if (at_work_ < at_once_) {
        ++at_work_;
        co_return turn(this);
    }
    if (waiting_.size() >= most_waiting_) co_return turn();
    asio::steady_timer called(executor_, asio::steady_timer::time_point::max());
    waiting_.push_back(&called);
    co_await called.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return turn(this);
}

// The next one goes in for this one.
void page_turns::end_one() {
    if (waiting_.empty()) {
        --at_work_;
        return;
    }
    auto* next = waiting_.front();
    waiting_.pop_front();
    next->cancel();
}

}  // namespace suprsync
