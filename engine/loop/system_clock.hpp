// The real clock.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "engine/loop/as_value.hpp"
#include "engine/loop/clock.hpp"
#include "engine/loop/machine_clock.hpp"
#include "engine/loop/this_machine.hpp"

namespace suprsync {

class system_clock final : public clock {
  public:
    explicit system_clock(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    epoch_seconds now() const override { return wall_clock(); }
    std::chrono::steady_clock::time_point steady_now() const override {
        return std::chrono::steady_clock::now();
    }
    clock_reading reading() const override { return read_machine_clock(); }
    boost::asio::awaitable<void> sleep_for(std::chrono::nanoseconds duration) override {
        boost::asio::steady_timer timer(
            executor_, std::chrono::duration_cast<std::chrono::steady_clock::duration>(duration));
        co_await timer.async_wait(as_value);
    }

  private:
    boost::asio::any_io_executor executor_;
};

}  // namespace suprsync
