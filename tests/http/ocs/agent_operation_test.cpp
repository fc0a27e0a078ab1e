// The states of an agent's operation: every way from one to another.
#include "http/ocs/agent_operation.hpp"

#include <boost/test/unit_test.hpp>
#include <map>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(agent_operations)

namespace {

constexpr operation_facts preparing{};
constexpr operation_facts runs{.ready = true};
constexpr operation_facts runs_degraded{.ready = true, .degraded = true};
constexpr operation_facts stopped{.ready = true, .stopped = true};
constexpr operation_facts stopped_at_work{.ready = true, .stopped = true, .working = true};
constexpr operation_facts ending{.ready = true, .ending = true};

struct operation_at_100 {
    epoch_seconds now = 100;
    agent_operation operation{now};

    void becomes(const operation_facts& facts, const std::string& status, int code) {
        ++now;
        operation.update(facts, now);
        BOOST_TEST(operation.status() == status);
        BOOST_TEST(static_cast<int>(operation.code()) == code);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(from_the_start_to_the_stop, operation_at_100) {
    BOOST_TEST(static_cast<int>(operation.code()) == 2);
    BOOST_TEST(operation.session_id() == 0);
    becomes(preparing, "starting", 2);
    becomes(runs, "running", 3);
    becomes(runs_degraded, "running", 8);
    BOOST_TEST(operation.degraded());
    becomes(runs, "running", 3);
    BOOST_TEST(!operation.degraded());
    becomes(preparing, "running", 3);  // the catalog is replaced: it goes on, with a condition
    BOOST_TEST(!operation.success().has_value());
    BOOST_TEST(!operation.end_time().has_value());
    becomes(stopped_at_work, "stopping", 4);
    becomes(stopped_at_work, "stopping", 4);
    BOOST_TEST(!operation.done());
    becomes(stopped, "done", 5);
    BOOST_TEST(operation.done());
    BOOST_TEST((operation.success() == std::optional(true)));
    BOOST_TEST((operation.end_time() == std::optional(now)));
    BOOST_TEST(operation.start_time() == 100);
    const std::vector<std::pair<epoch_seconds, std::string>> told{{100, "Status is now \"starting\"."},
                                                                  {102, "Status is now \"running\"."},
                                                                  {106, "Status is now \"stopping\"."},
                                                                  {108, "Status is now \"done\"."}};
    BOOST_TEST((operation.messages() == told));
}

// Whatever conditions hold.
BOOST_FIXTURE_TEST_CASE(degraded_is_said_only_of_what_runs, operation_at_100) {
    for (const bool degraded : {false, true}) {
        auto facts = preparing;
        facts.degraded = degraded;
        becomes(facts, "starting", 2);
    }
    becomes(runs_degraded, "running", 8);
    auto at_work = stopped_at_work, after = stopped;
    at_work.degraded = after.degraded = true;
    becomes(at_work, "stopping", 4);
    BOOST_TEST(!operation.degraded());
    becomes(after, "done", 5);
    BOOST_TEST(!operation.degraded());
}

BOOST_FIXTURE_TEST_CASE(a_start_after_the_stop_is_another_session, operation_at_100) {
    becomes(runs, "running", 3);
    becomes(stopped, "done", 5);
    const auto ended_at = operation.end_time();
    becomes(stopped_at_work, "done", 5);  // it does not go back
    BOOST_TEST((operation.end_time() == ended_at));
    becomes(runs, "running", 3);
    BOOST_TEST(operation.session_id() == 1);
    BOOST_TEST(operation.start_time() == now);
    BOOST_TEST(!operation.end_time().has_value());
    BOOST_TEST(operation.messages().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_daemon_that_ends_stops, operation_at_100) {
    becomes(runs, "running", 3);
    becomes(ending, "stopping", 4);
    becomes(ending, "stopping", 4);
}

BOOST_FIXTURE_TEST_CASE(stopped_before_it_ran, operation_at_100) {
    auto facts = preparing;
    facts.stopped = true;
    becomes(facts, "done", 5);
    becomes(preparing, "starting", 2);
    BOOST_TEST(operation.session_id() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
