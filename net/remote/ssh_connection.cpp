#include "net/remote/ssh_connection.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "engine/loop/as_value.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/ssh_ciphers.hpp"
#include "net/remote/ssh_master.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

using std::chrono::ceil;
using std::chrono::seconds;

constexpr std::size_t longest_socket_path = 90;
// What ssh says before it connects by itself.
constexpr std::string_view channel_refused = "Session open refused by peer";

}  // namespace

struct ssh_connection::state {
    state(asio::any_io_executor e, child_runner& r, ssh_options o, std::function<std::string()> s)
        : executor(std::move(e)), runner(r), options(std::move(o)), new_socket(std::move(s)) {}
    asio::any_io_executor executor;
    child_runner& runner;
    ssh_options options;
    std::function<std::string()> new_socket;
    std::vector<std::shared_ptr<ssh_master>> masters;
    /// As the host was found to be, as long as any connection stands.
    std::shared_ptr<connection_limits> limits = std::make_shared<connection_limits>();
    bool closed = false;

    result<std::shared_ptr<ssh_master>> start();
    /// Forgets masters that have ended, or lost their sockets: such a one goes with its last channel.
    void tidy();
    /// Masters that a channel may go over, now or when they have connected.
    std::vector<std::shared_ptr<ssh_master>> in_service() const;
    connection_choice choose(const std::vector<std::shared_ptr<ssh_master>>& from, bool transfer) const;
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
    const auto ssh = master_arguments(options, m->socket, ssh_master::greeting);
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
    if (in_service().empty()) limits = std::make_shared<connection_limits>();
    auto m = std::make_shared<ssh_master>(executor, std::move(socket), limits);
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

// Connected, without its socket, it never was a master.
void ssh_connection::state::tidy() {
    for (const auto& m : masters)
        if (m->connected && !m->retired && !m->has_its_socket()) m->retire();
    std::erase_if(masters, [](const auto& m) { return m->ended || (m->retired && m->connected); });
}

std::vector<std::shared_ptr<ssh_master>> ssh_connection::state::in_service() const {
    std::vector<std::shared_ptr<ssh_master>> found;
    for (const auto& m : masters)
        if (m->connected ? m->usable() : !m->retired && !m->ended) found.push_back(m);
    return found;
}

connection_choice ssh_connection::state::choose(const std::vector<std::shared_ptr<ssh_master>>& from,
                                                bool transfer) const {
    std::vector<connection_load> loads;
    for (const auto& m : from) loads.push_back({m->connected, m->channels, m->transfers});
    return choose_connection(loads, transfer, *limits);
}

ssh_channel ssh_connection::channel_of(const state& self, const std::shared_ptr<ssh_master>& m,
                                       bool transfer) {
    ssh_channel opened;
    opened.master_ = m;
    opened.transfers_ = transfer ? 1 : 0;
    opened.number_ = ++m->channels;
    m->transfers += opened.transfers_;
    opened.command_ = channel_arguments(self.options, m->socket);
    return opened;
}

std::optional<ssh_channel> ssh_connection::open_at_once(bool transfer) {
    if (state_->closed) return std::nullopt;
    auto there = state_->in_service();
    std::erase_if(there, [](const auto& m) { return !m->connected; });
    const auto choice = state_->choose(there, transfer);
    if (choice.what == connection_choice::step::take)
        return channel_of(*state_, there[choice.which], transfer);
    // No reason to do without: it shares one.
    const auto shared = state_->choose(there, false);
    if (shared.what != connection_choice::step::take) return std::nullopt;
    return channel_of(*state_, there[shared.which], transfer);
}

asio::awaitable<result<ssh_channel>> ssh_connection::open(bool transfer) {
    const auto self = state_;
    while (true) {
        if (self->closed) co_return self->lost(failure_code::stopped, "the daemon is shutting down");
        self->tidy();
        const auto there = self->in_service();
        const auto choice = self->choose(there, transfer);
        std::shared_ptr<ssh_master> connecting;
        if (choice.what == connection_choice::step::take)
            co_return channel_of(*self, there[choice.which], transfer);
        if (choice.what == connection_choice::step::wait) {
            connecting = there[choice.which];
        } else {
            auto started = self->start();
            if (!started) co_return started.error();
            connecting = *started;
        }
        connecting->channels += 1;
        connecting->transfers += transfer ? 1 : 0;
        const auto [error] = co_await connecting->changed.async_wait(as_value);
        connecting->channels -= 1;
        connecting->transfers -= transfer ? 1 : 0;
        if (connecting->connected && !connecting->ended) {
            if (connecting->has_its_socket()) continue;
            co_return failure{failure_code::runtime_directory, "connect to", self->options.host,
                              "the control socket " + connecting->socket + " is not the one that was made"};
        }
        if (connecting->unknown_option) {
            self->options.unknown_here.insert(*connecting->unknown_option);
            continue;
        }
        if (!connecting->ended && error) continue;
        if (!connecting->ended) connecting->retire();
        // Those that stand do, where it was one more than the host takes.
        int connected = 0;
        for (const auto& m : self->masters) connected += m->usable() ? 1 : 0;
        if (connected > 0) {
            self->limits->connection_refused(connected);
            if (self->choose(self->in_service(), transfer).what == connection_choice::step::take) continue;
        }
        if (connecting->why) co_return *connecting->why;
        if (connecting->ended) co_return self->lost(failure_code::connection, "the connection ended");
        const auto limit = ceil<seconds>(self->options.connect_timeout * 2).count();
        co_return self->lost(failure_code::connection,
                             "no connection within " + std::to_string(limit) + " s");
    }
}

ssh_channel& ssh_channel::operator=(ssh_channel&& other) noexcept {
    if (this == &other) return *this;
    release();
    master_ = std::move(other.master_);
    command_ = std::move(other.command_);
    transfers_ = other.transfers_;
    number_ = other.number_;
    return *this;
}

ssh_channel::~ssh_channel() { release(); }

void ssh_channel::release() {
    if (!master_) return;
    master_->transfers -= transfers_;
    if (--master_->channels == 0 && master_->retired) master_->process.terminate();
    master_.reset();
}

bool ssh_channel::usable() const { return !master_ || master_->usable(); }

void ssh_channel::suspect() {
    if (master_) master_->retired = true;
}

void ssh_channel::hear(std::string_view error) const {
    if (master_ && error.find(channel_refused) != std::string_view::npos)
        master_->limits->channel_refused(number_);
}

}  // namespace suprsync
