// An sshd with a connection of ours, for the tests of ssh_connection.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/loop/run_to_end.hpp"
#include "net/remote/ssh_connection.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/waiting.hpp"

namespace suprsync::test {

namespace asio = boost::asio;

/// An sshd, a connection to it, and a count of the times that it let us in.
struct connected {
    explicit connected(const std::vector<std::string>& extra = {}) : server(home / "sshd", extra) {
        options.host = server.host();
        options.config_file = server.client_configuration();
        options.connect_timeout = std::chrono::seconds(20);
        options.stall_timeout = std::chrono::seconds(60);
    }
    ~connected() { close(); }
    void close() {
        connection.reset();
        if (!runner) return;
        runner->stop();
        context.restart();
        while (runner->running() > 0) context.run_one();
        context.poll();
        runner.reset();
    }

    template <class T>
    result<T> wait(asio::awaitable<result<T>> work) {
        return run_to_end(context, std::move(work));
    }
    ssh_connection& get() {
        if (!connection) {
            runner = std::make_unique<child_runner>(context.get_executor(), nullptr);
            connection = std::make_unique<ssh_connection>(context.get_executor(), *runner, options, [this] {
                return (home / ("c" + std::to_string(sockets++))).string();
            });
        }
        return *connection;
    }
    ssh_channel open(bool transfer = false) {
        auto opened = wait(get().open(transfer));
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().text()));
        return std::move(*opened);
    }
    failure refusal() {
        const auto opened = wait(get().open());
        BOOST_REQUIRE(opened.has_error());
        BOOST_TEST_MESSAGE(opened.error().text());
        return opened.error();
    }
    /// What a command in the channel says on standard output.
    std::string run(const ssh_channel& in, const std::string& command) {
        child_request request;
        request.arguments = in.command();
        request.arguments.insert(request.arguments.end(), {"--", options.host, command});
        request.limit = generous;
        const auto done = wait(runner->run(std::move(request)));
        BOOST_REQUIRE(done.has_value());
        return done->succeeded() ? done->output : "failed: " + done->error;
    }
    int logins() const {
        int count = 0;
        const auto log = server.log();
        for (auto at = log.find("Accepted publickey"); at != std::string::npos;
             at = log.find("Accepted publickey", at + 1))
            ++count;
        return count;
    }
    std::size_t masters() {
        context.restart();
        context.poll();
        return processes_about(home.path(), "ControlMaster=yes").size();
    }

    scratch_directory home;
    sshd server;
    ssh_options options;
    asio::io_context context;
    std::unique_ptr<child_runner> runner;
    std::unique_ptr<ssh_connection> connection;
    int sockets = 0;
};

}  // namespace suprsync::test
