// Children that are started before their work is known: taken over where they fit, ended where they do not.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "net/process/child_process.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/waiting.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(prestarted_children)

namespace {

child_request shell(const std::string& script, std::string input = {}) {
    child_request request;
    request.arguments = {"sh", "-c", script};
    request.input = std::move(input);
    return request;
}

struct prestarting {
    const std::set<pid_t> children_before = children();
    asio::io_context loop;
    child_runner runner{loop.get_executor(), nullptr, 200ms};

    prestarted_child start(child_request request, std::chrono::nanoseconds life = generous) {
        auto started = runner.prestart(std::move(request), life);
        BOOST_REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error().text()));
        return std::move(*started);
    }
    child_result run(child_request request, prestarted_child prestarted) {
        std::optional<result<child_result>> answer;
        asio::co_spawn(loop, runner.run(std::move(request), std::move(prestarted)),
                       [&](const std::exception_ptr& thrown, result<child_result> r) {
                           if (thrown) std::rethrow_exception(thrown);
                           answer = std::move(r);
                       });
        drain();
        BOOST_REQUIRE(answer.has_value());
        BOOST_REQUIRE(answer->has_value());
        return **answer;
    }
    /// Until no child is left: none of them ends by itself where it waits.
    void drain() {
        loop.restart();
        loop.run();
        BOOST_TEST(runner.running() == 0U);
        BOOST_TEST(children() == children_before, boost::test_tools::per_element());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_waiting_child_is_given_its_work, prestarting) {
    auto prestarted = start(shell("cat; echo $$ >&2"));
    BOOST_TEST(prestarted.waits());
    const auto done = run(shell("cat; echo $$ >&2", "work"), std::move(prestarted));
    BOOST_TEST(done.prestarted);
    BOOST_TEST(done.output == "work");
    BOOST_TEST(done.succeeded());
}

BOOST_FIXTURE_TEST_CASE(input_given_ahead_is_not_written_again, prestarting) {
    const auto done = run(shell("cat", "head and tail"), start(shell("cat", "head ")));
    BOOST_TEST(done.prestarted);
    BOOST_TEST(done.output == "head and tail");
}

BOOST_FIXTURE_TEST_CASE(a_waiting_child_of_other_arguments_environment_or_input_is_replaced, prestarting) {
    const auto wanted = shell("cat; echo $A", "work");
    auto arguments = shell("cat; echo other");
    auto environment = shell("cat; echo $A");
    environment.environment = {"A=1"};
    const auto input = shell("cat; echo $A", "other");
    for (const auto& waiting : {arguments, environment, input}) {
        const auto done = run(wanted, start(waiting));
        BOOST_TEST(!done.prestarted);
        BOOST_TEST(done.output == "work\n");
    }
    // And the same one is taken.
    BOOST_TEST(run(wanted, start(shell("cat; echo $A", "wo"))).prestarted);
}

BOOST_FIXTURE_TEST_CASE(a_child_that_has_ended_is_not_taken_for_a_waiting_one, prestarting) {
    auto prestarted = start(shell("exit 3"));
    wait_until("it has ended", [&] { return !prestarted.waits(); });
    BOOST_TEST(!run(shell("exit 3"), std::move(prestarted)).prestarted);
}

BOOST_FIXTURE_TEST_CASE(no_child_waits_longer_than_its_life_or_its_handle, prestarting) {
    {
        const auto dropped = start(shell("trap '' TERM; cat"));
        BOOST_TEST(runner.running() == 1U);
    }
    drain();
    auto kept = start(shell("cat"), 1ms);
    drain();
    BOOST_TEST(!kept.waits());
    kept = start(shell("cat"));
    kept = {};
    drain();
}

// Or it stays a zombie until somebody asks for it.
BOOST_FIXTURE_TEST_CASE(one_that_ends_while_it_waits_is_reaped, prestarting) {
    const auto killed = start(shell("kill -KILL $$"), 24h), ended = start(shell("exit 0"), 24h);
    wait_until("nobody runs", [&] {
        loop.poll();
        return runner.running() == 0;
    });
    drain();
    BOOST_TEST(!killed.waits());
    BOOST_TEST(!ended.waits());
}

BOOST_FIXTURE_TEST_CASE(stopping_ends_waiting_children, prestarting) {
    auto prestarted = start(shell("cat"));
    runner.stop();
    BOOST_TEST(!prestarted.waits());
    drain();
    BOOST_TEST((runner.prestart(shell("cat"), 1s).error().code == failure_code::stopped));
}

BOOST_FIXTURE_TEST_CASE(limits_count_from_the_moment_a_child_has_work, prestarting) {
    auto request = shell("cat; exec sleep 1000", "work");
    request.limit = 100ms;
    const auto done = run(request, start(shell("cat; exec sleep 1000")));
    BOOST_TEST(done.prestarted);
    BOOST_TEST(done.output == "work");
    BOOST_TEST((done.cause == ended_by::time_limit));
}

BOOST_FIXTURE_TEST_CASE(a_missing_program_cannot_be_prestarted, prestarting) {
    child_request request;
    request.arguments = {"suprsync-no-such-program"};
    BOOST_TEST((runner.prestart(request, 1s).error().code == failure_code::missing_program));
}

BOOST_AUTO_TEST_CASE(no_waiting_child_outlives_its_runner) {
    const auto before = children();
    {
        prestarting world;
        const auto prestarted = world.start(shell("cat"));
    }
    BOOST_TEST(children() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
