// One control master as ssh_connection keeps it: its process, its socket, and what goes over it. Internal to
// net/remote.
#pragma once

#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/model/failure.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/connection_choice.hpp"

namespace suprsync {

struct socket_identity {
    std::uint64_t device = 0, inode = 0;
    bool operator==(const socket_identity&) const = default;
};

/// None where there is no socket of this user.
inline std::optional<socket_identity> socket_at(const std::string& path) {
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISSOCK(facts.st_mode) || facts.st_uid != ::geteuid())
        return std::nullopt;
    return socket_identity{facts.st_dev, facts.st_ino};
}

/// A process told by its descriptor, so that a signal never reaches another one that got the same number.
class process_handle {
  public:
    process_handle() = default;
    process_handle(const process_handle&) = delete;
    process_handle& operator=(const process_handle&) = delete;
    ~process_handle() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    void open(pid_t pid) {
        if (descriptor_ < 0) descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    }
    void terminate() const {
        if (descriptor_ >= 0) ::syscall(SYS_pidfd_send_signal, descriptor_, SIGTERM, nullptr, 0);
    }

  private:
    int descriptor_ = -1;
};

struct ssh_master {
    ssh_master(const boost::asio::any_io_executor& executor, std::string path,
               std::shared_ptr<connection_limits> of_the_host)
        : socket(std::move(path)), limits(std::move(of_the_host)), changed(executor) {}
    /// What the master says on its standard output when it has connected, behind its pid.
    static constexpr std::string_view greeting = "suprsync-connected";

    std::string socket;
    std::shared_ptr<connection_limits> limits;
    boost::asio::steady_timer
        changed;  ///< expires when connecting has taken too long; cancelled at every change
    process_handle process;
    std::optional<socket_identity> made;  ///< its socket, when it had connected
    std::string heard;                    ///< standard output: pid, then the greeting
    bool connected = false;
    bool retired = false;
    bool ended = false;
    int channels = 0;                           ///< and who waits for it, while it is not connected
    int transfers = 0;                          ///< of these
    std::optional<failure> why;                 ///< where it ended
    std::optional<std::string> unknown_option;  ///< what this machine's ssh does not know

    /// The socket is there, and the one that this master made: whatever took its place leads elsewhere.
    bool has_its_socket() const { return made && socket_at(socket) == made; }
    bool usable() const { return connected && !retired && !ended && has_its_socket(); }
    void retire() {
        retired = true;
        if (channels == 0) process.terminate();
    }
    void hear(std::string_view output) {
        heard += output;
        const auto line = heard.find('\n');
        if (line == std::string::npos) return;
        auto first = std::string_view(heard).substr(0, line);
        if (const auto pid = take_number<pid_t>(first); pid && *pid > 0) process.open(*pid);
        if (!connected && heard.find(greeting, line) != std::string::npos) {
            connected = true;
            made = socket_at(socket);
            changed.cancel();
        }
        if (connected && retired) retire();
    }
};

}  // namespace suprsync
