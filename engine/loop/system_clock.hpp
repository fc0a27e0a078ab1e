// The real clock.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "engine/loop/clock.hpp"

namespace suprsync {

class system_clock final : public clock {
  public:
    explicit system_clock(boost::asio::any_io_executor executor);
    epoch_seconds now() const override;
    std::chrono::steady_clock::time_point steady_now() const override;
    boost::asio::awaitable<void> sleep_for(std::chrono::nanoseconds duration) override;

  private:
    boost::asio::any_io_executor executor_;
};

}  // namespace suprsync
