// Callers of OCS that send what cannot be read, go away, or ask for more than is sent; and who may start
// again what was stopped.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/support/http/ocs_world.hpp"
#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(ocs_callers)

// Whoever may call at the hub could send one to us.
BOOST_FIXTURE_TEST_CASE(a_call_that_cannot_be_read_is_refused_alone, ocs_world) {
    begin();
    hub.take();
    hub.say("[68,7,9,{}," + std::string(1000, '['));
    hub.say_beginning("[68,8,9,{},[\"status\",\"xxxx");
    test::settle(loop);
    const auto refused = hub.take("[8,68,");
    BOOST_REQUIRE(refused.size() == 2U);
    BOOST_TEST(refused[0].starts_with(R"([8,68,7,{},"wamp.error.invalid_argument",["cannot read)"),
               refused[0]);
    BOOST_TEST(says(refused[1], R"([8,68,8,{},"wamp.error.invalid_argument")"));
    BOOST_TEST(says(refused[1], "it is too long"));
    BOOST_TEST(hub.connected());
    hub.say_beginning(R"([65,1,"xxxx)");
    test::settle(loop);
    BOOST_TEST(says(condition("ocs_hub_unreachable"), "it is too long"));
}

BOOST_FIXTURE_TEST_CASE(a_wait_whose_caller_is_gone_is_given_up, ocs_world) {
    begin();
    const auto call = hub.call("observatory.smurf-sync.ops", R"(["wait","run"])");
    test::settle(loop);
    hub.take();
    hub.say("[69," + std::to_string(call) + R"(,{"mode":"killnowait"}])");
    hub.say("[69,4711,{}]");  // answered already
    test::settle(loop);
    const auto refused = hub.take("[8,68,");
    BOOST_REQUIRE(refused.size() == 1U);
    BOOST_TEST(says(refused[0], "[8,68," + std::to_string(call) + R"(,{},"wamp.error.canceled")"));
    activity("smurf").ocs_stopped = true;
    time.advance(2);
    BOOST_TEST(hub.take("[70,").empty());
}

// Answers are large: what waits to be sent has a limit in bytes, too, also where many waits end at once.
BOOST_FIXTURE_TEST_CASE(answers_that_wait_have_a_limit_in_bytes, ocs_world) {
    const std::string long_name(400'000, 'x');
    for (auto& report : service.reports)
        report.conditions = {{"files_failed", report.configuration.name, long_name, 5, 1}};
    begin();
    for (std::size_t i = 0; i < ocs_agent::most_waits; ++i)
        hub.call("observatory.smurf-sync.ops", R"(["wait","run"])");
    test::settle(loop);
    hub.take();
    hub.deaf = true;
    const auto before = bytes_in_use();
    activity("smurf").ocs_stopped = true;
    for (int i = 0; i < 100; ++i) hub.call("observatory.timestream-sync.ops", R"(["status","run"])");
    time.advance(3);
    BOOST_TEST(bytes_in_use() - before < 16 * 1024 * 1024);
    hub.deaf = false;
    hub.say("[69,4711,{}]");
    time.advance(30);
    BOOST_TEST(hub.take("[70,").size() == ocs_agent::most_waits + 100);
}

BOOST_FIXTURE_TEST_CASE(without_a_hub_nothing_stays_stopped_over_ocs, ocs_world) {
    begin();
    hub.call("observatory.smurf-sync.ops", R"(["stop","run"])");
    test::settle(loop);
    BOOST_TEST(service.ocs_stopped.at("smurf"));
    auto other = two_agents();
    other.realm = "another";
    set(other);
    BOOST_TEST(service.ocs_stopped.at("smurf"));
    other.hub.reset();
    set(other);
    BOOST_TEST(!service.ocs_stopped.at("smurf"));
}

// The catalog keeps what is promised before it is published, and may be locked.
BOOST_FIXTURE_TEST_CASE(no_heartbeat_waits_for_a_locked_catalog, ocs_world) {
    service.shut_gate();
    begin();
    time.advance(5);
    auto topics = published();
    BOOST_TEST(std::count(topics.begin(), topics.end(), "smurf-sync heartbeat") == 6);
    BOOST_TEST(std::count(topics.begin(), topics.end(), "timestream-sync heartbeat") == 6);
    BOOST_TEST(std::count(topics.begin(), topics.end(), "smurf-sync archive_stats") == 0);
    BOOST_TEST(std::count(topics.begin(), topics.end(), "smurf-sync transfer_stats") == 1);
    BOOST_TEST(std::count(topics.begin(), topics.end(), "timestream-sync transfer_stats") == 1);
    service.open_gate();
    test::settle(loop);
    topics = published();
    BOOST_TEST(std::count(topics.begin(), topics.end(), "smurf-sync archive_stats") == 1);
    BOOST_TEST(std::count(topics.begin(), topics.end(), "timestream-sync archive_stats") == 1);
}

// Each may end while the figures of an agent are awaited.
BOOST_FIXTURE_TEST_CASE(figures_that_come_too_late_are_not_published, ocs_world) {
    service.shut_gate();
    begin();
    time.advance(2);
    auto wanted = two_agents();
    wanted.instances.erase("smurf");
    set(wanted);
    published();
    service.open_gate();
    test::settle(loop);
    time.advance(1);
    auto topics = published();
    BOOST_TEST(std::count(topics.begin(), topics.end(), "smurf-sync archive_stats") == 0);
    BOOST_TEST(std::count(topics.begin(), topics.end(), "timestream-sync archive_stats") == 1);
    // The connection ends: what was awaited is of no session any more.
    service.shut_gate();
    time.advance(60);
    hub.cut();
    time.advance(5);
    service.open_gate();
    time.advance(35);
    BOOST_TEST(hub.connections == 2U);
    topics = published();
    BOOST_TEST(std::count(topics.begin(), topics.end(), "timestream-sync archive_stats") == 1);
    // And the daemon ends.
    service.shut_gate();
    time.advance(60);
    client.stop();
    service.open_gate();
    test::settle(loop);
    time.advance(2);
    BOOST_TEST(ended);
}

BOOST_AUTO_TEST_SUITE_END()
