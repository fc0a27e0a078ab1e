#include "net/remote/ssh_connection.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>

#include "engine/loop/as_value.hpp"
#include "engine/model/text.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/ssh_ciphers.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

using std::chrono::ceil;
using std::chrono::seconds;

constexpr int channels_per_master = 8;
constexpr std::size_t longest_socket_path = 90;
constexpr std::string_view greeting = "suprsync-connected";

struct socket_identity {
    std::uint64_t device = 0, inode = 0;
    bool operator==(const socket_identity&) const = default;
};

/// None where there is no socket of this user.
std::optional<socket_identity> socket_at(const std::string& path) {
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

}  // namespace

struct ssh_master {
    ssh_master(const asio::any_io_executor& executor, std::string path)
        : socket(std::move(path)), changed(executor) {}
    std::string socket;
    asio::steady_timer changed;  ///< expires when connecting has taken too long; cancelled at every change
    process_handle process;
    std::optional<socket_identity> made;  ///< its socket, when it had connected
    std::string heard;                    ///< standard output: pid, then the greeting
    bool connected = false;
    bool retired = false;
    bool ended = false;
    int channels = 0;
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

struct ssh_connection::state {
    state(asio::any_io_executor e, child_runner& r, ssh_options o, std::function<std::string()> s)
        : executor(std::move(e)), runner(r), options(std::move(o)), new_socket(std::move(s)) {}
    asio::any_io_executor executor;
    child_runner& runner;
    ssh_options options;
    std::function<std::string()> new_socket;
    std::vector<std::shared_ptr<ssh_master>> masters;
    bool closed = false;

    result<std::shared_ptr<ssh_master>> start();
    /// The master's whole life. Its end is kept in it, for those who wait for the connection.
    static asio::awaitable<void> run(std::shared_ptr<ssh_master> m, child_runner& runner,
                                     ssh_options options);
    failure lost(failure_code code, std::string detail) const {
        return {code, "connect to", options.host, std::move(detail)};
    }
};

asio::awaitable<void> ssh_connection::state::run(std::shared_ptr<ssh_master> m, child_runner& runner,
                                                 ssh_options options) {
    options.ciphers = co_await preferred_ciphers(runner, options);
    if (m->retired) co_return;
    child_request request;
    // The shell tells its pid and becomes ssh: the way to end this child alone, before it has a socket, too.
    request.arguments = {"sh", "-c", "echo $$; exec \"$@\"", "sh"};
    const auto ssh = master_arguments(options, m->socket, greeting);
    request.arguments.insert(request.arguments.end(), ssh.begin(), ssh.end());
    request.arguments.insert(request.arguments.end(), {"--", options.host});
    request.environment = {"LC_ALL=C"};
    request.keep_input_open = true;
    request.on_output = [m](std::string_view output) {
        m->hear(output);
        return true;
    };
    auto done = co_await runner.run(std::move(request));
    if (!done) {
        m->why = done.error();
    } else {
        const ended_process end{program_kind::connection, done->status, done->cause, done->error};
        auto judged = classify(end, "connect to", options.host);
        if (judged.error && done->cause == ended_by::itself)
            if (auto line = telling_line(done->error); !line.empty()) judged.error->detail = line;
        m->why = judged.error;
        m->unknown_option = option_unknown_here(done->error);
    }
}

result<std::shared_ptr<ssh_master>> ssh_connection::state::start() {
    auto socket = new_socket();
    if (socket.size() > longest_socket_path)
        return lost(
            failure_code::io,
            "the path of the control socket is too long, choose a shorter runtime directory: " + socket);
    // ssh would connect without listening there, and channels would go to whoever does.
    struct stat facts{};
    if (::lstat(socket.c_str(), &facts) == 0)
        return failure{failure_code::runtime_directory, "connect to", options.host,
                       "somebody else made the control socket " + socket};
    auto m = std::make_shared<ssh_master>(executor, std::move(socket));
    m->changed.expires_after(options.connect_timeout * 2);
    masters.push_back(m);
    // Ends with the child, which the runner ends at the latest.
    asio::co_spawn(executor, run(m, runner, options), [m](const std::exception_ptr& thrown) {
        m->ended = true;
        m->changed.cancel();
        if (thrown) std::rethrow_exception(thrown);
    });
    return m;
}

ssh_connection::ssh_connection(asio::any_io_executor executor, child_runner& runner, ssh_options options,
                               std::function<std::string()> new_socket)
    : state_(
          std::make_shared<state>(std::move(executor), runner, std::move(options), std::move(new_socket))) {}

ssh_connection::~ssh_connection() {
    state_->closed = true;
    for (const auto& m : state_->masters) {
        m->retired = true;
        m->process.terminate();
        m->changed.cancel();
    }
}

std::optional<ssh_channel> ssh_connection::open_at_once(state& self) {
    if (self.closed) return std::nullopt;
    for (const auto& m : self.masters) {
        if (!m->usable() || m->channels >= channels_per_master) continue;
        ssh_channel opened;
        ++m->channels;
        opened.master_ = m;
        opened.command_ = channel_arguments(self.options, m->socket);
        return opened;
    }
    return std::nullopt;
}

std::optional<ssh_channel> ssh_connection::open_at_once() { return open_at_once(*state_); }

asio::awaitable<result<ssh_channel>> ssh_connection::open() {
    const auto self = state_;
    while (true) {
        if (self->closed) co_return self->lost(failure_code::stopped, "the daemon is shutting down");
        // One that has lost its socket goes with its last channel; connected, without one, it never was a
        // master.
        for (const auto& m : self->masters)
            if (m->connected && !m->retired && !m->has_its_socket()) m->retire();
        std::erase_if(self->masters, [](const auto& m) { return m->ended || (m->retired && m->connected); });
        std::shared_ptr<ssh_master> connecting;
        if (auto opened = open_at_once(*self)) co_return std::move(*opened);
        for (const auto& m : self->masters)
            if (!m->connected && !m->retired) connecting = m;
        if (!connecting) {
            auto started = self->start();
            if (!started) co_return started.error();
            connecting = *started;
        }
        const auto [error] = co_await connecting->changed.async_wait(as_value);
        if (connecting->connected && !connecting->ended) {
            if (connecting->has_its_socket()) continue;
            co_return failure{failure_code::runtime_directory, "connect to", self->options.host,
                              "the control socket " + connecting->socket + " is not the one that was made"};
        }
        if (connecting->ended) {
            if (connecting->unknown_option) {
                self->options.unknown_here.insert(*connecting->unknown_option);
                continue;
            }
            if (connecting->why) co_return *connecting->why;
            co_return self->lost(failure_code::connection, "the connection ended");
        }
        if (!error) {
            connecting->retire();
            const auto limit = ceil<seconds>(self->options.connect_timeout * 2).count();
            co_return self->lost(failure_code::connection,
                                 "no connection within " + std::to_string(limit) + " s");
        }
    }
}

ssh_channel& ssh_channel::operator=(ssh_channel&& other) noexcept {
    if (this == &other) return *this;
    release();
    master_ = std::move(other.master_);
    command_ = std::move(other.command_);
    return *this;
}

ssh_channel::~ssh_channel() { release(); }

void ssh_channel::release() {
    if (!master_) return;
    if (--master_->channels == 0 && master_->retired) master_->process.terminate();
    master_.reset();
}

bool ssh_channel::usable() const { return !master_ || master_->usable(); }

void ssh_channel::suspect() {
    if (master_) master_->retired = true;
}

}  // namespace suprsync
