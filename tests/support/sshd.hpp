// A real sshd of a test's own on a loopback port, with its own host key, client key, known_hosts and ssh
// client configuration. Runs as whoever runs the test, root or not; asks nothing of the machine's own ssh
// set-up.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace suprsync::test {

class sshd {
  public:
    /// Keys, configurations and log lie in `directory`, which is made where it is missing. `extra` are
    /// further lines of sshd's configuration ("MaxSessions 2"). Throws std::runtime_error with sshd's log
    /// where it does not start.
    explicit sshd(std::filesystem::path directory, std::vector<std::string> extra = {});
    ~sshd();
    sshd(const sshd&) = delete;
    sshd& operator=(const sshd&) = delete;

    std::uint16_t port() const { return port_; }
    /// "user@suprsync-test": a name that the client configuration leads here.
    std::string host() const;
    /// For `ssh -F`; also what the `ssh` in wrapper_directory() uses.
    std::filesystem::path client_configuration() const { return directory_ / "ssh_config"; }
    std::filesystem::path key() const { return directory_ / "client_key"; }
    std::filesystem::path known_hosts() const { return directory_ / "known_hosts"; }
    /// To be put ahead of PATH: an `ssh` there uses client_configuration().
    std::filesystem::path wrapper_directory() const { return directory_ / "bin"; }
    /// sshd's log so far.
    std::string log() const;

    /// Leads clients to another port, a proxy's.
    void lead_through(std::uint16_t port);

    /// SIGSTOP and SIGCONT to sshd and to the processes of its connections (not to what runs in them).
    void freeze();
    void thaw();
    /// SIGKILL to the same: every connection is lost, nobody listens.
    void kill();
    /// SIGKILL to the connections only.
    void kill_connections();
    /// After kill(): again on the same port.
    void start();

  private:
    std::vector<pid_t> family() const;
    void configure(const std::vector<std::string>& extra);

    std::filesystem::path directory_;
    std::string user_;
    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
};

}  // namespace suprsync::test
