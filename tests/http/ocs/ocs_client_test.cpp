// The client of a hub: joins, registers every archive, publishes its feeds and answers calls, and leaves.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/http/ocs_world.hpp"

using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(ocs_clients)

namespace {

using texts = std::vector<std::string>;

const texts all_feeds{"smurf-sync heartbeat",          "smurf-sync archive_stats",
                      "smurf-sync transfer_stats",     "timestream-sync heartbeat",
                      "timestream-sync archive_stats", "timestream-sync transfer_stats"};
const texts heartbeats{"smurf-sync heartbeat", "timestream-sync heartbeat"};

void same(texts got, texts wanted) {
    std::sort(got.begin(), got.end());
    std::sort(wanted.begin(), wanted.end());
    BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_joins_registers_and_publishes, ocs_world) {
    begin();
    const auto said = hub.take();
    BOOST_REQUIRE(said.size() == 11U);
    BOOST_TEST(said[0] == hello_text("test_realm"));
    // The ids of requests are to come in order.
    for (std::size_t i = 1; i < said.size(); ++i) {
        const auto message = boost::json::parse(said[i]);
        BOOST_TEST(message.at(1).as_int64() == static_cast<std::int64_t>(i));
    }
    BOOST_TEST(said[1] == R"([64,1,{},"observatory.smurf-sync.ops"])");
    BOOST_TEST(hub.registered.size() == 4U);
    for (const std::string procedure : {"observatory.smurf-sync", "observatory.smurf-sync.ops",
                                        "observatory.timestream-sync", "observatory.timestream-sync.ops"})
        BOOST_TEST(hub.registered.contains(procedure), procedure);
    BOOST_TEST(service.board.list().empty());
    BOOST_TEST(hub.asked == texts{"ws://hub:8001/ws"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(all_feeds_come_at_once_and_then_in_their_rhythm, ocs_world) {
    begin();
    same(published(), all_feeds);
    for (int second = 1; second < 60; ++second) {
        time.advance(1);
        same(published(), heartbeats);
    }
    time.advance(1);
    same(published(), {"smurf-sync heartbeat", "timestream-sync heartbeat", "smurf-sync archive_stats",
                       "timestream-sync archive_stats"});
    time.advance(539);
    published();
    time.advance(1);
    same(published(), all_feeds);
}

BOOST_FIXTURE_TEST_CASE(a_publication_says_how_it_stands_then, ocs_world) {
    begin();
    hub.take();
    activity("smurf").ocs_stopped = true;
    service.sessions["smurf"].archive_stats.finalized_until = 1'700'000'060;
    time.advance(60);
    std::string last;
    texts stats;
    for (const auto& text : hub.take("[16,")) {
        if (text.find("smurf-sync.feeds.heartbeat") != std::string::npos) last = text;
        if (text.find("smurf-sync.feeds.archive_stats") != std::string::npos) stats.push_back(text);
    }
    BOOST_TEST(last.find(R"([[{"run":5},)") != std::string::npos, last);
    BOOST_REQUIRE(stats.size() == 1U);
    BOOST_TEST(stats[0].find(R"("finalized_until":[1700000060.0],"num_files":[3],"uncopied_files":[1])") !=
                   std::string::npos,
               stats[0]);
    BOOST_TEST(stats[0].find(R"("timestamps":[1700050060.25])") != std::string::npos, stats[0]);
}

// What is published is a promise: nothing older turns up.
BOOST_FIXTURE_TEST_CASE(figures_that_nobody_knows_are_not_published, ocs_world) {
    service.unknown_figures = {"smurf"};
    begin();
    texts all_but_one = all_feeds;
    std::erase(all_but_one, "smurf-sync archive_stats");
    same(published(), all_but_one);
    time.advance(59);
    published();
    time.advance(1);
    same(published(), {"smurf-sync heartbeat", "timestream-sync heartbeat", "timestream-sync archive_stats"});
    service.unknown_figures.clear();
    time.advance(1);
    same(published(), {"smurf-sync heartbeat", "timestream-sync heartbeat", "smurf-sync archive_stats"});
    time.advance(1);
    same(published(), heartbeats);
    service.sessions.erase("smurf");
    time.advance(58);
    const auto after = published();
    BOOST_TEST(std::count(after.begin(), after.end(), "smurf-sync archive_stats") == 0);
}

// Lost beats are not made up for.
BOOST_FIXTURE_TEST_CASE(a_loop_that_was_busy_leaves_beats_out, ocs_world) {
    begin();
    hub.take();
    time.slip(7.5);
    time.advance(0);
    same(published(), heartbeats);
    time.advance(0.5);
    same(published(), heartbeats);
    time.advance(0.9);
    same(published(), {});
    time.advance(0.1);
    same(published(), heartbeats);
}

BOOST_FIXTURE_TEST_CASE(calls_are_answered, ocs_world) {
    begin();
    hub.take();
    const auto request = hub.call("observatory.smurf-sync.ops", R"(["status","run"])");
    hub.call("observatory.timestream-sync", R"(["get_agent_class"])");
    test::settle(loop);
    auto said = hub.take();
    BOOST_REQUIRE(said.size() == 2U);
    BOOST_TEST(said[0].starts_with("[70," + std::to_string(request) +
                                   R"(,{},[[0,"Session active.",{"session_id":0)"));
    BOOST_TEST(said[1].ends_with(R"(,{},["SupRsync"]])"));
    hub.call("observatory.smurf-sync.ops", "[]");
    hub.say("[68,5,999999,{},[]]");
    hub.say("[69,5,{}]");
    test::settle(loop);
    said = hub.take();
    BOOST_REQUIRE(said.size() == 2U);
    BOOST_TEST(said[0].find(R"(,{},"wamp.error.invalid_argument",[)") != std::string::npos, said[0]);
    BOOST_TEST(said[1].starts_with(R"([8,68,5,{},"wamp.error.no_such_procedure",[)"), said[1]);
}

BOOST_FIXTURE_TEST_CASE(a_stop_is_of_its_archive_and_a_wait_sees_its_end, ocs_world) {
    begin();
    hub.take();
    activity("smurf").files_in_flight = 2;
    hub.call("observatory.smurf-sync.ops", R"(["wait","run",null])", R"({"timeout":30})");
    hub.call("observatory.smurf-sync.ops", R"(["stop","run",{}])");
    time.advance(5);
    auto said = answers();
    BOOST_REQUIRE(said.size() == 1U);
    BOOST_TEST(said[0].starts_with(R"([0,"Requested stop on process \"run\".",)"));
    BOOST_TEST(service.ocs_stopped.at("smurf"));
    BOOST_TEST(!service.ocs_stopped.contains("timestreams"));
    activity("smurf").files_in_flight = 0;
    time.advance(1);
    said = answers();
    BOOST_REQUIRE(said.size() == 1U);
    BOOST_TEST(said[0].starts_with(R"([0,"Operation \"run\" just exited.",)"));
}

BOOST_FIXTURE_TEST_CASE(it_says_goodbye, ocs_world) {
    begin();
    hub.take();
    client.stop();
    test::settle(loop);
    BOOST_TEST(ended);
    BOOST_TEST(hub.take() == texts{R"([6,{},"wamp.close.normal"])"}, boost::test_tools::per_element());
    BOOST_TEST(!hub.connected());
}

BOOST_FIXTURE_TEST_CASE(a_hub_that_does_not_say_goodbye_is_not_waited_for, ocs_world) {
    hub.ignores_goodbye = true;
    begin();
    client.stop();
    test::settle(loop);
    BOOST_TEST(!ended);
    time.advance(1);
    BOOST_TEST(ended);
}

BOOST_FIXTURE_TEST_CASE(it_ends_whatever_it_waits_for, ocs_world) {
    hub.deaf = true;
    begin();
    client.stop();
    time.advance(1);
    BOOST_TEST(ended);
}

BOOST_FIXTURE_TEST_CASE(off_there_is_no_connection, ocs_world) {
    auto off = two_agents();
    off.hub.reset();
    begin(off);
    time.advance(3600);
    BOOST_TEST(hub.connections == 0U);
    set(two_agents());
    BOOST_TEST(hub.registered.size() == 4U);
    set(off);
    BOOST_TEST(!hub.connected());
    time.advance(3600);
    BOOST_TEST(hub.connections == 1U);
    BOOST_TEST(service.board.list().empty());
}

BOOST_AUTO_TEST_SUITE_END()
