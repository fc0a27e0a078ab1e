// The ssh connections to one destination: control masters of our own, started before they are needed,
// watched, and replaced when they die. Commands and rsyncs are channels of a master.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/failure.hpp"
#include "net/process/child_process.hpp"
#include "net/remote/ssh_arguments.hpp"

namespace suprsync {

struct ssh_master;

/// One channel of a master, held while a command runs. Channels are counted, and transfers among them: which
/// master takes one, and when there is to be a further one, is a rule (engine/rules/connection_choice.hpp).
class ssh_channel {
  public:
    ssh_channel() = default;
    ssh_channel(ssh_channel&& other) noexcept = default;
    ssh_channel& operator=(ssh_channel&& other) noexcept;
    ~ssh_channel();

    /// `ssh` and its options; a host and a command follow.
    const std::vector<std::string>& command() const { return command_; }
    /// No error of the connection was met on this master. True of no channel at all, to this machine.
    bool usable() const;
    /// Whatever ran here met an error of the connection: no new channel uses this master, and it is ended
    /// with its last one.
    void suspect();
    /// What ssh said here; where the host refused the channel, none of our masters gets so many again.
    void hear(std::string_view error) const;

  private:
    friend class ssh_connection;
    void release();
    std::shared_ptr<ssh_master> master_;
    int transfers_ = 0;  ///< 1 for a transfer
    int number_ = 0;     ///< channels of the master when it was opened, itself included
    std::vector<std::string> command_;
};

class ssh_connection {
  public:
    /// `new_socket` gives paths for control sockets, below 90 bytes (a socket's path has 108, and ssh adds 17
    /// while it makes one). `runner` must outlive the loop's work.
    ssh_connection(boost::asio::any_io_executor executor, child_runner& runner, ssh_options options,
                   std::function<std::string()> new_socket);
    ~ssh_connection();  ///< ends the masters
    ssh_connection(const ssh_connection&) = delete;
    ssh_connection& operator=(const ssh_connection&) = delete;

    /// A channel of a connected master; one for a `transfer` is not to share it with many others. Where the
    /// host refuses a further connection they do. Failures: connection, with what ssh said (authentication,
    /// host key, refused, unreachable); missing_program (ssh here); stopped.
    boost::asio::awaitable<result<ssh_channel>> open(bool transfer = false);

    /// A channel of a master that is connected already; none where there is no such.
    std::optional<ssh_channel> open_at_once(bool transfer = false);

  private:
    struct state;
    static ssh_channel channel_of(const state& self, const std::shared_ptr<ssh_master>& m, bool transfer);
    std::shared_ptr<state> state_;
};

}  // namespace suprsync
