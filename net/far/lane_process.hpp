// A `suprsync far-side` at the destination and the lane to it: an ssh of its own over the connection that
// everything shares.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/far/lane.hpp"
#include "net/place/work_threads.hpp"
#include "net/process/child_process.hpp"
#include "net/remote/ssh_connection.hpp"
#include "net/remote/transport_options.hpp"

namespace suprsync::far {

/// Lives as long as its process, or whoever uses it.
struct lane_process {
    explicit lane_process(const boost::asio::any_io_executor& executor) : changed(executor) {}
    std::shared_ptr<lane> channel;
    hello who;
    std::function<void()> kill;          ///< SIGTERM, then SIGKILL, to its ssh
    bool ended = false;                  ///< the ssh
    std::optional<process_end> outcome;  ///< how; of a remote command
    std::string said;                    ///< what it wrote to standard error
    bool ended_alone = false;            ///< the far side has, and not its connection
    bool counted = false;                ///< that it has
    boost::asio::steady_timer changed;   ///< cancelled when it has ended
    std::chrono::steady_clock::time_point used = std::chrono::steady_clock::now();
    int users = 0;  ///< batches

    bool works() const { return !ended && !channel->ended(); }
    /// Ends it, whatever it does.
    void hang_up() {
        channel->close();
        if (const auto end = std::exchange(kill, nullptr)) end();
    }
};

struct lane_options {
    std::string host;
    std::string program;             ///< its path there
    std::string name;                ///< of the destination, for failures
    std::chrono::nanoseconds limit;  ///< for greeting, from the moment that the connection stands
    std::uint32_t silence_limit;     ///< s
};

struct opened_lane {
    std::shared_ptr<lane_process> lane;  ///< null where there is none
    /// Of the connection, stopped, not_found (there is no such program), or missing_program: this far side
    /// cannot be used, and the detail says why.
    std::optional<failure> refused;
};

/// As an archive's far side is reached.
lane_options lane_options_for(const transport_options& options);

/// All must outlive the loop's work, and `ssh` what it gives. One `for_data` is not to share its connection
/// with many others.
boost::asio::awaitable<opened_lane> open_lane(boost::asio::any_io_executor executor, child_runner& runner,
                                              std::shared_ptr<ssh_connection> ssh, work_threads& threads,
                                              lane_options options, bool for_data = false);

}  // namespace suprsync::far
