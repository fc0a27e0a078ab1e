#include "tests/support/web_server.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>
#include <algorithm>
#include <atomic>
#include <cctype>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/support/tcp_sockets.hpp"

namespace suprsync::test {

namespace {

struct context_end {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct ssl_end {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// One connection, without TLS or with it; its socket never blocks.
class stream {
  public:
    stream(int socket, SSL_CTX* context, const std::atomic<bool>& over) : socket_(socket), over_(over) {
        if (!context) return;
        ssl_.reset(SSL_new(context));
        SSL_set_fd(ssl_.get(), socket_);
    }
    ~stream() {
        if (ssl_) SSL_shutdown(ssl_.get());
        ::close(socket_);
    }
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    bool accept() {
        return !ssl_ || repeat([&] { return SSL_accept(ssl_.get()); }) > 0;
    }
    // 0 at the end.
    std::size_t read(char* into, std::size_t most) {
        const auto got = ssl_ ? repeat([&] { return SSL_read(ssl_.get(), into, static_cast<int>(most)); })
                              : plain(POLLIN, [&] { return ::recv(socket_, into, most, 0); });
        return got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    void write(const std::string& text) {
        for (std::size_t done = 0; done < text.size();) {
            const auto* from = text.data() + done;
            const auto left = text.size() - done;
            const auto sent =
                ssl_ ? repeat([&] { return SSL_write(ssl_.get(), from, static_cast<int>(left)); })
                     : plain(POLLOUT, [&] { return ::send(socket_, from, left, MSG_NOSIGNAL); });
            if (sent <= 0) return;
            done += static_cast<std::size_t>(sent);
        }
    }
    /// Until the other end goes, or the server does.
    void wait() {
        char nothing[256];
        while (read(nothing, sizeof nothing) > 0) continue;
    }

  private:
    bool wait_for(short events) {
        while (!over_) {
            pollfd ready{socket_, events, 0};
            if (::poll(&ready, 1, 50) > 0) return true;
        }
        return false;
    }
    template <class Call>
    long plain(short events, Call call) {
        while (wait_for(events)) {
            const long done = call();
            if (done >= 0 || (errno != EAGAIN && errno != EINTR)) return done;
        }
        return -1;
    }
    template <class Call>
    long repeat(Call call) {
        while (!over_) {
            const int done = call();
            if (done > 0) return done;
            const int why = SSL_get_error(ssl_.get(), done);
            if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return done;
            if (!wait_for(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) return -1;
        }
        return -1;
    }

    const int socket_;
    const std::atomic<bool>& over_;
    std::unique_ptr<SSL, ssl_end> ssl_;
};

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

web_question read_head(const std::string& head) {
    web_question asked;
    const auto target = head.find(' ') + 1;
    asked.target = head.substr(target, head.find(' ', target) - target);
    for (auto at = head.find("\r\n") + 2; at < head.size();) {
        const auto end = std::min(head.find("\r\n", at), head.size());
        const auto line = head.substr(at, end - at);
        if (const auto colon = line.find(": "); colon != std::string::npos)
            asked.headers[lower_case(line.substr(0, colon))] = line.substr(colon + 2);
        at = end + 2;
    }
    return asked;
}

}  // namespace

struct web_server::shared {
    int listener = -1;
    std::uint16_t port = 0;
    std::unique_ptr<SSL_CTX, context_end> context;
    std::atomic<bool> over{false};
    mutable std::mutex mutex;
    std::vector<web_question> asked;
    std::list<std::jthread> connections;
    std::jthread acceptor;

    void serve(int socket, const std::function<std::string(const web_question&)>& reply) {
        stream with(socket, context.get(), over);
        if (!with.accept()) return;
        std::string text;
        char part[4096];
        const auto more = [&] {
            const auto got = with.read(part, sizeof part);
            text.append(part, got);
            return got > 0;
        };
        while (text.find("\r\n\r\n") == std::string::npos)
            if (!more()) return;
        const auto head = text.find("\r\n\r\n");
        auto question = read_head(text.substr(0, head));
        const auto length = question.headers.find("content-length");
        const auto wanted = length == question.headers.end() ? 0 : std::stoul(length->second);
        while (text.size() < head + 4 + wanted)
            if (!more()) return;
        question.body = text.substr(head + 4);
        {
            const std::lock_guard lock(mutex);
            asked.push_back(question);
        }
        const auto said = reply ? reply(question) : web_answer_of(204);
        if (said.empty())
            with.wait();
        else
            with.write(said);
    }
};

web_server::web_server() : shared_(std::make_shared<shared>()) {
    shared_->listener = listen_on_loopback(shared_->port);
    shared_->acceptor = std::jthread([this, at = shared_.get()] {
        while (!at->over) {
            pollfd ready{at->listener, POLLIN, 0};
            if (::poll(&ready, 1, 50) <= 0) continue;
            const int socket = accept_from(at->listener);
            if (socket >= 0) at->connections.emplace_back([this, at, socket] { at->serve(socket, answer); });
        }
    });
}

web_server::web_server(const std::filesystem::path& certificate, const std::filesystem::path& key)
    : web_server() {
    std::unique_ptr<SSL_CTX, context_end> context(SSL_CTX_new(TLS_server_method()));
    if (!context || SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error("no TLS with " + certificate.string());
    shared_->context = std::move(context);
}

web_server::~web_server() {
    shared_->over = true;
    shared_->acceptor = {};
    shared_->connections.clear();
    ::close(shared_->listener);
}

std::uint16_t web_server::port() const { return shared_->port; }

std::string web_server::url() const {
    return (shared_->context ? "https://localhost:" : "http://localhost:") + std::to_string(port());
}

std::vector<web_question> web_server::asked() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->asked;
}

std::string web_answer_of(int status, const std::string& headers, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
           "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace suprsync::test
