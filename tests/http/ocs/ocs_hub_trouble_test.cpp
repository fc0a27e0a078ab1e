// Hubs that are away, say nothing, take nothing, send garbage, or have another agent already; and archives
// that come and go by a reload.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>

#include "tests/support/http/ocs_world.hpp"
#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(ocs_hub_trouble)

namespace {

constexpr const char* away = "ocs_hub_unreachable";
constexpr const char* elsewhere = "ocs_not_registered";

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_hub_that_is_away_is_a_condition_until_it_is_joined, ocs_world) {
    hub.away = true;
    begin();
    BOOST_TEST(says(condition(away), "cannot connect to the hub of the test: gone"));
    BOOST_TEST(says(condition(away), "ws://hub:8001/ws"));
    // 1, 2, 4, 8, 16 and then 30 s.
    std::vector<std::size_t> tried;
    for (const double seconds : {1, 2, 4, 8, 16, 30, 30, 30}) {
        time.advance(seconds - 0.01);
        tried.push_back(hub.asked.size());
        time.advance(0.01);
    }
    const std::vector<std::size_t> wanted{1, 2, 3, 4, 5, 6, 7, 8};
    BOOST_TEST(tried == wanted, boost::test_tools::per_element());
    hub.away = false;
    time.advance(30);
    BOOST_TEST(condition(away).empty());
    BOOST_TEST(hub.registered.size() == 4U);
    BOOST_TEST(published().size() >= 6U);
}

BOOST_FIXTURE_TEST_CASE(a_lost_connection_is_made_anew, ocs_world) {
    begin();
    time.advance(100);
    hub.cut();
    test::settle(loop);
    BOOST_TEST(!condition(away).empty());
    hub.take();
    time.advance(1);
    BOOST_TEST(condition(away).empty());
    BOOST_TEST(hub.connections == 2U);
    BOOST_TEST(hub.registered.size() == 4U);
    // Nothing of before is made up for: every feed once.
    BOOST_TEST(published().size() == 6U);
}

// One that sends us away at once is not asked each second.
BOOST_FIXTURE_TEST_CASE(a_hub_that_lets_nobody_stay_is_asked_less_and_less, ocs_world) {
    begin();
    for (int i = 0; i < 300; ++i) {
        if (hub.connected()) hub.say(R"([6,{},"wamp.close.system_shutdown"])");
        time.advance(1);
    }
    BOOST_TEST(hub.connections < 18U);
    BOOST_TEST(hub.connections > 8U);
}

BOOST_FIXTURE_TEST_CASE(a_hub_that_says_nothing_is_given_up, ocs_world) {
    hub.accepts_only = true;
    begin();
    time.advance(9);
    BOOST_TEST(hub.connected());
    BOOST_TEST(condition(away).empty());
    time.advance(1);
    BOOST_TEST(!hub.connected());
    BOOST_TEST(says(condition(away), "it does not let us into the realm test_realm"));
}

BOOST_FIXTURE_TEST_CASE(a_hub_that_answers_no_registration_is_given_up, ocs_world) {
    hub.accepts_only = true;
    begin();
    hub.say(R"([2,1,{}])");
    time.advance(9);
    BOOST_TEST(hub.connected());
    time.advance(1);
    BOOST_TEST(!hub.connected());
    BOOST_TEST(says(condition(away), "it does not answer a request"));
    // To be let in is not enough for it to be over.
    time.advance(1);
    hub.say(R"([2,1,{}])");
    test::settle(loop);
    BOOST_TEST(!condition(away).empty());
    hub.say(R"([8,64,1,{},"wamp.error.not_authorized"])");
    test::settle(loop);
    BOOST_TEST(condition(away).empty());
}

BOOST_FIXTURE_TEST_CASE(what_a_hub_may_not_say_ends_the_session, ocs_world) {
    begin();
    for (const std::string text :
         {"garbage", "[36,1,1,{}]", "[65,77,1]", "[67,77]", R"([8,64,77,{},"x"])", "[2,1,{}]", "[68]",
          R"([3,{"message":"no"},"wamp.error.not_authorized"])", R"([6,{},"wamp.close.system_shutdown"])"}) {
        BOOST_REQUIRE_MESSAGE(hub.connected(), text);
        hub.say(text);
        test::settle(loop);
        BOOST_TEST(!hub.connected(), text);
        BOOST_TEST(!condition(away).empty(), text);
        time.advance(60);
    }
    hub.accepts_only = true;
    hub.cut();
    time.advance(1);
    hub.say("[65,1,1]");
    test::settle(loop);
    BOOST_TEST(says(condition(away), "it sent a message out of its turn"));
    while (!hub.connected()) time.advance(1);
    hub.say(R"([3,{"message":"no realm with name test_realm"},"wamp.error.no_such_realm"])");
    test::settle(loop);
    BOOST_TEST(
        says(condition(away), "it refuses us: wamp.error.no_such_realm: no realm with name test_realm"));
}

// Of what is published the newest stays, and no more calls are read than may be answered.
BOOST_FIXTURE_TEST_CASE(a_hub_that_stops_reading_takes_no_memory, ocs_world) {
    begin();
    time.advance(30);
    hub.take();
    hub.deaf = true;
    time.advance(1);
    for (int i = 0; i < 5000; ++i) hub.call("observatory.smurf-sync.ops", R"(["status","run"])");
    time.advance(15);
    BOOST_TEST(hub.connected());
    hub.deaf = false;
    hub.cut();
    test::settle(loop);
    BOOST_TEST(hub.take().size() <= 1U);
    // Given up where it goes on so.
    time.advance(60);
    BOOST_TEST(hub.connected());
    hub.deaf = true;
    int seconds = 0;
    for (; hub.connected() && seconds < 60; ++seconds) time.advance(1);
    BOOST_TEST(seconds >= 20);
    BOOST_TEST(seconds <= 22);
    BOOST_TEST(says(condition(away), "it takes no message"));
}

BOOST_FIXTURE_TEST_CASE(another_agent_of_the_id_is_a_condition_of_that_archive, ocs_world) {
    for (const std::string procedure : {"observatory.smurf-sync.ops", "observatory.smurf-sync"}) {
        BOOST_TEST_CONTEXT(procedure) {
            ocs_world other;
            other.hub.taken = {procedure};
            other.begin();
            BOOST_TEST(
                says(other.condition(elsewhere, "smurf"), "another agent runs as observatory.smurf-sync"));
            BOOST_TEST(says(other.condition(elsewhere, "smurf"), "manage: ignore"));
            BOOST_TEST(other.condition(elsewhere, "timestreams").empty());
            BOOST_TEST(other.condition(away).empty());
            // Neither half an agent, nor its feeds.
            BOOST_TEST(!other.hub.registered.contains("observatory.smurf-sync.ops"));
            BOOST_TEST(!other.hub.registered.contains("observatory.smurf-sync"));
            BOOST_TEST(other.hub.registered.size() == 2U);
            other.time.advance(8);
            for (const auto& topic : other.published())
                BOOST_TEST(topic.starts_with("timestream-sync "), topic);
            other.hub.taken.clear();
            other.time.advance(2);
            BOOST_TEST(other.condition(elsewhere, "smurf").empty());
            BOOST_TEST(other.hub.registered.size() == 4U);
            BOOST_TEST(other.hub.connections == 1U);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_registration_that_is_not_allowed_is_told, ocs_world) {
    hub.taken = {"observatory.smurf-sync.ops"};
    hub.refuses_with = "wamp.error.not_authorized";
    begin();
    BOOST_TEST(says(condition(elsewhere, "smurf"),
                    "the hub does not let us register observatory.smurf-sync: wamp.error.not_authorized"));
}

BOOST_FIXTURE_TEST_CASE(archives_come_and_go_within_the_session, ocs_world) {
    begin();
    hub.take();
    auto wanted = two_agents();
    wanted.instances = {{"smurf", "smurf-2"}, {"hk", "hk-sync"}};
    serve("hk");
    set(wanted);
    BOOST_TEST(hub.connections == 1U);
    BOOST_TEST(hub.registered.size() == 4U);
    for (const std::string procedure : {"observatory.smurf-2", "observatory.hk-sync"})
        BOOST_TEST(hub.registered.contains(procedure), procedure);
    published();
    time.advance(1);
    BOOST_TEST(published() == (std::vector<std::string>{"hk-sync heartbeat", "smurf-2 heartbeat"}),
               boost::test_tools::per_element());
    // The same again changes nothing.
    set(wanted);
    BOOST_TEST(hub.take().empty());
    // Another hub, realm or root is another session.
    wanted.address_root = "site2";
    set(wanted);
    BOOST_TEST(hub.connections == 2U);
    BOOST_TEST(hub.registered.contains("site2.hk-sync.ops"));
    wanted.hub = parse_hub_address("wss://other/ws").value();
    set(wanted);
    BOOST_TEST(hub.asked.back() == "wss://other:443/ws");
    BOOST_TEST(service.board.list().empty());
}

BOOST_FIXTURE_TEST_CASE(an_agent_may_go_while_it_is_registered, ocs_world) {
    hub.accepts_only = true;
    begin();
    hub.say("[2,1,{}]");
    test::settle(loop);
    auto wanted = two_agents();
    wanted.instances.erase("smurf");
    set(wanted);
    hub.accepts_only = false;
    hub.say("[65,1,50]");  // smurf-sync.ops
    hub.say("[65,2,51]");
    test::settle(loop);
    const auto said = hub.take();
    BOOST_TEST(std::count(said.begin(), said.end(), "[66,3,50]") +
                   std::count(said.begin(), said.end(), "[66,4,50]") ==
               1);
    BOOST_TEST(hub.registered.size() == 1U);
    BOOST_TEST(hub.registered.contains("observatory.timestream-sync"));
    hub.taken = {"observatory.hk.ops"};
    wanted.instances["hk"] = "hk";
    set(wanted);
    BOOST_TEST(!condition(elsewhere, "hk").empty());
    wanted.instances.erase("hk");
    set(wanted);
    BOOST_TEST(condition(elsewhere, "hk").empty());
}

BOOST_FIXTURE_TEST_CASE(a_day_has_as_many_beats_as_seconds_and_takes_no_memory, ocs_world) {
    std::map<std::string, std::uint64_t> counted;
    std::map<std::string, double> last;
    double longest_gap = 0;
    hub.on_text = [&](const std::string& text) {
        if (!text.starts_with("[16,")) return;
        const auto begin = text.find('"') + 1;  // not parsed whole: there are 180,000 of them
        const auto topic = text.substr(begin, text.find('"', begin) - begin);
        ++counted[topic];
        if (last.contains(topic) && topic.ends_with("heartbeat"))
            longest_gap = std::max(longest_gap, time.now() - last[topic]);
        last[topic] = time.now();
    };
    begin();
    const auto begun = time.now();
    time.advance(3600);
    const auto before = bytes_in_use();
    time.advance(86400 - 3600);
    BOOST_TEST(bytes_in_use() - before < 16'384);
    for (const std::string agent : {"smurf-sync", "timestream-sync"}) {
        const auto feed = "observatory." + agent + ".feeds.";
        BOOST_TEST(counted[feed + "heartbeat"] == 86'401U);
        BOOST_TEST(counted[feed + "archive_stats"] == 1'441U);
        BOOST_TEST(counted[feed + "transfer_stats"] == 145U);
        BOOST_TEST(std::abs(last[feed + "heartbeat"] - begun - 86400) < 0.001);
        BOOST_TEST(std::abs(last[feed + "archive_stats"] - begun - 86400) < 0.001);
        BOOST_TEST(std::abs(last[feed + "transfer_stats"] - begun - 86400) < 0.001);
    }
    BOOST_TEST(std::abs(longest_gap - 1) < 0.001);
    BOOST_TEST(hub.connections == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_day_without_a_hub_takes_no_memory, ocs_world) {
    hub.away = true;
    begin();
    time.advance(3600);
    hub.asked.clear();
    hub.asked.reserve(4000);
    const auto before = bytes_in_use();
    time.advance(86400 - 3600);
    hub.asked.clear();
    BOOST_TEST(bytes_in_use() - before < 16'384);
}

BOOST_AUTO_TEST_SUITE_END()
