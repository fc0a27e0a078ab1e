// Notices that the guardian has ended, also while nothing else goes on, and starts another one: a daemon
// without a guardian would leave its connections behind when it is killed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "net/process/guardian.hpp"

namespace suprsync {

class guardian_keeper {
  public:
    /// `report` is given a line for the log for each guardian that was replaced, or could not be.
    guardian_keeper(boost::asio::any_io_executor executor, guardian& kept,
                    std::function<void(const std::string&)> report);

    /// Until stop(). Where none can be started, it is tried again each minute.
    boost::asio::awaitable<void> run();
    void stop();

  private:
    guardian& kept_;
    std::function<void(const std::string&)> report_;
    boost::asio::posix::stream_descriptor its_end_;
    boost::asio::steady_timer again_;
    bool stopped_ = false;
};

}  // namespace suprsync
