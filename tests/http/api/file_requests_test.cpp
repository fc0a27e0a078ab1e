// Looking at files and deciding about them: what is asked of the service, and what is refused before it is
// asked.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(file_requests)

namespace {

std::vector<file_id> ids_of(const json::object& page) {
    std::vector<file_id> ids;
    for (const auto& file : page.at("files").as_array()) ids.push_back(file.at("id").as_int64());
    return ids;
}

}  // namespace

BOOST_AUTO_TEST_CASE(files_are_listed_a_page_at_a_time) {
    running_server http_server;
    for (file_id id = 1; id <= 2500; ++id) put_file(http_server.service(), 3 * id);
    std::vector<file_id> seen;
    std::string target = "/files?remote_prefix=17000%2Fa%2Bb%20c%2F&limit=1000";
    int pages = 0;
    while (true) {
        const auto page = answer_of(http_server, "GET", target);
        ++pages;
        for (const auto id : ids_of(page)) seen.push_back(id);
        if (page.at("next").is_null()) break;
        target = std::string(page.at("next").as_string());
    }
    BOOST_TEST(pages == 3);
    BOOST_REQUIRE(seen.size() == 2500U);
    for (std::size_t i = 0; i < seen.size(); ++i) BOOST_REQUIRE(seen[i] == static_cast<file_id>(3 * i + 3));
    // A hundred where nothing is said; a full last page has no next one.
    BOOST_TEST(ids_of(answer_of(http_server, "GET", "/files")).size() == 100U);
    BOOST_TEST(answer_of(http_server, "GET", "/files?after=7400&limit=33").at("next").is_string());
    BOOST_TEST(answer_of(http_server, "GET", "/files?after=7400&limit=34").at("next").is_null());
    BOOST_TEST(answer_of(http_server, "GET", "/files?after=999999").at("files").as_array().empty());
}

BOOST_AUTO_TEST_CASE(files_are_filtered) {
    running_server http_server;
    http_server.service().paused["hk"] = false;
    put_file(http_server.service(), 1, "failed");
    put_file(http_server.service(), 2, "verified");
    put_file(http_server.service(), 3, "failed", "hk");
    using ids = std::vector<file_id>;
    const auto listed = [&](const std::string& query) {
        return ids_of(answer_of(http_server, "GET", "/files?" + query));
    };
    BOOST_TEST(listed("state=failed") == (ids{1, 3}), boost::test_tools::per_element());
    BOOST_TEST(listed("state=failed&archive=hk") == ids{3}, boost::test_tools::per_element());
    BOOST_TEST(listed("local_path=%2Fdata%2F2") == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(listed("remote_prefix=17000/a%2Bb%20c/3") == ids{3}, boost::test_tools::per_element());
    BOOST_TEST(listed("remote_prefix=17000/a%2Bb+c/3") == ids{3}, boost::test_tools::per_element());
    BOOST_TEST(listed("remote_prefix=17001").empty());
    BOOST_TEST(listed("state=verified&") == ids{2}, boost::test_tools::per_element());
    for (const std::string state :
         {"pending", "retrying", "failed", "ignored", "verified", "deleted", "unsettled", "deletable"})
        BOOST_TEST(ask(http_server, request("GET", "/files?state=" + state)).status == 200, state);
}

BOOST_AUTO_TEST_CASE(questions_that_make_no_sense_are_refused) {
    running_server http_server;
    const auto bad = [&](const std::string& target) {
        return problem_detail(http_server, 400, "GET", target);
    };
    BOOST_TEST(says(bad("/files?stat=failed"), "unknown query parameter 'stat'"));
    BOOST_TEST(says(bad("/files?stat=failed"), "archive state local_path remote_prefix after limit"));
    BOOST_TEST(says(bad("/files?limit=1&limit=2"), "'limit' is given twice"));
    BOOST_TEST(says(bad("/files?state=lost"), "unknown state 'lost': expected one of pending, "));
    BOOST_TEST(says(bad("/files?state="), "unknown state ''"));
    for (const std::string limit : {"0", "1001", "-1", "x", "1.5", "", "1e3", "99999999999999999999", "+5"})
        BOOST_TEST(says(bad("/files?limit=" + limit), "'limit': expected a whole number from 1 to 1000"));
    for (const std::string after : {"-1", "x", "", "99999999999999999999"})
        BOOST_TEST(says(bad("/files?after=" + after), "'after': expected a whole number not below 0"));
    BOOST_TEST(says(problem_detail(http_server, 404, "GET", "/files?archive=hk"), "does not serve it"));
    // However long they are.
    const std::string word(4000, 'w');
    for (const auto& query : {word + "=1", "state=" + word, "limit=" + word, "after=" + word})
        BOOST_TEST(bad("/files?" + query).size() < 500U);
    BOOST_TEST(problem_detail(http_server, 404, "GET", "/files/" + word).size() < 500U);
    BOOST_TEST(problem_detail(http_server, 404, "GET", "/archives/" + word).size() < 500U);
    BOOST_TEST(problem_detail(http_server, 404, "GET", "/page/" + word).size() < 500U);
    for (const std::string path : {"/status", "/files/7", "/archives", "/archives/smurf", "/metrics",
                                   "/openapi.json", "/healthz", "/readyz", "/", "/page/style.css"})
        BOOST_TEST(says(bad(path + "?x=1"), "unknown query parameter 'x'; there are none here"));
}

BOOST_AUTO_TEST_CASE(a_file_is_ignored_and_that_is_taken_back) {
    running_server http_server;
    put_file(http_server.service(), 7, "failed");
    auto file =
        answer_of(http_server, "PATCH", "/files/7", R"({"ignore": true, "ignore_reason": "broken crate"})");
    BOOST_TEST(file.at("state").as_string() == "ignored");
    BOOST_TEST(file.at("ignore_reason").as_string() == "broken crate");
    BOOST_TEST((http_server.service().last_change->ignore == true));
    BOOST_TEST(!http_server.service().last_change->deletable.has_value());
    file = answer_of(http_server, "PATCH", "/files/7", R"({"ignore": false, "deletable": false})");
    BOOST_TEST(file.at("state").as_string() == "pending");
    BOOST_TEST(!file.at("deletable").as_bool());
    answer_of(http_server, "PATCH", "/files/7", R"({"deletable": true})");
    BOOST_TEST(!http_server.service().last_change->ignore.has_value());
    BOOST_TEST(says(problem_detail(http_server, 404, "PATCH", "/files/8", R"({"ignore": true})"),
                    "cannot find file '8': the catalog has no row with this id"));
}

// The same mistake has the same form wherever it is made.
BOOST_AUTO_TEST_CASE(problems_have_one_form) {
    running_server http_server;
    archive_report report;
    report.configuration.name = "smurf";
    http_server.service().reports.push_back(report);
    const auto type = [&](int status, const std::string& method, const std::string& target,
                          const std::string& body = {}) {
        const auto got = ask(http_server, request(method, target, body));
        BOOST_TEST(got.status == status);
        return std::string(json::parse(got.body).at("type").as_string());
    };
    for (const std::string target :
         {"/archives/zz", "/files?archive=zz", "/timecodes?archive=zz", "/files/999", "/x"})
        BOOST_TEST(type(404, "GET", target) == "urn:suprsync:not_found", target);
    for (const std::string target :
         {"/files?limit=x", "/files?foo=1", "/files?limit=1&limit=1", "/timecodes"})
        BOOST_TEST(type(400, "GET", target) == "urn:suprsync:invalid", target);
    BOOST_TEST(type(404, "PATCH", "/files/999", R"({"ignore": true})") == "urn:suprsync:not_found");
    BOOST_TEST(type(404, "POST", "/archives/zz/pause", "{}") == "urn:suprsync:not_found");
    BOOST_TEST(type(400, "POST", "/archives/smurf/pause", "[]") == "urn:suprsync:invalid");
    for (const std::string target : {"/archives/zz", "/files?archive=zz"})
        BOOST_TEST(says(problem_detail(http_server, 404, "GET", target),
                        "archive 'zz': this daemon does not serve it; it serves smurf"));
}

BOOST_AUTO_TEST_CASE(changes_that_make_no_sense_change_nothing) {
    running_server http_server;
    put_file(http_server.service(), 7, "failed");
    const auto bad = [&](const std::string& body) {
        return problem_detail(http_server, 400, "PATCH", "/files/7", body);
    };
    BOOST_TEST(says(bad("{}"), "changes nothing: expected ignore or deletable"));
    BOOST_TEST(says(bad(R"({"ignored": true})"), "unknown key \"ignored\"; expected ignore"));
    BOOST_TEST(says(bad(R"({"ignore": true, "state": "verified"})"), "unknown key \"state\""));
    BOOST_TEST(
        says(bad(R"({"ignore": true, "while_state": "faild"})"), "unknown state 'faild': expected one of"));
    BOOST_TEST(says(bad(R"({"ignore": true, "ignore": false})"), "the key \"ignore\" is given twice"));
    BOOST_TEST(says(bad(R"({"deletable": false, "del\u0065table": false})"), "\"deletable\" is given twice"));
    BOOST_TEST(says(problem_detail(http_server, 400, "POST", "/archives/smurf/retry",
                                   R"({"remote_prefix": "17000/", "remote_prefix": ""})"),
                    "given twice"));
    BOOST_TEST(says(bad(R"({"ignore": 1})"), "'ignore': expected true or false, got 1"));
    BOOST_TEST(says(bad(R"({"ignore": "true"})"), "'ignore': expected true or false, got \"true\""));
    BOOST_TEST(says(bad(R"({"ignore": null})"), "'ignore': expected true or false, got null"));
    BOOST_TEST(says(bad(R"({"deletable": {}})"), "'deletable': expected true or false"));
    BOOST_TEST(says(bad(R"({"ignore": true, "ignore_reason": 5})"), "'ignore_reason': expected a string"));
    BOOST_TEST(says(bad(R"({"ignore": true, "ignore_reason": "a\u0000b"})"), "NUL"));
    BOOST_TEST(says(bad(R"({"ignore": false, "ignore_reason": "x"})"), "goes with \"ignore\": true only"));
    BOOST_TEST(says(bad(R"({"deletable": false, "ignore_reason": "x"})"), "goes with"));
    BOOST_TEST(says(bad("[]"), "expected an object, got []"));
    BOOST_TEST(says(bad("true"), "expected an object, got true"));
    BOOST_TEST(says(bad("{\"ignore\": tru"), "not valid JSON"));
    BOOST_TEST(says(bad("{\"ignore\": true} x"), "not valid JSON"));
    BOOST_TEST(says(bad("{\"ignore_reason\": \"" + std::string(70'000, 'x') + "\"}"), "over 65536 bytes"));
    BOOST_TEST(says(bad(std::string(10'000, '[')), "not valid JSON"));
    for (const std::string id : {"0", "-7", "x", "7x", "99999999999999999999"})
        BOOST_TEST(says(problem_detail(http_server, 404, "PATCH", "/files/" + id, R"({"ignore": true})"),
                        "an id is a positive number"));
    BOOST_TEST(ask(http_server,
                   request("PATCH", "/files/7", "", "Content-Type: text/plain\r\nContent-Length: 16\r\n") +
                       R"({"ignore": true})")
                   .status == 415);
    BOOST_TEST(ask(http_server, request("PATCH", "/files/7")).status == 415);
    BOOST_TEST(http_server.service().changes == 0);
    BOOST_TEST(http_server.service().rows.at(7).state == "failed");
}

BOOST_AUTO_TEST_CASE(one_file_is_tried_again) {
    running_server http_server;
    put_file(http_server.service(), 7, "failed");
    put_file(http_server.service(), 8, "failed");
    const std::string no_body = "Content-Type: application/json\r\nContent-Length: 0\r\n";
    BOOST_TEST(ask(http_server, request("POST", "/files/7/retry", "", no_body)).status == 200);
    BOOST_TEST(http_server.service().rows.at(7).state == "pending");
    BOOST_TEST(http_server.service().rows.at(8).state == "failed");
    BOOST_TEST(answer_of(http_server, "POST", "/files/7/retry", "{}").at("state").as_string() == "pending");
    problem_detail(http_server, 404, "POST", "/files/9/retry", "{}");
    problem_detail(http_server, 404, "POST", "/files/x/retry", "{}");
    BOOST_TEST(says(problem_detail(http_server, 400, "POST", "/files/8/retry", R"({"all": true})"),
                    "unknown key \"all\""));
    BOOST_TEST(ask(http_server, request("POST", "/files/8/retry", "", "Content-Length: 0\r\n")).status ==
               415);
    BOOST_TEST(http_server.service().rows.at(8).state == "failed");
}

BOOST_AUTO_TEST_CASE(while_the_catalog_is_prepared_the_answer_is_later) {
    running_server http_server;
    put_file(http_server.service(), 7);
    http_server.service().failing_with =
        failure{failure_code::not_ready, "list", "files", "indexing the catalog"};
    const std::pair<std::string, std::string> requests[] = {
        {"GET", "/files"},          {"GET", "/timecodes?archive=smurf"}, {"PATCH", "/files/7"},
        {"POST", "/files/7/retry"}, {"POST", "/archives/smurf/retry"},   {"POST", "/archives/smurf/pause"}};
    for (const auto& [method, target] : requests) BOOST_TEST_CONTEXT(method << " " << target) {
            const auto body = method == "PATCH" ? R"({"ignore": true})" : method == "POST" ? "{}" : "";
            const auto got = ask(http_server, request(method, target, body));
            BOOST_TEST(got.status == 503);
            BOOST_TEST(got.headers.contains("retry-after"));
            BOOST_TEST(says(got.body, "urn:suprsync:not_ready"));
        }
}

BOOST_AUTO_TEST_SUITE_END()
