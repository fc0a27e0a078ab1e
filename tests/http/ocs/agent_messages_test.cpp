// What an agent says, held against the literal JSON that its readers take (the registry, clients of OCS, the
// aggregator, the publisher for Influx).
#include "http/ocs/agent_messages.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <limits>

#include "tests/support/hostile_texts.hpp"

using namespace suprsync;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(agent_message_texts)

namespace {

const agent_identity smurf{"smurf", "observatory.smurf-sync", 1700050000.5};
const agent_process this_process{"srv20", 4711};

const std::string heartbeat_feed =
    R"({"agent_address":"observatory.smurf-sync","agg_params":{},"feed_name":"heartbeat","address":"observatory.smurf-sync.feeds.heartbeat","record":false,"session_id":"1700050000.5","agent_class":"SupRsync"})";
const std::string archive_stats_feed =
    R"({"agent_address":"observatory.smurf-sync","agg_params":{},"feed_name":"archive_stats","address":"observatory.smurf-sync.feeds.archive_stats","record":true,"session_id":"1700050000.5","agent_class":"SupRsync"})";
const std::string transfer_stats_feed =
    R"({"agent_address":"observatory.smurf-sync","agg_params":{"exclude_aggregator":true},"feed_name":"transfer_stats","address":"observatory.smurf-sync.feeds.transfer_stats","record":true,"session_id":"1700050000.5","agent_class":"SupRsync"})";

struct running_operation {
    running_operation() { operation.update({.ready = true}, 1700050001); }
    agent_operation operation{1700050000.5};
    std::optional<archive_session> data;
    std::vector<condition> conditions;

    agent_session session() const { return {operation, data, conditions}; }
    std::string status() const { return operation_answer(answer_code::ok, "Session active.", session()); }
    std::string asked(const std::string& question) const {
        return query_answer(question, this_process, smurf, session());
    }
};

const std::string session_of_nothing =
    R"({"session_id":0,"op_name":"run","op_code":3,"cred_level":1,"status":"running","degraded":false,"success":null,"start_time":1700050000.5,"end_time":null,"data":{},"messages":[[1700050000.5,"Status is now \"starting\"."],[1700050001.0,"Status is now \"running\"."]]})";

std::string samples(double finalized_until, const std::string& added = "/a") {
    return archive_stats_argument(smurf, {finalized_until, 3, 1, added, "/b"}, 1700050060);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_heartbeat) {
    BOOST_TEST(topic_of(smurf, agent_feed::heartbeat) == "observatory.smurf-sync.feeds.heartbeat");
    BOOST_TEST(heartbeat_argument(smurf, op_code::degraded) == R"([{"run":8},)" + heartbeat_feed + "]");
}

BOOST_AUTO_TEST_CASE(the_statistics_of_an_archive) {
    BOOST_TEST(
        samples(1687797424) ==
        R"([{"smurf":{"block_name":"smurf","data":{"finalized_until":[1687797424.0],"num_files":[3],"uncopied_files":[1],"last_file_added":["/a"],"last_file_copied":["/b"]},"timestamps":[1700050060.0]}},)" +
            archive_stats_feed + "]");
}

BOOST_AUTO_TEST_CASE(the_counters_of_transfers) {
    BOOST_TEST(
        transfer_stats_argument(smurf, {1, 2, 3, 4, 5}, 1700050600.25) ==
        R"([{"block0":{"block_name":"block0","data":{"iterations":[1],"copies":[2],"errors_timeout":[3],"errors_nonzero":[4],"errors_sqlite":[5]},"timestamps":[1700050600.25]}},)" +
            transfer_stats_feed + "]");
}

// One integer among floats loses the whole frame of the record.
BOOST_AUTO_TEST_CASE(finalized_until_has_a_decimal_point_whatever_it_is) {
    using limits = std::numeric_limits<double>;
    for (const double number : {0.0, -0.0, -1.0, 1.0, 1700000000.0, 1700000000.123, 1e-5, -1e-300, 1e14, 1e15,
                                1e16, 1e300, limits::max(), limits::denorm_min(), limits::infinity(),
                                -limits::infinity(), limits::quiet_NaN()}) {
        const auto text = samples(number);
        const auto begin = text.find("\"finalized_until\":[") + 19;
        const auto token = text.substr(begin, text.find(']', begin) - begin);
        BOOST_TEST(token.find('.') != std::string::npos, token);
        BOOST_TEST(token.find_first_not_of("-0123456789.") == std::string::npos, token);
    }
}

// What would end a text in a line of the Influx protocol, or the line.
BOOST_AUTO_TEST_CASE(names_of_files_break_no_line) {
    BOOST_TEST(feed_text("/data/a b.g3") == "/data/a b.g3");
    BOOST_TEST(feed_text("a\"b\\c\nd\re\tf\x7f\x01") == "a_b_c_d_e_f__");
    for (const auto& hostile : test::hostile_texts()) {
        const auto text = samples(1, hostile);
        boost::system::error_code wrong;
        const auto document = json::parse(text, wrong);
        BOOST_REQUIRE_MESSAGE(!wrong, text);
        const auto& data = document.as_array().at(0).at("smurf").at("data");
        const std::string name(data.at("last_file_added").as_array().at(0).as_string());
        BOOST_TEST(name.find_first_of("\"\\\n\r") == std::string::npos, name);
    }
}

BOOST_FIXTURE_TEST_CASE(the_session_of_an_operation, running_operation) {
    BOOST_TEST(status() == R"([0,"Session active.",)" + session_of_nothing + "]");
    data.emplace();
    data->activity = "copying";
    data->timestamp = 1700050002.5;
    data->last_copy = last_copy{1700050002, {{"/path", true}}, std::nullopt, std::nullopt};
    data->archive_stats = {1687797424.5, 3, 0, "/a\"b", "/b"};
    data->counters = {1, 2, 3, 4, 5};
    conditions = {{"files_failed", "smurf", "3 files", 1700050000.75, 2}};
    operation.update({.ready = true, .degraded = true}, 1700050002);
    BOOST_TEST(
        status() ==
        R"([0,"Session active.",{"session_id":0,"op_name":"run","op_code":8,"cred_level":1,"status":"running","degraded":true,"success":null,"start_time":1700050000.5,"end_time":null,"data":{"activity":"copying","timestamp":1700050002.5,"last_copy":{"start_time":1700050002.0,"files":[["/path",true]]},"archive_stats":{"finalized_until":1687797424.5,"num_files":3,"uncopied_files":0,"last_file_added":"/a\"b","last_file_copied":"/b","finalized_until_published":0.0},"counters":{"iterations":1,"copies":2,"errors_timeout":3,"errors_nonzero":4,"errors_sqlite":5}},"messages":[[1700050000.5,"Status is now \"starting\"."],[1700050000.75,"files_failed: 3 files"],[1700050001.0,"Status is now \"running\"."]]}])");
    operation.update({.ready = true, .stopped = true, .degraded = true}, 1700050003);
    const auto text = status();
    for (const std::string part :
         {R"("op_code":5,"cred_level":1,"status":"done","degraded":false,"success":true)",
          R"("end_time":1700050003.0)"})
        BOOST_TEST(text.find(part) != std::string::npos, text);
}

// A message may have a MiB; a batch may name 1,000 files.
BOOST_FIXTURE_TEST_CASE(a_session_of_long_names_fits_into_a_message, running_operation) {
    data.emplace();
    data->last_copy.emplace();
    for (int i = 0; i < 1000; ++i)
        data->last_copy->files.emplace_back(std::string(3000, 'x') + std::to_string(i), true);
    const auto text = status();
    BOOST_TEST(text.size() < 300'000U);
    BOOST_TEST(text.find("x999\"") != std::string::npos);
    BOOST_TEST(text.find("x900\"") == std::string::npos);
    data->last_copy->files.assign(1, {std::string(300'000, 'x'), true});
    BOOST_TEST(status().find(R"("files":[])") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(questions_about_the_agent, running_operation) {
    const auto feeds = R"([["transfer_stats",)" + transfer_stats_feed + R"(],["archive_stats",)" +
                       archive_stats_feed + R"(],["heartbeat",)" + heartbeat_feed + "]]";
    const auto processes =
        R"([["run",)" + session_of_nothing +
        R"(,{"blocking":true,"docstring":"Copies the files of the archive, verifies and deletes them, and announces complete days.","op_type":"process","min_privs":1}]])";
    BOOST_TEST(asked("get_feeds") == feeds);
    BOOST_TEST(asked("get_processes") == processes);
    BOOST_TEST(asked("get_tasks") == "[]");
    BOOST_TEST(asked("get_agent_class") == "\"SupRsync\"");
    BOOST_TEST(
        asked("get_api") ==
        R"({"agent_class":"SupRsync","instance_hostname":"srv20","instance_pid":4711,"feeds":)" + feeds +
            R"(,"processes":)" + processes +
            R"(,"tasks":[],"access_control":{"version":1,"policy":"none","update_timestamp":1700050000.5,"update_count":0,"step":0}})");
    BOOST_TEST(asked("get_weather") == "null");
}

BOOST_AUTO_TEST_CASE(an_answer_about_no_operation) {
    BOOST_TEST(operation_answer(answer_code::error, "No \"x\".") == R"([-1,"No \"x\".",{}])");
    BOOST_TEST(operation_answer(answer_code::timed_out, "y") == R"([1,"y",{}])");
}

BOOST_AUTO_TEST_SUITE_END()
