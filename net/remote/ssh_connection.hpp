// The ssh connections to one destination: control masters of our own, started before they are needed,
// watched, and replaced when they die. Commands and rsyncs are sessions of a master.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "net/process/child_process.hpp"

namespace suprsync {

struct ssh_options {
    std::string host;  ///< as ssh takes it: "user@host"
    std::optional<std::string> key;
    std::optional<std::string> config_file;  ///< `ssh -F`; the user's own where not set
    std::chrono::nanoseconds connect_timeout = std::chrono::seconds(20);
    std::chrono::nanoseconds stall_timeout =
        std::chrono::seconds(300);  ///< keepalives notice a dead link sooner
};

class ssh_connection {
    struct master;

  public:
    /// One session of a master, held while a command runs. Sessions are counted: sshd refuses more than
    /// MaxSessions (10 by default) on one connection, so a further master is started before that.
    class session {
      public:
        session() = default;
        session(session&& other) noexcept = default;
        session& operator=(session&& other) noexcept;
        ~session();

        /// `ssh` and its options; a host and a command follow.
        const std::vector<std::string>& command() const { return command_; }
        /// No trouble of the link was met on this master.
        bool trusted() const;
        /// Whatever ran here met trouble of the link: no new session uses this master, and it is ended with
        /// its last one.
        void suspect();

      private:
        friend class ssh_connection;
        void release();
        std::shared_ptr<master> master_;
        std::vector<std::string> command_;
    };

    /// `new_socket` gives paths for control sockets, below 90 bytes (a socket's path has 108, and ssh adds 17
    /// while it makes one). `runner` must outlive the loop's work.
    ssh_connection(boost::asio::any_io_executor executor, child_runner& runner, ssh_options options,
                   std::function<std::string()> new_socket);
    ~ssh_connection();  ///< ends the masters
    ssh_connection(const ssh_connection&) = delete;
    ssh_connection& operator=(const ssh_connection&) = delete;

    /// A session of a connected master. Failures: link, with what ssh said (authentication, host key,
    /// refused, unreachable); missing_program (ssh here); stopped.
    boost::asio::awaitable<result<session>> open();

    /// A session of a master that is connected already; none where there is no such.
    std::optional<session> open_at_once();

  private:
    struct state;
    static std::optional<session> open_at_once(state& self);
    std::shared_ptr<state> state_;
};

}  // namespace suprsync
