// Checks, once a second, what concerns the daemon as a whole and no coroutine meets by itself: a database
// that others keep locked, disks that are nearly full, files that nobody serves, conditions that end with
// time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>
#include <string>

#include "engine/rules/archive_names.hpp"
#include "engine/run/served_archive.hpp"

namespace suprsync {

class housekeeper {
  public:
    /// The configuration is read anew each time: a reload changes it.
    housekeeper(environment& environment, served_archives& archives,
                const daemon_configuration& configuration)
        : environment_(environment),
          archives_(archives),
          configuration_(configuration),
          wake_(environment.executor),
          ask_wake_(environment.executor) {}

    /// Runs until stop(), and waits for nobody: that the database is locked is told while it is.
    boost::asio::awaitable<void> run();
    /// Asks the catalog and the disks, which may take their time. Runs until stop().
    boost::asio::awaitable<void> ask();
    /// Files that wait for a daemon that is not there, as of the last look.
    std::int64_t unserved_registrations() const { return unserved_.files(); }
    /// Tells whether the clock is believed, and whose clocks differ; it does so once a second, too.
    void check_clock();
    void stop() {
        stopping_ = true;
        wake_.notify();
        ask_wake_.notify();
    }

  private:
    void check_lock();
    void end_back_dated();
    void end_replaced();
    boost::asio::awaitable<void> check_writing();
    boost::asio::awaitable<void> check_space();
    boost::asio::awaitable<bool> check_unserved();
    boost::asio::awaitable<std::set<std::string>> places();

    environment& environment_;
    served_archives& archives_;
    const daemon_configuration& configuration_;
    wake wake_, ask_wake_;
    unserved_archives unserved_;
    bool stopping_ = false;
};

}  // namespace suprsync
