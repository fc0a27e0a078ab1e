// Children of a test, and the loop that runs them.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "net/process/child_process.hpp"
#include "tests/support/processes.hpp"

namespace suprsync::test {

struct child_fixture {
    const std::set<pid_t> children_before = children();
    boost::asio::io_context loop;
    child_runner runner{loop.get_executor(), nullptr, std::chrono::milliseconds(200)};

    /// Runs the loop until the child has ended; `meanwhile` is called once, when it runs.
    result<child_result> run(child_request request, const std::function<void()>& meanwhile = [] {}) {
        std::optional<result<child_result>> answer;
        boost::asio::co_spawn(loop, runner.run(std::move(request)),
                              [&](const std::exception_ptr& thrown, result<child_result> r) {
                                  if (thrown) std::rethrow_exception(thrown);
                                  answer = std::move(r);
                              });
        loop.restart();
        while (runner.running() == 0 && !answer) loop.run_one();
        meanwhile();
        while (!answer) loop.run_one();
        BOOST_TEST(runner.running() == 0U);
        return std::move(*answer);
    }

    child_result shell(const std::string& script, const std::function<void(child_request&)>& change = {}) {
        return program({"sh", "-c", script}, change);
    }
    child_result program(std::vector<std::string> arguments,
                         const std::function<void(child_request&)>& change = {}) {
        child_request request;
        request.arguments = std::move(arguments);
        if (change) change(request);
        auto done = run(std::move(request));
        BOOST_REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().text()));
        return *done;
    }
};

}  // namespace suprsync::test
