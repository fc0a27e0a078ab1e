// Runs our constant scripts at the destination, through ssh or through sh here: one code path for both. The
// script itself goes over standard input, before its list, so that the login shell there, whatever it is,
// reads nothing but digits and fixed words.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/transport.hpp"
#include "net/process/child_process.hpp"
#include "net/process/prestarted_processes.hpp"
#include "net/remote/ssh_connection.hpp"
#include "net/remote/transport_options.hpp"

namespace suprsync {

struct script_request {
    std::string operation;    ///< for failures: "publish files at"
    std::string settings;     ///< assignments (net/remote/shell_text.hpp)
    std::string_view script;  ///< defines the function `main` (net/remote/scripts.hpp)
    std::string call = ":";   ///< assignments of this call alone: one line, of numbers and plain words
    std::string list;         ///< what `main` reads from standard input
    std::chrono::nanoseconds limit = std::chrono::seconds(300);  ///< from start to end
};

struct script_answer {
    process_end end;
    bool ran = false;               ///< its process was started: there was a connection
    bool connection_lasts = false;  ///< which stands still
    std::string output;             ///< also what came before a limit
    std::string error;
};

class destination_shell {
  public:
    /// What rsync needs to reach the destination; holds the channel as long as it lives.
    struct rsync_route {
        std::string remote_shell;  ///< for `-e`
        std::string at_login;      ///< goes in front of the command for `--rsync-path`
        std::string target;        ///< "user@host:."
        ssh_channel channel;
    };

    /// `ssh` is null for a destination on this machine. `subject` names the destination in failures.
    destination_shell(child_runner& runner, std::shared_ptr<ssh_connection> ssh, std::string host,
                      std::string subject);

    /// Runs one script to its end; a connection failure retires the connection that it ran on. When we go
    /// away, or the limit passes with the connection dead, the script's whole process group is ended there.
    boost::asio::awaitable<script_answer> run(script_request request);

    /// Runs a text of its own, without the frame of the scripts; its standard input ends behind it, so that
    /// whatever reads it instead ends, too. It is ended after `limit`, from the moment that the connection
    /// stands.
    boost::asio::awaitable<script_answer> run_alone(std::string operation, std::string text,
                                                    std::chrono::nanoseconds limit);

    /// Starts the channel of a script that will be run soon, so that run() with the same settings finds it
    /// waiting (for `prestarted_life`); its call and list are not known yet. Does nothing where `at_least`
    /// such wait already, or where no connection stands.
    void prestart(const script_request& request, std::size_t at_least);

    /// One that is `large` has it for itself rather than with many others. Failures: as ssh_connection::open.
    boost::asio::awaitable<result<rsync_route>> route(bool large);
    /// The same where a connection stands already; none otherwise.
    std::optional<rsync_route> route_at_once();

    /// What it goes by; null for a destination on this machine.
    const std::shared_ptr<ssh_connection>& connection() const { return ssh_; }

  private:
    child_request child_for(const script_request& request, const ssh_channel& channel) const;
    child_request child_of(std::string text, std::chrono::nanoseconds limit,
                           const ssh_channel& channel) const;
    boost::asio::awaitable<script_answer> attend(child_request child, prestarted_child prestarted,
                                                 ssh_channel channel, std::string operation);
    rsync_route route_over(ssh_channel channel) const;
    child_runner& runner_;
    std::shared_ptr<ssh_connection> ssh_;
    std::string host_;
    std::string subject_;
    prestarted_processes<const char*, ssh_channel> prestarted_;  ///< by their program
};

/// The connections to an archive's destination; null where that is this machine. `new_socket` as for
/// ssh_connection.
std::shared_ptr<ssh_connection> make_connection(const boost::asio::any_io_executor& executor,
                                                child_runner& runner, const transport_options& options,
                                                std::function<std::string()> new_socket);

/// The shell of an archive's destination, with connections of its own where that is an ssh host. `new_socket`
/// as for ssh_connection.
destination_shell make_destination_shell(const boost::asio::any_io_executor& executor, child_runner& runner,
                                         const transport_options& options,
                                         std::function<std::string()> new_socket);

/// A command as a login shell there is to meet it, whichever that is: from outside of the account's home.
std::string at_login(std::string_view command);

/// Whether an error may be the connection's: a fresh one is to be used next.
bool doubts_connection(const process_end& end);

}  // namespace suprsync
