#include "net/process/guardian.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/text.hpp"
#include "net/process/marked_processes.hpp"
#include "net/process/spawn.hpp"

namespace suprsync {

namespace {

using steady = std::chrono::steady_clock;
constexpr auto term_to_kill = std::chrono::seconds(1);
constexpr auto between_checks = std::chrono::milliseconds(50);
constexpr int longest_end_ms = 3000;  // of the guardian itself, when we end

std::string new_mark() {
    std::random_device random;
    return std::to_string(::getpid()) + "-" + std::to_string(random()) + "-" + std::to_string(random());
}

/// Signals what is left; whether there was anything.
bool signal_all(const std::set<pid_t>& groups, const std::string& mark, int number) {
    bool any = false;
    for (const auto group : groups) any |= ::kill(-group, number) == 0;
    if (!mark.empty())
        for (const auto pid : marked_processes(mark)) any |= ::kill(pid, number) == 0;
    return any;
}

void obey(std::string_view line, std::set<pid_t>& groups) {
    if (line.empty()) return;
    const auto group = read_number<pid_t>(line.substr(1), 2);
    if (!group) return;
    if (line.front() == '+') groups.insert(*group);
    if (line.front() == '-') groups.erase(*group);
}

}  // namespace

result<guardian> guardian::start(const std::string& executable) {
    guardian g;
    g.executable_ = executable;
    g.mark_ = new_mark();
    if (auto launched = g.launch(); !launched) return launched.error();
    return g;
}

result<void> guardian::launch() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return failure{failure_code::io, "start", "the guardian", std::strerror(errno)};
    open_descriptor ours(ends[0]);
    const open_descriptor theirs(ends[1]);
    const open_descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    spawn_request request;
    request.arguments = {executable_, guardian_argument};
    request.environment = {std::string(mark_variable) + "=" + mark_};
    request.input = theirs.number();
    request.output = request.error = nothing.number();
    // Whoever ends the daemon by its group, its terminal or its service must not end the guardian before it,
    // not even while it starts.
    request.blocked_signals = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    auto started = spawn(request);
    if (!started) return started.error();
    pipe_ = ours.release();
    pid_ = *started;
    ++started_;
    return {};
}

guardian::guardian(guardian&& other) noexcept { *this = std::move(other); }

guardian& guardian::operator=(guardian&& other) noexcept {
    if (this == &other) return *this;
    leave();
    pipe_ = std::exchange(other.pipe_, -1);
    pid_ = std::exchange(other.pid_, -1);
    started_ = other.started_;
    executable_ = std::move(other.executable_);
    mark_ = std::move(other.mark_);
    return *this;
}

guardian::~guardian() { leave(); }

// It ends when it sees our end of the pipe close, and is reaped.
void guardian::leave() {
    if (pipe_ >= 0) {
        // Whoever watches it has another descriptor of our end.
        ::shutdown(pipe_, SHUT_RDWR);
        ::close(std::exchange(pipe_, -1));
    }
    if (pid_ <= 0) return;
    const pid_t pid = std::exchange(pid_, -1);
    const open_descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd ended = {handle.number(), POLLIN, 0};
    if (handle.number() >= 0 && ::poll(&ended, 1, longest_end_ms) == 0) ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

void guardian::tell(const std::string& line) {
    const auto send = [&] {
        return ::send(pipe_, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
    };
    // A full pipe loses the line, and the mark makes up for it. A guardian that somebody killed is replaced;
    // what it knew is found by the mark, too.
    if (send() || errno == EAGAIN) return;
    leave();
    if (launch()) send();
}

int guardian::watched_end() const { return ::fcntl(pipe_, F_DUPFD_CLOEXEC, 0); }

result<void> guardian::renew() {
    pollfd its_end = {pipe_, POLLIN, 0};
    if (pipe_ >= 0 && ::poll(&its_end, 1, 0) == 0) return {};
    leave();
    return launch();
}

void guardian::watch(pid_t group) { tell("+" + std::to_string(group) + "\n"); }
void guardian::forget(pid_t group) { tell("-" + std::to_string(group) + "\n"); }
const std::string& guardian::mark() const { return mark_; }

int run_guardian(const std::string& mark) {
    std::set<pid_t> groups;
    std::string heard;
    char buffer[4096];
    while (true) {
        const auto got = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        heard.append(buffer, static_cast<std::size_t>(got));
        std::size_t begin = 0;
        for (auto end = heard.find('\n'); end != std::string::npos; end = heard.find('\n', begin)) {
            obey(std::string_view(heard).substr(begin, end - begin), groups);
            begin = end + 1;
        }
        heard.erase(0, begin);
    }
    const auto kill_at = steady::now() + term_to_kill;
    if (!signal_all(groups, mark, SIGTERM)) return 0;
    while (steady::now() < kill_at) {
        ::poll(nullptr, 0, between_checks.count());
        if (!signal_all(groups, mark, 0)) return 0;
    }
    // Twice: what was started between the check and the signal.
    for (int round = 0; round < 2; ++round) signal_all(groups, mark, SIGKILL);
    return 0;
}

}  // namespace suprsync
