#include "http/api/views.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

using namespace suprsync;
namespace json = boost::json;

namespace {

json::object shown(const status_snapshot& data) {
    json_writer text;
    write_status(text, data);
    return json::parse(text.text()).as_object();
}

json::object shown(const file_view& file) {
    json_writer text;
    write_file(text, file);
    return json::parse(text.text()).as_object();
}

std::set<std::string> keys(const json::value& object) {
    std::set<std::string> found;
    for (const auto& member : object.as_object()) found.emplace(member.key());
    return found;
}

using names = std::set<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(views)

BOOST_AUTO_TEST_CASE(the_session_data_is_the_agents_key_for_key) {
    status_snapshot data;
    data.activity = "copying";
    data.timestamp = 1661284493.5;
    data.last_copy =
        last_copy{1661284493.5, {{"/path", true}, {"/other", false}}, 1661284493.6, std::nullopt};
    data.archive_stats["smurf"] = {1687797424.6, 3, 0, "/path", "/path"};
    data.counters = {1, 2, 3, 4, 5};
    const auto status = shown(data);

    // Spec 7.3, as it stands there.
    BOOST_TEST(status.at("activity").as_string() == "copying");
    BOOST_TEST(status.at("timestamp").as_double() == 1661284493.5);
    BOOST_TEST((status.at("last_copy") == json::parse(R"({"start_time": 1661284493.5,
        "files": [["/path", true], ["/other", false]], "stop_time": 1661284493.6})")));
    BOOST_TEST((status.at("archive_stats") == json::parse(R"({"smurf": {"finalized_until": 1687797424.6,
        "num_files": 3, "uncopied_files": 0, "last_file_added": "/path", "last_file_copied": "/path"}})")));
    BOOST_TEST((status.at("counters") == json::parse(R"({"iterations": 1, "copies": 2, "errors_timeout": 3,
        "errors_nonzero": 4, "errors_sqlite": 5})")));
    BOOST_TEST((keys(status) == names{"activity", "timestamp", "last_copy", "archive_stats", "counters",
                                      "instance_id", "version", "started_at", "degraded", "conditions",
                                      "archives"}));
}

BOOST_AUTO_TEST_CASE(last_copy_is_empty_before_the_first_and_has_no_stop_time_while_it_runs) {
    status_snapshot data;
    BOOST_TEST((shown(data).at("last_copy") == json::object{}));
    data.last_copy = last_copy{5, {}, std::nullopt, std::nullopt};
    BOOST_TEST((keys(shown(data).at("last_copy")) == names{"start_time", "files"}));
    BOOST_TEST(shown(data).at("last_copy").at("start_time").is_double());
    data.last_copy->stop_time = 6;
    data.last_copy->error = "timed out";
    BOOST_TEST((keys(shown(data).at("last_copy")) == names{"start_time", "files", "stop_time", "error"}));
    BOOST_TEST(shown(data).at("last_copy").at("error").as_string() == "timed out");
}

BOOST_AUTO_TEST_CASE(conditions_and_archives) {
    status_snapshot data;
    data.instance_id = "srv20";
    data.version = "0.1.0";
    data.started_at = 100;
    data.degraded = true;
    data.conditions = {{"files_failed", "smurf", "3 files", 7, 2}};
    archive_activity smurf{"smurf", "user@host:/base", "waiting", 1, 2, 3, 4, 5, 6.5, 7.5, 8.5, 9, 10, 11,
                           true};
    data.archives = {smurf};
    const auto status = shown(data);
    BOOST_TEST(status.at("instance_id").as_string() == "srv20");
    BOOST_TEST(status.at("version").as_string() == "0.1.0");
    BOOST_TEST(status.at("started_at").as_double() == 100);
    BOOST_TEST(status.at("degraded").as_bool());
    BOOST_TEST((status.at("conditions") == json::parse(R"([{"kind": "files_failed", "archive": "smurf",
        "message": "3 files", "since": 7.0, "count": 2}])")));
    BOOST_TEST((status.at("archives") == json::parse(R"({"smurf": {"name": "smurf",
        "destination": "user@host:/base", "activity": "waiting", "files_in_flight": 1, "bytes_in_flight": 2,
        "files_waiting": 3, "bytes_waiting": 4, "files_failed": 5, "bytes_per_second": 6.5,
        "files_per_second": 7.5, "next_attempt": 8.5, "files_verified": 9, "files_deleted": 10,
        "late_files": 11, "paused": true}})")));
}

BOOST_AUTO_TEST_CASE(a_row_has_the_columns_of_the_table_and_what_is_known_beside) {
    file_view file;
    file.row = {7, "/l", "", "smurf", "17000/x", 5, std::nullopt, std::nullopt, 0.0, 2, false, true};
    file.state = "failed";
    file.last_error = "no";
    file.last_error_at = 8;
    file.ignore_reason = "why";
    file.bytes = 12;
    BOOST_TEST((json::value(shown(file)) == json::parse(R"({"id": 7, "local_path": "/l", "local_md5sum": "",
        "archive_name": "smurf", "remote_path": "17000/x", "timestamp": 5.0, "remote_md5sum": null,
        "copied": null, "removed": 0.0, "failed_copy_attempts": 2, "deletable": false, "ignore": true,
        "state": "failed", "last_error": "no", "last_error_at": 8.0, "next_attempt_at": null,
        "ignore_reason": "why", "bytes": 12})")));
}

BOOST_AUTO_TEST_SUITE_END()
