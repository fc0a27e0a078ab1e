#include "tests/support/http/running_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <future>

namespace asio = boost::asio;
namespace json = boost::json;

namespace suprsync::testing {

http_server_options on_any_port() {
    http_server_options options;
    options.listen = {parse_listen_address("127.0.0.1:0").value()};
    return options;
}

running_server::running_server(http_server_options options, std::size_t history) {
    if (options.listen.empty()) options.listen = on_any_port().listen;
    service_ = std::make_unique<fake_service>(loop_.get_executor(), history);
    auto opened = http_server::open(loop_.get_executor(), options, *service_);
    if (!opened) BOOST_FAIL(opened.error().text());
    http_server_ = std::move(*opened);
    asio::co_spawn(loop_, http_server_->run(), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
    thread_ = std::thread([this] { loop_.run(); });
}

running_server::~running_server() {
    service_->open_gate();
    stop(std::chrono::milliseconds(0));
    join();
}

std::uint16_t running_server::port() const {
    const auto text = address();
    return static_cast<std::uint16_t>(std::stoi(text.substr(text.rfind(':') + 1)));
}

void running_server::stop(std::chrono::milliseconds grace) {
    asio::post(loop_, [this, grace] { http_server_->stop(grace); });
}

void running_server::on_loop(const std::function<void()>& action) {
    std::promise<void> done;
    asio::post(loop_, [&] {
        action();
        done.set_value();
    });
    done.get_future().wait();
}

void running_server::join() {
    if (thread_.joinable()) thread_.join();
}

namespace {

int connected(int family, const sockaddr* address, socklen_t size) {
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BOOST_REQUIRE(fd >= 0);
    const timeval patience{20, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    BOOST_REQUIRE_EQUAL(::connect(fd, address, size), 0);
    return fd;
}

}  // namespace

raw_client::raw_client(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd_ = connected(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

raw_client::raw_client(const std::string& unix_path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, unix_path.data(), unix_path.size());
    fd_ = connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

raw_client::~raw_client() { ::close(fd_); }

bool raw_client::send(const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
        const auto n = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) BOOST_FAIL("nothing was taken for 20 s");
        if (n <= 0) return false;
        sent += static_cast<std::size_t>(n);
    }
    return true;
}

bool raw_client::fill() {
    char piece[65536];
    const auto n = ::recv(fd_, piece, sizeof piece, 0);
    if (n < 0 && errno == EAGAIN) BOOST_FAIL("nothing came for 20 s");
    if (n < 0) reset_ = true;
    if (n <= 0) return false;
    buffer_.append(piece, static_cast<std::size_t>(n));
    return true;
}

reply raw_client::receive(bool head) {
    reply got;
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) return got;
    got.raw_header = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    got.status = std::stoi(got.raw_header.substr(9, 3));
    for (auto at = got.raw_header.find("\r\n") + 2; at < got.raw_header.size();) {
        const auto line_end = got.raw_header.find("\r\n", at);
        const auto line = got.raw_header.substr(at, line_end - at);
        auto name = line.substr(0, line.find(':'));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        got.headers[name] = line.substr(line.find(':') + 2);
        at = line_end + 2;
    }
    if (head || got.status == 100 || !got.headers.contains("content-length")) return got;
    const auto length = std::stoul(got.headers.at("content-length"));
    while (buffer_.size() < length)
        if (!fill()) BOOST_FAIL("the answer was cut");
    got.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return got;
}

reply raw_client::ask(const std::string& bytes, bool head) {
    send(bytes);
    return receive(head);
}

std::string raw_client::until(const std::string& text) {
    std::size_t at;
    while ((at = buffer_.find(text)) == std::string::npos)
        if (!fill()) BOOST_FAIL("closed before '" + text + "' came; there was: " + buffer_);
    const auto got = buffer_.substr(0, at + text.size());
    buffer_.erase(0, got.size());
    return got;
}

std::string raw_client::rest() {
    while (fill()) continue;
    return std::exchange(buffer_, {});
}

bool raw_client::closed() { return rest().empty(); }

void raw_client::end_sending() { ::shutdown(fd_, SHUT_WR); }

std::string request(const std::string& method, const std::string& target, const std::string& body,
                    const std::string& more_headers) {
    auto text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more_headers;
    if (!body.empty())
        text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

reply ask(running_server& http_server, const std::string& bytes) {
    return raw_client(http_server.port()).ask(bytes);
}

json::object answer_of(running_server& http_server, const std::string& method, const std::string& target,
                       const std::string& body) {
    const auto got = ask(http_server, request(method, target, body));
    BOOST_REQUIRE_MESSAGE(got.status == 200, got.body);
    return json::parse(got.body).as_object();
}

json::object problem_of(const reply& got, int status) {
    BOOST_TEST(got.status == status);
    BOOST_TEST(got.headers.at("content-type") == "application/problem+json");
    const auto problem = json::parse(got.body).as_object();
    BOOST_TEST(problem.at("status").as_int64() == status);
    BOOST_TEST(!problem.at("title").as_string().empty());
    BOOST_TEST(!problem.at("type").as_string().empty());
    BOOST_TEST(!problem.at("detail").as_string().empty());
    return problem;
}

std::string problem_detail(running_server& http_server, int status, const std::string& method,
                           const std::string& target, const std::string& body) {
    const auto problem = problem_of(ask(http_server, request(method, target, body)), status);
    return std::string(problem.at("detail").as_string());
}

bool says(const std::string& text, const std::string& part) {
    BOOST_TEST_INFO(text);
    return text.find(part) != std::string::npos;
}

void put_file(fake_service& service, file_id id, const std::string& state, const std::string& archive) {
    file_view file;
    file.row.id = id;
    file.row.archive_name = archive;
    file.row.local_path = "/data/" + std::to_string(id);
    file.row.remote_path = "17000/a+b c/" + std::to_string(id);
    file.state = state;
    service.rows[id] = file;
}

std::string good_file(const std::string& local, const std::string& more_members) {
    return R"({"local_path": ")" + local + R"(", "remote_path": "17000/x", "archive_name": "smurf")" +
           more_members + "}";
}

}  // namespace suprsync::testing
