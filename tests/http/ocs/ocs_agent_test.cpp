// Calls of an agent: status, start, stop, abort and wait of its operation, and questions about itself.
#include "http/ocs/ocs_agent.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/http/fake_service.hpp"
#include "tests/support/manual_clock.hpp"

using namespace suprsync;
using namespace suprsync::testing;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(ocs_agents)

namespace {

struct agent_of_smurf {
    boost::asio::io_context loop;
    test::manual_clock time{loop};
    fake_service service{loop.get_executor()};
    ocs_agent agent{service, time, {"srv20", 4711}, "smurf", "observatory.smurf-sync"};
    wamp_id last_call = 0;

    agent_of_smurf() {
        auto& report = service.reports.emplace_back();
        report.configuration.name = "smurf";
        activity().activity = "idle";
        service.sessions["smurf"] = {};
    }
    archive_activity& activity() { return service.reports.front().activity; }

    result<std::optional<std::string>> call(const std::string& arguments,
                                            const std::string& keywords = "{}") {
        return agent.call_operation(
            {++last_call, 1, json::parse(arguments).as_array(), json::parse(keywords).as_object()});
    }
    json::array answer(const std::string& arguments, const std::string& keywords = "{}") {
        const auto said = call(arguments, keywords);
        BOOST_REQUIRE_MESSAGE((said.has_value() && said->has_value()), arguments);
        return json::parse(**said).as_array();
    }
    /// Code and message.
    std::string brief(const json::array& answer) {
        return std::to_string(answer.at(0).as_int64()) + " " + std::string(answer.at(1).as_string());
    }
    std::string asked(const std::string& action, const std::string& keywords = "{}") {
        return brief(answer("[\"" + action + "\",\"run\",null]", keywords));
    }
    std::int64_t code() { return answer(R"(["status","run"])").at(2).at("op_code").as_int64(); }
    void pauses_for(const std::string& kind, const std::string& message) {
        activity().paused = true;
        service.reports.front().conditions = {{kind, "smurf", message, 5, 1}};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(status_is_that_of_the_archive, agent_of_smurf) {
    auto said = answer(R"(["status","run",{}])");
    BOOST_TEST(brief(said) == "0 Session active.");
    BOOST_TEST(said.at(2).at("op_code").as_int64() == 3);
    activity().activity = "preparing";
    BOOST_TEST(code() == 3);
    service.board.raise("database_locked", "", "by another program");
    BOOST_TEST(code() == 8);
    said = answer(R"(["status","run"])");
    BOOST_TEST(said.at(2).at("degraded").as_bool());
    service.board.clear("database_locked", "");
    service.board.raise("files_failed", "hk", "of another archive");
    BOOST_TEST(code() == 3);
    service.reports.front().conditions = {{"files_failed", "smurf", "3 files", 5, 1}};
    BOOST_TEST(code() == 8);
    service.state.stopping = true;
    BOOST_TEST(code() == 4);
}

BOOST_FIXTURE_TEST_CASE(it_starts_when_the_daemon_works, agent_of_smurf) {
    activity().activity = "preparing";
    BOOST_TEST(code() == 2);
    activity().activity = "idle";
    BOOST_TEST(code() == 3);
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_is_not_served_yet_starts, agent_of_smurf) {
    service.reports.clear();
    service.sessions.clear();
    BOOST_TEST(code() == 2);
    BOOST_TEST(answer(R"(["status","run"])").at(2).at("data").as_object().empty());
}

BOOST_FIXTURE_TEST_CASE(stopped_and_started, agent_of_smurf) {
    BOOST_TEST(asked("start") == R"(-1 Operation "run" already in progress.)");
    activity().files_in_flight = 3;
    BOOST_TEST(asked("stop") == R"(0 Requested stop on process "run".)");
    BOOST_TEST(service.ocs_stopped.at("smurf"));
    BOOST_TEST(code() == 4);
    BOOST_TEST(asked("start") == R"(-1 Operation "run" already in progress.)");
    activity().files_in_flight = 0;
    activity().activity = "deleting";
    BOOST_TEST(code() == 4);
    activity().activity = "stopped";
    service.reports.front().conditions = {{"files_failed", "smurf", "3 files", 5, 1}};
    BOOST_TEST(code() == 5);
    BOOST_TEST(asked("stop") == R"(0 Operation "run" has stopped already.)");
    const auto done = answer(R"(["status","run"])").at(2).as_object();
    BOOST_TEST(done.at("status").as_string() == "done");
    BOOST_TEST(done.at("success").as_bool());
    BOOST_TEST(done.at("end_time").as_double() == time.now());
    time.advance(10);
    const auto started = answer(R"(["start","run"])");
    BOOST_TEST(brief(started) == R"(0 Started process "run".)");
    BOOST_TEST(started.at(2).at("session_id").as_int64() == 1);
    BOOST_TEST(started.at(2).at("start_time").as_double() == time.now());
    BOOST_TEST(started.at(2).at("end_time").is_null());
    BOOST_TEST(!service.ocs_stopped.at("smurf"));
}

BOOST_FIXTURE_TEST_CASE(start_lifts_no_other_pause, agent_of_smurf) {
    pauses_for("paused", "paused (by request): POST /archives/smurf/resume");
    BOOST_TEST(asked("start") == "-1 archive smurf: paused (by request): POST /archives/smurf/resume");
    BOOST_TEST(code() == 8);
    BOOST_TEST(asked("stop").starts_with("0 "));
    BOOST_TEST(code() == 5);
    BOOST_TEST(asked("start") == "-1 archive smurf: paused (by request): POST /archives/smurf/resume");
    BOOST_TEST(service.ocs_stopped.at("smurf"));
    pauses_for("base_directory", "another directory is mounted there");
    BOOST_TEST(asked("start") == "-1 archive smurf: another directory is mounted there");
    activity().paused = false;
    BOOST_TEST(asked("start") == R"(0 Started process "run".)");
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_done_is_answered, agent_of_smurf) {
    BOOST_TEST(asked("abort") == R"(-1 Operation "run" is a process, which is not aborted: use stop.)");
    BOOST_TEST(asked("dance") == R"(-1 No action called "dance".)");
    BOOST_TEST(brief(answer(R"(["start","walk"])")) == R"(-1 No task or process called "walk".)");
    service.paused.clear();
    BOOST_TEST(asked("stop").starts_with("-1 cannot "));
    for (const std::string arguments : {"[]", "[\"status\"]", "[1,\"run\"]", "[\"status\",null]", "[[],[]]"})
        BOOST_TEST((call(arguments).error().code == failure_code::invalid), arguments);
    for (const std::string timeout : {"\"5\"", "[]", "true", "{}"})
        BOOST_TEST(!call(R"(["wait","run"])", "{\"timeout\":" + timeout + "}").has_value(), timeout);
    BOOST_TEST(!agent.call_agent({1, 1, {}, {}}).has_value());
    BOOST_TEST(!agent.call_agent({1, 1, json::parse("[7]").as_array(), {}}).has_value());
    BOOST_TEST(agent.call_agent({1, 1, json::parse(R"(["get_agent_class"])").as_array(), {}}).value() ==
               "\"SupRsync\"");
}

BOOST_FIXTURE_TEST_CASE(a_wait_ends_with_its_time, agent_of_smurf) {
    for (const std::string none : {"0", "-3", "0.0", "-1e300"})
        BOOST_TEST(asked("wait", "{\"timeout\":" + none + "}") ==
                   R"(1 Operation "run" still running; wait timed out.)");
    BOOST_TEST(!call(R"(["wait","run"])", R"({"timeout":5})")->has_value());
    const auto short_one = last_call;
    BOOST_TEST(!call(R"(["wait","run"])", R"({"timeout":1e300})")->has_value());
    BOOST_TEST(!call(R"(["wait","run"])", R"({"timeout":null})")->has_value());
    time.advance(4.5);
    BOOST_TEST(!agent.wait_over());
    time.advance(0.5);
    const auto over = agent.wait_over();
    BOOST_REQUIRE(over.has_value());
    BOOST_TEST(over->first == short_one);
    BOOST_TEST(brief(json::parse(over->second).as_array()) ==
               R"(1 Operation "run" still running; wait timed out.)");
    BOOST_TEST(!agent.wait_over());
    asked("stop");
    for (int i = 0; i < 2; ++i) {
        const auto one = agent.wait_over();
        BOOST_REQUIRE(one.has_value());
        BOOST_TEST(brief(json::parse(one->second).as_array()) == R"(0 Operation "run" just exited.)");
    }
    BOOST_TEST(!agent.wait_over());
    BOOST_TEST(asked("wait") == R"(0 Operation "run" just exited.)");
}

BOOST_FIXTURE_TEST_CASE(only_so_many_may_wait, agent_of_smurf) {
    for (std::size_t i = 0; i < ocs_agent::most_waits; ++i)
        BOOST_TEST(!call(R"(["wait","run"])")->has_value());
    BOOST_TEST(asked("wait") == "-1 Too many callers wait for it already.");
    // Those whose callers are gone leave their places to others.
    BOOST_TEST(agent.forget_wait(last_call - 1));
    BOOST_TEST(!agent.forget_wait(last_call - 1));
    BOOST_TEST(!call(R"(["wait","run"])")->has_value());
    BOOST_TEST(agent.take_waits().size() == ocs_agent::most_waits);
    asked("stop");
    BOOST_TEST(!agent.wait_over());
}

BOOST_AUTO_TEST_SUITE_END()
