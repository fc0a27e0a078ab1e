#include "tests/support/tcp_proxy.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/tcp_sockets.hpp"

namespace suprsync::test {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t most_queued = 256 << 10;           ///< per direction, beyond what the delay holds
constexpr auto quantum = std::chrono::milliseconds(20);  ///< a limited rate is given out in such portions

struct portion {
    clock::time_point due;
    std::string bytes;
    std::size_t sent = 0;
};

/// One way of one connection.
struct lane {
    int from = -1;
    int to = -1;
    bool ended = false;   ///< nothing more to read
    bool closed = false;  ///< and the other side knows
    std::deque<portion> queue;
    std::size_t queued = 0;
};

struct connection {
    int client = -1;
    int target = -1;
    std::array<lane, 2> lanes;  ///< to the target, from it
    bool broken = false;
};

}  // namespace

struct tcp_proxy::state {
    std::uint16_t target_port = 0;
    std::uint16_t port = 0;
    int listener = -1;
    int wake = -1;
    std::thread thread;
    std::list<connection> open;

    std::mutex mutex;  // guards the wishes
    std::chrono::milliseconds delay{0};
    std::optional<std::size_t> window;
    std::optional<std::uint64_t> rate;
    std::optional<std::uint64_t> cut_at;  ///< count of bytes to the target
    std::uint64_t cut_every = 0;
    bool cut_now = false;
    bool swallowing = false;
    bool refusing = false;
    bool stopping = false;

    std::array<std::atomic<std::uint64_t>, 2> passed = {};
    std::array<double, 2> allowance = {};
    clock::time_point allowed_at = clock::now();
    std::atomic<std::size_t> accepted = 0;
    std::atomic<std::size_t> cut_count = 0;

    template <class Change>
    void tell(Change change) {
        {
            const std::lock_guard lock(mutex);
            change();
        }
        const std::uint64_t one = 1;
        if (::write(wake, &one, sizeof one) < 0) fail_with_errno("eventfd");
    }

    void accept_one() {
        const int client = accept_from(listener);
        if (client < 0) return;
        ++accepted;
        const int target = connect_to_loopback(target_port);
        if (target < 0) {
            reset_and_close(client);
            return;
        }
        connection& c = open.emplace_back();
        c.client = client;
        c.target = target;
        c.lanes[0].from = c.lanes[1].to = client;
        c.lanes[0].to = c.lanes[1].from = target;
    }

    void cut_all() {
        for (auto& c : open) {
            reset_and_close(c.client);
            reset_and_close(c.target);
        }
        open.clear();
    }

    void fill(connection& c, lane& l) {
        std::array<char, 64 << 10> buffer;
        const auto got = ::read(l.from, buffer.data(), buffer.size());
        if (got > 0) {
            if (swallowing) return;
            l.queue.push_back(
                {clock::now() + delay, std::string(buffer.data(), static_cast<std::size_t>(got))});
            l.queued += static_cast<std::size_t>(got);
        } else if (got == 0) {
            l.ended = true;
        } else if (errno != EAGAIN && errno != EINTR && errno != ENOTCONN) {
            c.broken = true;
        }
    }

    /// Passes on what is due and allowed; false when a cut is due.
    bool drain(connection& c, std::size_t way) {
        lane& l = c.lanes[way];
        while (!l.queue.empty() && l.queue.front().due <= clock::now() && !swallowing) {
            auto& front = l.queue.front();
            auto size = front.bytes.size() - front.sent;
            if (rate) size = std::min(size, static_cast<std::size_t>(std::max(0.0, allowance[way])));
            if (way == 0 && cut_at)
                size = std::min<std::size_t>(size, *cut_at - std::min<std::uint64_t>(*cut_at, passed[0]));
            if (size == 0) return !(way == 0 && cut_at && passed[0] >= *cut_at);
            const auto sent = ::send(l.to, front.bytes.data() + front.sent, size, MSG_NOSIGNAL);
            if (sent < 0) {
                if (errno != EAGAIN && errno != EINTR && errno != ENOTCONN) c.broken = true;
                return true;
            }
            passed[way] += static_cast<std::uint64_t>(sent);
            allowance[way] -= static_cast<double>(sent);
            l.queued -= static_cast<std::size_t>(sent);
            front.sent += static_cast<std::size_t>(sent);
            if (front.sent == front.bytes.size()) l.queue.pop_front();
            if (way == 0 && cut_at && passed[0] >= *cut_at) return false;
        }
        if (l.ended && l.queue.empty() && !l.closed) {
            ::shutdown(l.to, SHUT_WR);
            l.closed = true;
        }
        return true;
    }

    void give_allowance() {
        const auto now = clock::now();
        const std::chrono::duration<double> passed_time = now - allowed_at;
        allowed_at = now;
        if (!rate) return;
        const double most = static_cast<double>(*rate) * 0.05;
        for (auto& a : allowance)
            a = std::min(a + static_cast<double>(*rate) * passed_time.count(), std::max(most, 1.0));
    }

    std::size_t room() const {
        if (window) return *window;
        // What is on its way in a long link is no queue.
        const double on_its_way =
            (rate ? static_cast<double>(*rate) : 1e9) * static_cast<double>(delay.count()) / 1000;
        return most_queued + static_cast<std::size_t>(on_its_way);
    }

    /// How long nothing can happen but on a descriptor.
    int patience() const {
        auto next = clock::now() + std::chrono::seconds(10);
        for (const auto& c : open)
            for (const auto& l : c.lanes)
                if (!l.queue.empty() && !swallowing)
                    next = std::min(next, std::max(l.queue.front().due,
                                                   rate ? clock::now() + quantum : l.queue.front().due));
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock::now()).count();
        return static_cast<int>(std::clamp<long>(left, 0, 10000));
    }

    void run() {
        while (true) {
            std::vector<pollfd> polled;
            int wait = 0;
            {
                const std::lock_guard lock(mutex);
                if (stopping) break;
                wait = step(polled);
            }
            if (::poll(polled.data(), polled.size(), wait) < 0 && errno != EINTR) return;
        }
        cut_all();
        if (listener >= 0) ::close(listener);
    }

    /// One round: wishes, bytes, and what to wait for next; returns for how long, milliseconds.
    int step(std::vector<pollfd>& polled) {
        std::uint64_t woken = 0;
        if (::read(wake, &woken, sizeof woken) < 0 && errno != EAGAIN) fail_with_errno("eventfd");
        if (refusing && listener >= 0) {
            ::close(listener);
            listener = -1;
            cut_now = true;
        } else if (!refusing && listener < 0) {
            listener = listen_on_loopback(port);
        }
        if (std::exchange(cut_now, false)) cut_all();
        if (listener >= 0) accept_one();
        give_allowance();
        for (auto& c : open)
            for (std::size_t way = 0; way < 2; ++way) {
                lane& l = c.lanes[way];
                if (!l.ended && l.queued < room()) fill(c, l);
                if (drain(c, way)) continue;
                ++cut_count;
                cut_at = cut_every > 0 ? std::optional(passed[0] + cut_every) : std::nullopt;
                cut_all();
                return 0;
            }
        open.remove_if([](const connection& c) {
            if (!c.broken && !(c.lanes[0].closed && c.lanes[1].closed)) return false;
            reset_and_close(c.client);
            reset_and_close(c.target);
            return true;
        });
        polled.push_back({wake, POLLIN, 0});
        if (listener >= 0) polled.push_back({listener, POLLIN, 0});
        for (auto& c : open)
            for (auto& l : c.lanes) {
                if (!l.ended && l.queued < room()) polled.push_back({l.from, POLLIN, 0});
                const bool due = !l.queue.empty() && l.queue.front().due <= clock::now();
                if (due && !swallowing && !rate) polled.push_back({l.to, POLLOUT, 0});
            }
        return patience();
    }
};

tcp_proxy::tcp_proxy(std::uint16_t target_port) : state_(std::make_unique<state>()) {
    state_->target_port = target_port;
    state_->wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (state_->wake < 0) fail_with_errno("eventfd");
    state_->listener = listen_on_loopback(state_->port);
    state_->thread = std::thread([s = state_.get()] { s->run(); });
}

tcp_proxy::~tcp_proxy() {
    state_->tell([this] { state_->stopping = true; });
    state_->thread.join();
    ::close(state_->wake);
}

std::uint16_t tcp_proxy::port() const { return state_->port; }

void tcp_proxy::set_delay(std::chrono::milliseconds delay) {
    state_->tell([&] { state_->delay = delay; });
}

void tcp_proxy::set_window(std::optional<std::size_t> bytes) {
    state_->tell([&] { state_->window = bytes; });
}

void tcp_proxy::set_rate(std::optional<std::uint64_t> bytes_per_second) {
    state_->tell([&] { state_->rate = bytes_per_second; });
}

void tcp_proxy::cut_after(std::uint64_t bytes, bool repeat) {
    state_->tell([&] {
        state_->cut_at = state_->passed[0] + bytes;
        state_->cut_every = repeat ? bytes : 0;
    });
}

void tcp_proxy::cut() {
    state_->tell([&] { state_->cut_now = true; });
}

void tcp_proxy::swallow(bool on) {
    state_->tell([&] { state_->swallowing = on; });
}

void tcp_proxy::refuse(bool on) {
    state_->tell([&] { state_->refusing = on; });
}

std::uint64_t tcp_proxy::to_target() const { return state_->passed[0]; }
std::uint64_t tcp_proxy::from_target() const { return state_->passed[1]; }
std::size_t tcp_proxy::connections() const { return state_->accepted; }
std::size_t tcp_proxy::cuts() const { return state_->cut_count; }

}  // namespace suprsync::test
