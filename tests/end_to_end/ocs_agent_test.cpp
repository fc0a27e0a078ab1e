// The daemon as agents of OCS, on a router that is not ours (spec, OCS).
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <regex>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/ocs_hub.hpp"
#include "tests/support/tcp_sockets.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(ocs_agents_of_a_site)

namespace {

struct site_with_hub : configured_site {
    site_with_hub() {
        hub.start();
        configure_agents({{"timestreams", "timestream-sync"}, {"smurf", "smurf-sync"}});
    }
    ocs_hub hub{scratch / "hub.log"};

    void configure_agents(const std::map<std::string, std::string>& agents) {
        std::vector<std::string> all;
        for (const auto& [name, id] : agents)
            all.push_back(archive_text(name, "    instance_id: " + id + "\n"));
        configure(all);
        write_file(file, read_file(file) + "ocs: {hub: \"" + hub.url() + "\"}\n");
    }
    void await_code(const std::string& id, std::int64_t code) {
        wait_until("code " + std::to_string(code) + " of " + id,
                   [&] { return hub.op_code("observatory." + id) == code; });
    }
    std::string asked(const std::string& id, const std::string& action, const std::string& keywords = "{}") {
        const auto answer =
            hub.call("observatory." + id + ".ops", "[\"" + action + "\",\"run\",null]", keywords);
        return json::serialize(json::array{answer.at(0), answer.at(1)});
    }
    /// No message was refused.
    ~site_with_hub() { BOOST_TEST(hub.lines_with("refused") == 0U); }
};

// As the aggregator of the site takes a publication of `archive_stats`: of one block with one sample, the
// same keys always, of the same types always, on the text as it came. Returns finalized_until.
double judge_archive_stats(const std::string& raw, const std::string& archive, const std::string& id) {
    const auto message = json::parse(raw).as_array();
    BOOST_REQUIRE(message.size() == 5U);
    const auto& arguments = message.at(4).as_array();
    BOOST_REQUIRE(arguments.size() == 1U);
    BOOST_REQUIRE(arguments.at(0).as_array().size() == 2U);
    const auto& payload = arguments.at(0).at(0).as_object();
    const auto& feed = arguments.at(0).at(1).as_object();
    BOOST_TEST(feed.at("agent_address").as_string() == "observatory." + id);
    BOOST_TEST(feed.at("address").as_string() == "observatory." + id + ".feeds.archive_stats");
    BOOST_TEST(feed.at("feed_name").as_string() == "archive_stats");
    BOOST_TEST(feed.at("agg_params").as_object().empty());
    BOOST_TEST(feed.at("record").as_bool());
    BOOST_TEST(feed.at("agent_class").as_string() == "SupRsync");
    BOOST_TEST(feed.at("session_id").is_string());
    BOOST_REQUIRE(payload.size() == 1U);
    const auto& block = payload.at(archive).as_object();
    BOOST_TEST(block.at("block_name").as_string() == archive);
    std::set<std::string> keys;
    for (const auto& [key, samples] : block.at("data").as_object()) {
        keys.emplace(key);
        BOOST_REQUIRE(samples.as_array().size() == 1U);
        const auto& sample = samples.as_array().at(0);
        const std::string name(key);
        BOOST_TEST((name == "finalized_until"        ? sample.is_double()
                    : name.starts_with("last_file_") ? sample.is_string()
                                                     : sample.is_int64()),
                   name);
    }
    const std::set<std::string> all{"finalized_until", "num_files", "uncopied_files", "last_file_added",
                                    "last_file_copied"};
    BOOST_TEST(keys == all, boost::test_tools::per_element());
    BOOST_REQUIRE(block.at("timestamps").as_array().size() == 1U);
    BOOST_TEST(block.at("timestamps").as_array().at(0).is_double());
    static const std::regex with_points(
        R"("finalized_until":\[-?[0-9]+\.[0-9]+\],.*"timestamps":\[[0-9]+\.[0-9]+\])");
    BOOST_TEST(std::regex_search(raw, with_points), raw);
    return block.at("data").at("finalized_until").as_array().at(0).as_double();
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(each_archive_is_an_agent_with_its_feeds, site_with_hub) {
    start();
    for (const std::string id : {"timestream-sync", "smurf-sync"}) {
        const auto address = "observatory." + id;
        hub.await("registered " + address + ".ops");
        for (const std::string feed : {"heartbeat", "archive_stats", "transfer_stats"})
            hub.await_published(address + ".feeds." + feed);
        hub.await_published(address + ".feeds.heartbeat", 3);
        const auto until = judge_archive_stats(hub.published(address + ".feeds.archive_stats").front(),
                                               id == "smurf-sync" ? "smurf" : "timestreams", id);
        BOOST_TEST(std::abs(until - now()) < 600);
        const auto api = hub.call(address, R"(["get_api"])").at(0).as_object();
        BOOST_TEST(api.at("agent_class").as_string() == "SupRsync");
        BOOST_TEST(api.at("instance_pid").as_int64() == daemon().pid());
        BOOST_TEST(api.at("feeds").as_array().size() == 3U);
        BOOST_TEST(api.at("processes").at(0).at(1).at("op_code").as_int64() == 3);
    }
    const auto heartbeat = hub.published("observatory.smurf-sync.feeds.heartbeat").back();
    BOOST_TEST(holds(heartbeat, R"([[{"run":3},{"agent_address":"observatory.smurf-sync","agg_params":{},)"),
               heartbeat);
    const auto counters = hub.published("observatory.smurf-sync.feeds.transfer_stats").front();
    static const std::regex five(
        R"(\[\[\{"block0":\{"block_name":"block0","data":\{"iterations":\[[0-9]+\],"copies":\[0\],"errors_timeout":\[0\],"errors_nonzero":\[0\],"errors_sqlite":\[0\]\},"timestamps":\[[0-9]+\.[0-9]+\]\}\},\{.*"agg_params":\{"exclude_aggregator":true\})");
    BOOST_TEST(std::regex_search(counters, five), counters);
    BOOST_TEST(condition("ocs_hub_unreachable").is_null());
    stop();
    hub.await("goodbye wamp.close.normal");
}

// A name with what breaks lines of the Influx protocol, and a whole second as the time that is promised.
BOOST_FIXTURE_TEST_CASE(a_feed_holds_whatever_the_files_are_called, site_with_hub) {
    auto row = make_file("quote\" and\nline", "17000/x", "content");
    row.archive_name = "smurf";
    row.timestamp = std::floor(now()) - 1000;
    row.local_path += ".gone";  // it is not there, and stays unsettled
    catalog().insert(row);
    start();
    hub.await_published("observatory.smurf-sync.feeds.archive_stats");
    // As it is when the agent joins anew.
    wait_until("the row is counted", [&] {
        return status().at("archive_stats").at("smurf").at("uncopied_files").to_number<int>() == 1;
    });
    hub.stop();
    const auto before = hub.published("observatory.smurf-sync.feeds.archive_stats").size();
    hub.start();
    const auto all = hub.await_published("observatory.smurf-sync.feeds.archive_stats", before + 1);
    for (const auto& one : all) judge_archive_stats(one, "smurf", "smurf-sync");
    BOOST_TEST(judge_archive_stats(all.back(), "smurf", "smurf-sync") == row.timestamp - 1);
    BOOST_TEST(holds(all.back(), R"(quote_ and_line.gone"])"), all.back());
    stop();
}

BOOST_FIXTURE_TEST_CASE(stopped_and_started_from_outside, site_with_hub) {
    start();
    await_code("smurf-sync", 3);
    BOOST_TEST(asked("smurf-sync", "start") == R"([-1,"Operation \"run\" already in progress."])");
    BOOST_TEST(asked("smurf-sync", "wait", R"({"timeout":0.5})") ==
               R"([1,"Operation \"run\" still running; wait timed out."])");
    BOOST_TEST(asked("smurf-sync", "stop") == R"([0,"Requested stop on process \"run\"."])");
    BOOST_TEST(asked("smurf-sync", "wait") == R"([0,"Operation \"run\" just exited."])");
    await_condition("ocs_stopped");
    await_code("smurf-sync", 5);
    const auto waits = add_to("smurf", "17000/b", "one");
    const auto goes = add_to("timestreams", "17000/a", "two");
    await_verified(goes);
    BOOST_TEST(!catalog().row(waits).verified());
    BOOST_TEST(status().at("archives").at("smurf").at("activity").as_string() == "stopped");
    BOOST_TEST(hub.op_code("observatory.timestream-sync") == 3);
    BOOST_TEST(asked("smurf-sync", "start") == R"([0,"Started process \"run\"."])");
    await_verified(waits);
    await_no_condition("ocs_stopped");
    // What an operator paused OCS does not resume, but says who can.
    BOOST_TEST(http().post("/archives/smurf/pause", std::string("{}")).status == 200);
    const auto refused = asked("smurf-sync", "start");
    BOOST_TEST(refused.starts_with("[-1,"), refused);
    BOOST_TEST(holds(refused, "suprsync resume smurf"), refused);
    await_code("smurf-sync", 8);
    asked("smurf-sync", "stop");
    await_code("smurf-sync", 5);
    // The next start of the daemon ends the stop, and not the pause.
    stop();
    start();
    await_code("smurf-sync", 8);
    BOOST_TEST(condition("ocs_stopped").is_null());
    BOOST_TEST(!condition("paused").is_null());
    stop();
}

// It uses up the grace; the hub is told in time all the same.
BOOST_FIXTURE_TEST_CASE(goodbye_is_said_although_a_transfer_does_not_end, site_with_hub) {
    options["--shutdown-grace"] = "2s";
    options["--bwlimit"] = "10";  // KiB/s
    start();
    await_code("smurf-sync", 3);
    add_to("smurf", "17000/large", std::string(10'000'000, 'x'));
    wait_until("it is copied", [&] {
        return status().at("archives").at("smurf").at("files_in_flight").to_number<int>() == 1;
    });
    daemon().signal(SIGTERM);
    await_code("smurf-sync", 4);
    hub.await("goodbye wamp.close.normal");
    const auto end = daemon().wait();
    BOOST_TEST(end == exited_with(0), end);
}

BOOST_FIXTURE_TEST_CASE(a_hub_that_is_away_delays_nothing, site_with_hub) {
    hub.stop();
    start();
    await_condition("ocs_hub_unreachable");
    await_verified(add_to("smurf", "17000/b", "one"));
    hub.start();
    await_no_condition("ocs_hub_unreachable");
    await_code("smurf-sync", 3);
    hub.stop();
    await_condition("ocs_hub_unreachable");
    await_verified(add_to("smurf", "17000/c", "two"));
    stop();
}

// It accepts connections and reads nothing: the daemon works, and ends, as without it.
BOOST_FIXTURE_TEST_CASE(a_hub_that_says_nothing_delays_nothing, site_with_hub) {
    std::uint16_t port = 0;
    const int silent = listen_on_loopback(port);
    configure({archive_text("smurf", "    instance_id: smurf-sync\n")});
    write_file(file, read_file(file) + fmt::format("ocs: {{hub: ws://127.0.0.1:{}/ws}}\n", port));
    start();
    await_verified(add_to("smurf", "17000/b", "one"));
    stop();
    ::close(silent);
}

BOOST_FIXTURE_TEST_CASE(another_agent_of_the_id_is_told_and_awaited, site_with_hub) {
    start();
    await_code("smurf-sync", 3);
    site second;
    second.options["--archive-name"] = "smurf";
    second.options["--instance-id"] = "smurf-sync";
    second.options["--site-hub"] = hub.url();
    second.start();
    second.await_condition("ocs_not_registered");
    const std::string message(second.condition("ocs_not_registered").at("message").as_string());
    BOOST_TEST(holds(message, "another agent runs as observatory.smurf-sync"), message);
    BOOST_TEST(holds(message, "manage: ignore"), message);
    configure_agents({{"timestreams", "timestream-sync"}});
    hang_up();
    hub.await("unregistered observatory.smurf-sync.ops");
    second.await_no_condition("ocs_not_registered");
    wait_until("it is the other one", [&] {
        const auto api = hub.call("observatory.smurf-sync", R"(["get_api"])");
        return api.at(0).is_object() && api.at(0).at("instance_pid").as_int64() == second.daemon().pid();
    });
    second.stop();
    stop();
}

BOOST_FIXTURE_TEST_CASE(agents_come_and_go_by_a_reload, site_with_hub) {
    start();
    await_code("smurf-sync", 3);
    configure_agents({{"timestreams", "timestream-sync"}, {"smurf", "smurf-2"}, {"hk", "hk-sync"}});
    hang_up();
    hub.await("unregistered observatory.smurf-sync");
    await_code("hk-sync", 3);
    await_code("smurf-2", 3);
    BOOST_TEST(hub.lines_with("joined") == 1U);
    configure({archive_text("smurf")});
    hang_up();
    hub.await("goodbye wamp.close.normal");
    daemon().await_line("ocs.hub: " + hub.url() + " -> off");
    stop();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
