// Looking at archives and days, and deciding about archives: what is asked of the service, and what is
// refused before it is asked.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(archive_requests)

BOOST_AUTO_TEST_CASE(an_archive_is_tried_again) {
    running_server http_server;
    for (file_id id = 1; id <= 3; ++id) put_file(http_server.service(), id, "failed");
    auto done =
        answer_of(http_server, "POST", "/archives/smurf/retry", R"({"remote_prefix": "17000/a+b c/2"})");
    BOOST_TEST((done == json::parse(R"({"name": "smurf", "retried": 1})")));
    BOOST_TEST(answer_of(http_server, "POST", "/archives/smurf/retry", "{}").at("retried").as_int64() == 2);
    BOOST_TEST(http_server.service().retries.size() == 2U);
    BOOST_TEST(says(problem_detail(http_server, 404, "POST", "/archives/hk/retry", "{}"), "it serves smurf"));
    BOOST_TEST(says(problem_detail(http_server, 400, "POST", "/archives/smurf/retry", R"({"prefix": "x"})"),
                    "unknown key \"prefix\"; expected remote_prefix, state, dry_run"));
    BOOST_TEST(
        says(problem_detail(http_server, 400, "POST", "/archives/smurf/retry", R"({"remote_prefix": 5})"),
             "'remote_prefix': expected a string"));
    BOOST_TEST(
        ask(http_server, request("POST", "/archives/smurf/retry", "", "Content-Length: 0\r\n")).status ==
        415);
    for (const std::string what : {"resume", "try-now"})
        BOOST_TEST(says(problem_detail(http_server, 400, "POST", "/archives/smurf/" + what, R"({"for": 5})"),
                        "unknown key \"for\"; expected none"));
    BOOST_TEST(http_server.service().changes == 2);
}

BOOST_AUTO_TEST_CASE(an_archive_is_tried_again_by_state) {
    running_server http_server;
    put_file(http_server.service(), 1, "failed");
    put_file(http_server.service(), 2, "retrying");
    const auto done = answer_of(http_server, "POST", "/archives/smurf/retry", R"({"state": "retrying"})");
    BOOST_TEST((done == json::parse(R"({"name": "smurf", "retried": 1})")));
    BOOST_TEST(http_server.service().rows.at(1).state == "failed");
    BOOST_TEST(http_server.service().retries.at(0).state.value() == "retrying");
    for (const auto& [body, because] : std::vector<std::pair<std::string, std::string>>{
             {R"({"state": "verified"})", "'state': expected failed or retrying, got 'verified'"},
             {R"({"state": ""})", "'state': expected failed or retrying"},
             {R"({"state": 5})", "'state': expected a string"}})
        BOOST_TEST(says(problem_detail(http_server, 400, "POST", "/archives/smurf/retry", body), because),
                   because);
    BOOST_TEST(http_server.service().changes == 1);
}

BOOST_AUTO_TEST_CASE(a_dry_run_of_a_retry_changes_nothing) {
    running_server http_server;
    auto& asked = http_server.service();
    put_file(asked, 1, "failed");
    BOOST_TEST((answer_of(http_server, "POST", "/archives/smurf/retry",
                          R"({"state": "failed", "remote_prefix": "17000/", "dry_run": true})") ==
                json::parse(R"({"name": "smurf", "would_retry": 7, "removed_days": 2})")));
    BOOST_TEST(asked.changes == 0);
    BOOST_TEST(asked.rows.at(1).state == "failed");
    BOOST_REQUIRE(asked.previewed.size() == 1U);
    BOOST_TEST(asked.previewed[0].archive.value() == "smurf");
    BOOST_TEST(asked.previewed[0].state.value() == "failed");
    BOOST_TEST(asked.previewed[0].remote_prefix.value() == "17000/");
    BOOST_TEST(says(problem_detail(http_server, 400, "POST", "/archives/smurf/retry", R"({"dry_run": 1})"),
                    "'dry_run': expected"));
    BOOST_TEST(says(problem_detail(http_server, 404, "POST", "/archives/hk/retry", R"({"dry_run": true})"),
                    "it serves smurf"));
    BOOST_TEST(
        answer_of(http_server, "POST", "/archives/smurf/retry", R"({"dry_run": false})").at("retried") == 1);
}

BOOST_AUTO_TEST_CASE(a_pause_has_a_reason) {
    running_server http_server;
    auto& asked = http_server.service();
    BOOST_TEST(answer_of(http_server, "POST", "/archives/smurf/pause", R"({"reason": "a new disk"})")
                   .at("paused")
                   .as_bool());
    BOOST_TEST(asked.pause_reasons.at("smurf") == "a new disk");
    answer_of(http_server, "POST", "/archives/smurf/pause", "{}");
    BOOST_TEST(asked.pause_reasons.at("smurf") == "");
    const auto longest = std::string(1000, 'x');
    answer_of(http_server, "POST", "/archives/smurf/pause", "{\"reason\": \"" + longest + "\"}");
    BOOST_TEST(asked.pause_reasons.at("smurf") == longest);
    const auto before = asked.changes;
    for (const auto& [body, because] : std::vector<std::pair<std::string, std::string>>{
             {"{\"reason\": \"" + longest + "x\"}", "'reason' has 1001 bytes: at most 1000"},
             {R"({"reason": 5})", "'reason': expected a string"},
             {R"({"for": 5})", "unknown key \"for\"; expected reason"}})
        BOOST_TEST(says(problem_detail(http_server, 400, "POST", "/archives/smurf/pause", body), because),
                   because);
    BOOST_TEST(asked.changes == before);
}

BOOST_AUTO_TEST_CASE(a_destination_is_tried_now) {
    running_server http_server;
    BOOST_TEST((answer_of(http_server, "POST", "/archives/smurf/try-now", "{}") ==
                json::parse(R"({"name": "smurf"})")));
    BOOST_TEST((http_server.service().tried == std::vector<std::string>{"smurf"}));
    BOOST_TEST(
        says(problem_detail(http_server, 404, "POST", "/archives/hk/try-now", "{}"), "it serves smurf"));
    http_server.service().paused["smurf"] = true;
    BOOST_TEST(
        says(problem_detail(http_server, 409, "POST", "/archives/smurf/try-now", "{}"), "it is paused"));
}

BOOST_AUTO_TEST_CASE(a_day_that_was_removed_there_goes_here_too) {
    running_server http_server;
    const auto accept = [](const std::string& day, const std::string& archive = "smurf") {
        return "/archives/" + archive + "/timecodes/" + day + "/accept-removal";
    };
    BOOST_TEST((answer_of(http_server, "POST", accept("17000"), "{}") ==
                json::parse(R"({"name": "smurf", "timecode": 17000, "files": 3})")));
    BOOST_TEST((http_server.service().removals_accepted == std::vector<int>{17000}));
    for (const auto* day : {"1700", "170000", "1700a", "-1700"})
        BOOST_TEST(says(problem_detail(http_server, 400, "POST", accept(day), "{}"), "exactly five digits"),
                   day);
    BOOST_TEST(
        says(problem_detail(http_server, 404, "POST", accept("17000", "hk"), "{}"), "it serves smurf"));
    BOOST_TEST(says(problem_detail(http_server, 400, "POST", accept("17000"), R"({"for": 5})"),
                    "unknown key \"for\"; expected none"));
    BOOST_TEST(http_server.service().changes == 1);
}

BOOST_AUTO_TEST_CASE(archives_are_shown_without_secrets) {
    running_server http_server;
    archive_report report;
    auto& c = report.configuration;
    c.name = "smurf";
    c.remote_basedir = "/base";
    c.ssh_host = "user@host";
    c.delete_local_after = 604800;
    c.local_roots = {"/data"};
    report.counts.files = 10;
    report.counts.unsettled = 4;
    report.counts.failed = 1;
    report.counts.oldest_unsettled = 1661284493;
    report.statistics.finalized_until = 1661284492;
    report.activity.name = "smurf";
    report.activity.files_waiting = 3;
    report.conditions.push_back({"files_failed", "smurf", "one file", 1661284493, 1});
    http_server.service().reports.push_back(report);
    const auto archive = answer_of(http_server, "GET", "/archives/smurf");
    BOOST_TEST(archive.at("name").as_string() == "smurf");
    const auto& shown = archive.at("configuration").as_object();
    BOOST_TEST(shown.at("ssh_host").as_string() == "user@host");
    BOOST_TEST(shown.at("delete_local_after").as_double() == 604800);
    BOOST_TEST(shown.at("copy_timeout").is_null());
    BOOST_TEST(shown.at("recheck_remote").as_string() == "md5");
    BOOST_TEST((shown.at("local_roots") == json::parse(R"(["/data"])")));
    const auto& statistics = archive.at("statistics").as_object();
    BOOST_TEST(statistics.at("num_files").as_int64() == 10);
    BOOST_TEST(statistics.at("uncopied_files").as_int64() == 4);
    BOOST_TEST(statistics.at("failed_files").as_int64() == 1);
    BOOST_TEST(archive.at("activity").at("files_waiting").as_int64() == 3);
    BOOST_TEST(archive.at("conditions").as_array().at(0).at("kind").as_string() == "files_failed");
    const auto all = answer_of(http_server, "GET", "/archives").at("archives").as_array();
    BOOST_TEST(all.size() == 1U);
    BOOST_TEST((all.at(0) == archive));
    BOOST_TEST(says(problem_detail(http_server, 404, "GET", "/archives/hk"), "'hk'"));
}

BOOST_AUTO_TEST_CASE(days_are_shown_with_what_blocks_them) {
    running_server http_server;
    put_file(http_server.service(), 7, "failed");
    for (int timecode = 17000; timecode < 17005; ++timecode) {
        timecode_view day;
        day.timecode = timecode;
        day.archive_name = "smurf";
        day.files = 12;
        day.unsettled = day.failed = 1;
        day.blocking.push_back(http_server.service().rows.at(7));
        http_server.service().directories.push_back(day);
    }
    http_server.service().directories[1].last_finalized_at = 1661284493;
    const auto whole = answer_of(http_server, "GET", "/timecodes?archive=smurf");
    BOOST_TEST(whole.at("next").is_null());
    const auto& days = whole.at("timecodes").as_array();
    BOOST_REQUIRE(days.size() == 5U);
    BOOST_TEST(days[0].at("timecode").as_int64() == 17000);
    BOOST_TEST(days[0].at("files").as_int64() == 12);
    BOOST_TEST(days[0].at("last_finalized_at").is_null());
    BOOST_TEST(days[1].at("last_finalized_at").as_double() == 1661284493);
    BOOST_TEST(days[0].at("blocking").as_array().at(0).at("id").as_int64() == 7);
    const auto page = answer_of(http_server, "GET", "/timecodes?archive=smurf&limit=3");
    BOOST_TEST(page.at("timecodes").as_array().size() == 3U);
    const auto last = answer_of(http_server, "GET", std::string(page.at("next").as_string()));
    BOOST_TEST(last.at("timecodes").as_array().size() == 2U);
    BOOST_TEST(last.at("timecodes").as_array()[0].at("timecode").as_int64() == 17003);
    BOOST_TEST(last.at("next").is_null());
    BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/timecodes"), "'archive' is required"));
    BOOST_TEST(says(problem_detail(http_server, 404, "GET", "/timecodes?archive=hk"), "does not serve it"));
    BOOST_TEST(
        says(problem_detail(http_server, 400, "GET", "/timecodes?archive=smurf&limit=0"), "from 1 to 1000"));
    BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/timecodes?archive=smurf&after=x"),
                    "from -1 to 99999"));
    BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/timecodes?archive=smurf&state=x"),
                    "unknown query parameter"));
}

BOOST_AUTO_TEST_SUITE_END()
