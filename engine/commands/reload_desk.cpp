#include "engine/commands/reload_desk.hpp"

#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <cstring>
#include <optional>

#include "engine/commands/runtime_places.hpp"
#include "engine/loop/as_value.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t most_visits = 16;
constexpr std::chrono::seconds longest_word{10};  // to say or to take it
constexpr unsigned own_account_alone = 0600;

}  // namespace

struct reload_desk::visit {
    explicit visit(asio::generic::stream_protocol::socket socket) : stream(std::move(socket)) {}

    boost::beast::basic_stream<asio::generic::stream_protocol> stream;
    bool asked = false;
    bool begun = false;    ///< the reload that it asked for
    bool waiting = false;  ///< for its answer, and for nothing else
    std::optional<reload_answer> told;
};

reload_desk::reload_desk(asio::any_io_executor loop) : loop_(loop), tasks_(loop) {}
reload_desk::~reload_desk() = default;

result<void> reload_desk::listen(const std::string& file) {
    file_ = file;
    if (stopped_ || (listener_ && listener_->stands())) return {};
    if (listener_) listener_->close();
    listener_.reset();
    const auto open = [&](const std::string&, const listen_address& where) -> result<listen_address> {
        auto opened = listener::open(loop_, where, {own_account_alone, {}});
        if (!opened) return opened.error();
        listener_ = std::make_shared<listener>(std::move(*opened));
        return where;
    };
    if (auto made = take_first_socket(reload_sockets, open); !made) return made.error();
    tasks_.spawn(let_in(listener_));
    return {};
}

asio::awaitable<void> reload_desk::let_in(std::shared_ptr<listener> at) {
    while (true) {
        auto [error, socket] = co_await at->socket().async_accept(as_value);
        if (error) break;
        if (visits_.size() >= most_visits) continue;
        visits_.push_back(std::make_shared<visit>(std::move(socket)));
        tasks_.spawn(attend(visits_.back()));
    }
    // Closed, or this machine has no descriptor for who comes: then the next listen() makes it anew.
    at->close();
    if (listener_ == at) listener_.reset();
}

asio::awaitable<void> reload_desk::attend(std::shared_ptr<visit> one) {
    const auto talk = [](std::shared_ptr<visit> with, std::string greeting) -> asio::awaitable<void> {
        auto& stream = with->stream;
        std::string question;
        stream.expires_after(longest_word);
        const auto heard = co_await asio::async_read_until(
            stream, asio::dynamic_buffer(question, std::strlen(reload_question)), '\n', as_value);
        if (std::get<0>(heard) || question != reload_question) co_return;
        with->asked = true;
        // What it signals after our greeting begins later than this.
        const auto said = co_await asio::async_write(stream, asio::buffer(greeting), as_value);
        if (std::get<0>(said)) co_return;
        stream.expires_never();
        if (!with->told) {
            // Until it hangs up, or is to be told.
            with->waiting = true;
            char nothing = 0;
            co_await stream.async_read_some(asio::buffer(&nothing, 1), as_value);
            with->waiting = false;
        }
        if (!with->told) co_return;
        stream.expires_after(longest_word);
        const auto text = written(*with->told);
        co_await asio::async_write(stream, asio::buffer(text), as_value);
    };
    co_await talk(one, written(reload_greeting{::getpid(), file_}));
    visits_.remove(one);
}

void reload_desk::begin() {
    for (const auto& one : visits_) one->begun = one->begun || one->asked;
}

void reload_desk::answer(const reload_answer& told) {
    for (const auto& one : visits_) {
        if (!one->begun || one->told) continue;
        one->told = told;
        if (one->waiting) one->stream.cancel();
    }
}

void reload_desk::stop() {
    stopped_ = true;
    if (listener_) listener_->close();
    listener_.reset();
    for (const auto& one : visits_) one->stream.close();
}

asio::awaitable<void> reload_desk::join() { co_await tasks_.join(); }

}  // namespace suprsync
