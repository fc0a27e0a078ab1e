#include "engine/commands/reload_caller.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace suprsync {

namespace {

constexpr std::size_t longest_line = 16 << 20;

using time_limit = std::chrono::steady_clock::time_point;

// Whether something can be read before the limit.
bool await_input(int descriptor, time_limit limit) {
    while (true) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now());
        pollfd one{descriptor, POLLIN, 0};
        const int ready = ::poll(&one, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

}  // namespace

reload_caller::reload_caller(reload_caller&& other) noexcept
    : socket_(std::move(other.socket_)),
      connection_(std::exchange(other.connection_, -1)),
      process_(std::exchange(other.process_, -1)),
      daemon_(std::move(other.daemon_)) {}

reload_caller::~reload_caller() {
    for (const int descriptor : {connection_, process_})
        if (descriptor >= 0) ::close(descriptor);
}

failure reload_caller::fault(failure_code code, const std::string& detail) const {
    return {code, "ask the daemon at", socket_, detail};
}

result<reload_caller> reload_caller::ask(const std::string& socket, std::chrono::seconds limit) {
    reload_caller caller(socket, ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (auto met = caller.meet(limit); !met) return met.error();
    return caller;
}

// The kernel says which process listens; the descriptor is of whatever has its number now. It is the same one
// where that process answers afterwards, by a connection that nobody else has, and says the same number.
result<void> reload_caller::meet(std::chrono::seconds limit) {
    const auto errno_fault = [&] {
        const bool denied = errno == EACCES || errno == EPERM;
        return fault(denied ? failure_code::not_permitted : failure_code::connection, std::strerror(errno));
    };
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_.size() >= sizeof address.sun_path)
        return fault(failure_code::invalid, "its path is longer than that of a socket may be");
    std::memcpy(address.sun_path, socket_.c_str(), socket_.size());
    const timeval patience{limit.count(), 0};
    ::setsockopt(connection_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(connection_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return errno_fault();
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(connection_, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return errno_fault();
    if (peer.pid <= 0) return fault(failure_code::invalid, "it runs where this account cannot see it");
    process_ = static_cast<int>(::syscall(SYS_pidfd_open, peer.pid, 0));
    if (process_ < 0) return errno_fault();
    struct stat owner{};
    if (::stat(fmt::format("/proc/{}", peer.pid).c_str(), &owner) != 0) return errno_fault();
    const std::string question = reload_question;
    if (::send(connection_, question.data(), question.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(question.size()))
        return errno_fault();
    const auto answer = line(limit);
    if (!answer) return answer.error();
    auto greeting = read_greeting(*answer);
    if (!greeting) return greeting.error();
    daemon_ = std::move(*greeting);
    if (daemon_.pid != peer.pid || owner.st_uid != peer.uid)
        return fault(
            failure_code::invalid,
            fmt::format("process {} of account {} listens there, and process {} answers: it is not signalled",
                        peer.pid, peer.uid, daemon_.pid));
    return {};
}

result<std::string> reload_caller::line(std::chrono::seconds limit) const {
    const auto end = std::chrono::steady_clock::now() + limit;
    std::string text;
    while (!text.ends_with('\n')) {
        if (!await_input(connection_, end))
            return fault(failure_code::timed_out, fmt::format("no answer within {} s", limit.count()));
        char piece[4096];
        const auto length = ::recv(connection_, piece, sizeof piece, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0 || text.size() > longest_line)
            return fault(failure_code::connection, "it ended before it answered: see its log");
        text.append(piece, static_cast<std::size_t>(length));
    }
    return text;
}

result<void> reload_caller::hang_up() const {
    if (::syscall(SYS_pidfd_send_signal, process_, SIGHUP, nullptr, 0) == 0) return {};
    const auto code = errno == EPERM ? failure_code::not_permitted : failure_code::not_found;
    return failure{code, "signal", fmt::format("process {}", daemon_.pid), std::strerror(errno)};
}

result<reload_answer> reload_caller::wait(std::chrono::seconds limit) {
    const auto answer = line(limit);
    if (!answer) return answer.error();
    return read_answer(*answer);
}

}  // namespace suprsync
