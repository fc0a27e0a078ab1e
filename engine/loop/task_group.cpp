#include "engine/loop/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>

#include "engine/loop/as_value.hpp"

namespace asio = boost::asio;

namespace suprsync {

struct task_group::state {
    explicit state(const asio::any_io_executor& executor)
        : ended(executor, asio::steady_timer::time_point::max()) {}
    std::size_t running = 0;
    std::exception_ptr first_error;
    asio::steady_timer ended;  // never expires: cancelled when a task ends
};

task_group::task_group(asio::any_io_executor executor)
    : state_(std::make_shared<state>(executor)), executor_(std::move(executor)) {}

task_group::~task_group() = default;

void task_group::spawn(asio::awaitable<void> task) {
    ++state_->running;
    asio::co_spawn(executor_, std::move(task), [s = state_](std::exception_ptr error) {
        --s->running;
        if (error && !s->first_error) s->first_error = error;
        s->ended.cancel();
    });
}

std::size_t task_group::running() const { return state_->running; }

asio::awaitable<void> task_group::join() {
    const auto s = state_;
    while (s->running > 0) co_await s->ended.async_wait(as_value);
    if (s->first_error) std::rethrow_exception(std::exchange(s->first_error, nullptr));
}

}  // namespace suprsync
