// Tells when the database's write-ahead log is written: every commit of anybody writes it, and the kernel
// says so (inotify). Somebody who waits need not look ten times a second whether there is anything new.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>

namespace suprsync {

/// On the loop thread; one waiter at a time.
class log_watch {
  public:
    log_watch(const boost::asio::any_io_executor& loop, const std::filesystem::path& database);

    /// Returns true when the log has been written since the last call, ten times a second at most; false,
    /// after a second, where it cannot be watched (there is none yet, or the kernel's limit is reached), and
    /// after stop(). The commit that is being written may become visible a little later.
    boost::asio::awaitable<bool> wait();
    /// Whether wait() would tell of what is written now.
    bool works() const { return works_; }
    void stop();

  private:
    bool watch();

    const std::filesystem::path log_;
    boost::asio::posix::stream_descriptor events_;
    boost::asio::steady_timer rest_;
    bool works_ = false;
    bool stopped_ = false;
};

}  // namespace suprsync
