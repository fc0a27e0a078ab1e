#include "tests/support/sshd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/waiting.hpp"

extern char** environ;

namespace fs = std::filesystem;

namespace suprsync::test {

namespace {

constexpr const char* host_name = "suprsync-test";

pid_t spawn(const std::vector<std::string>& command, const fs::path& log) {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, command[0].c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("cannot start " + command[0]);
    return pid;
}

void run(const std::vector<std::string>& command, const fs::path& log) {
    int status = 0;
    const pid_t pid = spawn(command, log);
    if (::waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error(command[0] + " failed");
}

void write_text(const fs::path& path, const std::string& text, mode_t mode = 0600) {
    std::ofstream(path, std::ios::trunc) << text;
    ::chmod(path.c_str(), mode);
}

std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return std::move(text).str();
}

int connect_to(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    if (fd >= 0) ::close(fd);
    return -1;
}

std::uint16_t free_port() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no free port");
    ::close(fd);
    return ntohs(address.sin_port);
}

/// Parent and command name of a process, from /proc/<pid>/stat.
struct kinship {
    pid_t parent = 0;
    std::string name;
};

kinship kinship_of(const fs::path& entry) {
    const auto stat = text_of(entry / "stat");
    const auto open = stat.find('(');
    const auto close = stat.rfind(')');
    if (open == std::string::npos || close == std::string::npos) return {};
    kinship found;
    found.name = stat.substr(open + 1, close - open - 1);
    char state = 0;
    std::istringstream(stat.substr(close + 1)) >> state >> found.parent;
    return found;
}

}  // namespace

sshd::sshd(fs::path directory, std::vector<std::string> extra) : directory_(std::move(directory)) {
    fs::create_directories(directory_ / "bin");
    const passwd* me = ::getpwuid(::geteuid());
    if (me == nullptr) throw std::runtime_error("whoever runs this test has no entry in the list of users");
    user_ = me->pw_name;
    // sshd of root insists on its directory for privilege separation.
    if (::geteuid() == 0) fs::create_directories("/run/sshd");
    const auto keygen_log = directory_ / "keygen.log";
    for (const char* name : {"host_key", "client_key"}) {
        fs::remove(directory_ / name);
        run({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory_ / name}, keygen_log);
    }
    write_text(directory_ / "authorized_keys", text_of(directory_ / "client_key.pub"));
    write_text(known_hosts(), std::string(host_name) + " " + text_of(directory_ / "host_key.pub"));
    write_text(wrapper_directory() / "ssh",
               "#!/bin/sh\nexec /usr/bin/ssh -F '" + client_configuration().string() + "' \"$@\"\n", 0755);
    for (int tries = 1;; ++tries) {
        port_ = free_port();
        configure(extra);
        lead_through(port_);
        try {
            start();
            return;
        } catch (const std::runtime_error&) {
            // Another process may have taken the port meanwhile.
            if (tries == 5) throw;
        }
    }
}

sshd::~sshd() {
    for (pid_t pid : family()) ::kill(pid, SIGCONT);
    kill();
}

std::string sshd::host() const { return user_ + "@" + host_name; }

std::string sshd::log() const { return text_of(directory_ / "sshd.log"); }

void sshd::configure(const std::vector<std::string>& extra) {
    std::ostringstream text;
    text << "ListenAddress 127.0.0.1\nPort " << port_ << "\nHostKey " << (directory_ / "host_key").string()
         << "\nAuthorizedKeysFile " << (directory_ / "authorized_keys").string() << "\n";
    // bash reads ~/.bashrc for a command of ssh unless it is the second shell: what the account does there
    // takes time and changes PATH. sshd takes one SetEnv line only.
    std::string variables = "SetEnv SHLVL=1";
    for (const auto& line : extra) {
        if (line.starts_with("SetEnv "))
            variables += line.substr(std::string("SetEnv").size());
        else
            text << line << "\n";
    }
    // Of an option that is given twice sshd takes the first.
    text << variables << R"(
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
UseDNS no
MaxStartups 200
LogLevel VERBOSE
)";
    write_text(directory_ / "sshd_config", text.str());
}

void sshd::lead_through(std::uint16_t port) {
    // The key's name is the host's alias, whatever the port.
    write_text(client_configuration(),
               "Host " + std::string(host_name) + "\n    HostName 127.0.0.1\n    Port " +
                   std::to_string(port) + "\n    HostKeyAlias " + host_name + "\n    User " + user_ +
                   "\n    IdentityFile " + key().string() +
                   "\n    IdentitiesOnly yes\n    UserKnownHostsFile " + known_hosts().string() +
                   "\n    GlobalKnownHostsFile none\n    StrictHostKeyChecking yes\n");
}

void sshd::start() {
    pid_ = spawn({"/usr/sbin/sshd", "-D", "-e", "-f", directory_ / "sshd_config"}, directory_ / "sshd.log");
    wait_until("sshd answers", [&] {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            pid_ = -1;
            throw std::runtime_error("sshd did not start: " + log());
        }
        const int fd = connect_to(port_);
        if (fd < 0) return false;
        std::array<char, 4> banner = {};
        const bool greeted = ::recv(fd, banner.data(), banner.size(), MSG_WAITALL) == 4 && banner[0] == 'S';
        ::close(fd);
        return greeted;
    });
}

std::vector<pid_t> sshd::family() const {
    std::vector<pid_t> members;
    if (pid_ <= 0) return members;
    members.push_back(pid_);
    std::error_code error;
    // A connection's processes are children of the listener, and theirs.
    for (std::size_t generation = 0; generation < 4; ++generation) {
        const auto known = members;
        for (const auto& entry : fs::directory_iterator("/proc", error)) {
            const auto name = entry.path().filename().string();
            if (name.find_first_not_of("0123456789") != std::string::npos) continue;
            const auto pid = static_cast<pid_t>(std::stol(name));
            const auto kin = kinship_of(entry.path());
            const bool child = std::find(known.begin(), known.end(), kin.parent) != known.end();
            const bool new_one = std::find(members.begin(), members.end(), pid) == members.end();
            if (child && new_one && kin.name.starts_with("sshd")) members.push_back(pid);
        }
    }
    return members;
}

void sshd::freeze() {
    for (pid_t pid : family()) ::kill(pid, SIGSTOP);
}

void sshd::thaw() {
    for (pid_t pid : family()) ::kill(pid, SIGCONT);
}

void sshd::kill_connections() {
    for (pid_t pid : family())
        if (pid != pid_) ::kill(pid, SIGKILL);
}

void sshd::kill() {
    if (pid_ <= 0) return;
    // The listener first, so that it takes nobody on meanwhile.
    const auto members = family();
    for (pid_t pid : members) ::kill(pid, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

}  // namespace suprsync::test
