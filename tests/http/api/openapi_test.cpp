// The description of the interface is held against the routes and against real answers.
#include "tests/support/openapi.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "engine/model/version.hpp"
#include "http/api/endpoints.hpp"
#include "http/api/openapi_endpoint.hpp"
#include "http/api/views.hpp"
#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
using suprsync::test::joined;
using suprsync::test::openapi;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(openapi_description)

namespace {

std::set<std::string> words(std::string_view text) {
    std::istringstream in{std::string(text)};
    return {std::istream_iterator<std::string>(in), {}};
}

// "/files/{id}/retry" with something in place of {...}.
std::string example_of(std::string path) {
    for (const auto& [name, value] :
         {std::pair{"{id}", "7"}, {"{name}", "smurf"}, {"{timecode}", "17000"}, {"{file}", "style.css"}})
        if (const auto at = path.find(name); at != std::string::npos)
            path.replace(at, std::string(name).size(), value);
    return path;
}

bool needs_token(const std::string& path) {
    return std::ranges::all_of(endpoints(),
                               [&](const endpoint& e) { return e.path != path || e.needs_token; });
}

std::string text_version(const openapi& described) {
    return std::string(described.document().at("info").at("version").as_string());
}

file_view some_file(file_id id) {
    file_view file;
    file.row.id = id;
    file.row.local_path = "/data/" + std::to_string(id);
    file.row.archive_name = "smurf";
    file.row.remote_path = "17000/" + std::to_string(id);
    file.row.timestamp = 1661284493;
    file.state = "failed";
    file.row.remote_md5sum = "00000000000000000000000000000000";
    file.row.copied = 1661284494.5;
    file.last_error = "it is unreadable";
    file.last_error_at = 1661284494.0;
    file.bytes = 12;
    return file;
}

void fill(fake_service& service) {
    for (file_id id = 1; id <= 7; ++id) service.rows[id] = some_file(id);
    archive_report report;
    report.configuration.name = report.activity.name = "smurf";
    report.activity.activity = "idle";
    report.activity.link = {"down", 1661284493.0, 1661284499.0, "no route to host"};
    report.activity.files_deletable = 3;
    report.configuration.delete_local_after = 7;
    report.conditions.push_back({"files_failed", "smurf", "7 files", 1661284494, 3});
    service.reports.push_back(report);
    history_point point;
    point.at = 1661284440;
    point.free_here = 5;
    point.verified_after.observe(2);
    service.past = {
        "smurf", {1661284440, 1661284560, 60}, {point, {}}, space_forecast{5, 1661284440, -2.5, 2}, {}};
    timecode_view directory;
    directory.timecode = 17000;
    directory.archive_name = "smurf";
    directory.blocking.push_back(some_file(1));
    service.directories.push_back(directory);
    transfer flying;
    flying.id = 1;
    flying.archive = "smurf";
    flying.stage = flight_stage::verifying;
    flying.ids = {7, 8};
    service.flights = {"0f3c", {flying}};
    auto& shown = service.shown;
    shown.last_copy = last_copy{1661284493.5, {{"/path", true}}, 1661284493.6, "timed out"};
    shown.archive_stats["smurf"] = {};
    service.sessions["smurf"].last_copy = shown.last_copy;
    shown.archives.push_back(report.activity);
    shown.conditions = report.conditions;
    shown.transfers.push_back(flying);
}

}  // namespace

BOOST_AUTO_TEST_CASE(has_every_route_and_nothing_else) {
    const openapi described{std::string(openapi_document())};
    std::set<std::string> routes;
    for (const auto& e : endpoints()) {
        routes.insert(std::string(e.method) + " " + std::string(e.path));
        BOOST_TEST_CONTEXT(e.method << " " << e.path) {
            const auto described_parameters =
                described.query_parameters(std::string(e.method), std::string(e.path));
            BOOST_TEST(described_parameters == words(e.parameters), boost::test_tools::per_element());
        }
    }
    BOOST_TEST(described.requests() == routes, boost::test_tools::per_element());
    BOOST_TEST(text_version(described) == version());
}

BOOST_AUTO_TEST_CASE(other_methods_are_refused_with_those_that_there_are) {
    const openapi described{std::string(openapi_document())};
    running_server http_server;
    const auto requests = described.requests();
    for (const auto& path : described.document().at("paths").as_object()) {
        const std::string name(path.key());
        std::set<std::string> allowed;
        for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
            if (requests.contains(method + " " + name)) allowed.insert(method);
        if (allowed.contains("GET")) allowed.insert("HEAD");
        for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"}) {
            if (allowed.contains(method)) continue;
            BOOST_TEST_CONTEXT(method << " " << name) {
                raw_client client(http_server.port());
                const auto got = client.ask(request(method, example_of(name)), method == "HEAD");
                BOOST_TEST(got.status == 405);
                auto allow = got.headers.at("allow");
                std::replace(allow.begin(), allow.end(), ',', ' ');
                BOOST_TEST(words(allow) == allowed, boost::test_tools::per_element());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(answers_are_as_described) {
    const openapi described{std::string(openapi_document())};
    running_server http_server;
    fill(http_server.service());
    struct example {
        std::string method, path, target, body;
        int status;
    };
    const example examples[] = {
        {"GET", "/status", "/status", "", 200},
        {"GET", "/status", "/status?x=1", "", 400},
        {"POST", "/files", "/files", good_file(), 201},
        {"POST", "/files", "/files", "[" + good_file() + "]", 201},
        {"POST", "/files", "/files", "[{}]", 400},
        {"GET", "/files", "/files", "", 200},
        {"GET", "/files", "/files?limit=2&state=failed", "", 200},
        {"GET", "/files", "/files?limit=x", "", 400},
        {"GET", "/files", "/files?archive=hk", "", 404},
        {"GET", "/files/{id}", "/files/7", "", 200},
        {"GET", "/files/{id}", "/files/8", "", 404},
        {"PATCH", "/files/{id}", "/files/6", R"({"ignore": true, "ignore_reason": "broken"})", 200},
        {"PATCH", "/files/{id}", "/files/6", "{}", 400},
        {"PATCH", "/files/{id}", "/files/6", "", 415},
        {"PATCH", "/files/{id}", "/files/8", R"({"ignore": true})", 404},
        {"POST", "/files/{id}/retry", "/files/7/retry", "{}", 200},
        {"POST", "/files/{id}/retry", "/files/8/retry", "{}", 404},
        {"GET", "/archives", "/archives", "", 200},
        {"GET", "/archives/{name}", "/archives/smurf", "", 200},
        {"GET", "/archives/{name}", "/archives/hk", "", 404},
        {"GET", "/archives/{name}/session", "/archives/smurf/session", "", 200},
        {"GET", "/archives/{name}/session", "/archives/hk/session", "", 404},
        {"POST", "/archives/{name}/pause", "/archives/smurf/pause", "{}", 200},
        {"POST", "/archives/{name}/try-now", "/archives/smurf/try-now", "{}", 409},
        {"POST", "/archives/{name}/resume", "/archives/smurf/resume", "{}", 200},
        {"POST", "/archives/{name}/try-now", "/archives/smurf/try-now", "{}", 200},
        {"POST", "/archives/{name}/pause", "/archives/smurf/pause", R"({"reason": 5})", 400},
        {"POST", "/archives/{name}/resume", "/archives/hk/resume", "{}", 404},
        {"POST", "/archives/{name}/retry", "/archives/smurf/retry", "{}", 200},
        {"POST", "/archives/{name}/retry", "/archives/smurf/retry", R"({"dry_run": true})", 200},
        {"POST", "/archives/{name}/retry", "/archives/smurf/retry", R"({"x": 1})", 400},
        {"POST", "/archives/{name}/timecodes/{timecode}/accept-removal",
         "/archives/smurf/timecodes/17000/accept-removal", "{}", 200},
        {"POST", "/archives/{name}/timecodes/{timecode}/accept-removal",
         "/archives/smurf/timecodes/x/accept-removal", "{}", 400},
        {"GET", "/transfers", "/transfers", "", 200},
        {"GET", "/transfers", "/transfers?ids=true&archive=smurf", "", 200},
        {"GET", "/transfers", "/transfers?ids=yes", "", 400},
        {"GET", "/transfers", "/transfers?archive=hk", "", 404},
        {"GET", "/timecodes", "/timecodes?archive=smurf", "", 200},
        {"GET", "/timecodes", "/timecodes", "", 400},
        {"GET", "/history", "/history?archive=smurf&from=1661284440&to=1661284560&step=60", "", 200},
        {"GET", "/history", "/history", "", 400},
        {"GET", "/metrics", "/metrics", "", 200},
        {"GET", "/openapi.json", "/openapi.json", "", 200},
        {"GET", "/", "/", "", 200},
        {"GET", "/page/{file}", "/page/style.css", "", 200},
        {"GET", "/page/{file}", "/page/main.js", "", 200},
        {"GET", "/page/{file}", "/page/icon.svg", "", 200},
        {"GET", "/page/{file}", "/page/conditions.md", "", 200},
        {"GET", "/page/{file}", "/page/nowhere", "", 404},
        {"GET", "/healthz", "/healthz", "", 200},
        {"GET", "/readyz", "/readyz", "", 200},
    };
    std::set<std::string> asked = {"GET /events"};  // a stream has no end: see events_test.cpp
    for (const auto& e : examples) {
        BOOST_TEST_CONTEXT(e.method << " " << e.target << " " << e.body) {
            asked.insert(e.method + " " + e.path);
            const auto got = ask(http_server, request(e.method, e.target, e.body));
            BOOST_TEST(got.status == e.status);
            const auto faults =
                described.faults(e.method, e.path, got.status, got.headers.at("content-type"), got.body);
            BOOST_TEST(faults.empty(), joined(faults));
        }
    }
    BOOST_TEST(asked == described.requests(), boost::test_tools::per_element());
    http_server.service().state = {false, "indexing"};
    const auto got = ask(http_server, request("GET", "/readyz"));
    const auto faults =
        described.faults("GET", "/readyz", got.status, got.headers.at("content-type"), got.body);
    BOOST_TEST(faults.empty(), joined(faults));
}

// What the HTTP server refuses before an endpoint is asked stands with every operation.
BOOST_AUTO_TEST_CASE(answers_of_the_server_itself_are_as_described) {
    const openapi described{std::string(openapi_document())};
    running_server open;
    auto options = on_any_port();
    options.token = "secret";
    running_server guarded(options);
    auto full_options = on_any_port();
    full_options.limits.connections = 1;
    full_options.limits.header_time = std::chrono::milliseconds(300'000);
    running_server full(full_options);
    raw_client only(full.port());
    full.service().shut_gate();
    only.send(request("GET", "/files"));
    full.service().wait_until_someone_waits();

    const auto line = [](const std::string& method, const std::string& target) {
        return method + " " + target + " HTTP/1.1\r\nContent-Type: application/json\r\n";
    };
    const std::string host = "Host: localhost\r\n";
    for (const auto& one : described.requests()) {
        const auto space = one.find(' ');
        const auto method = one.substr(0, space), path = one.substr(space + 1);
        const auto target = example_of(path);
        const auto refused = [&](int status, running_server& http_server, const std::string& bytes) {
            BOOST_TEST_CONTEXT(one << " " << status) {
                const auto got = ask(http_server, bytes);
                BOOST_TEST(got.status == status);
                const auto faults =
                    described.faults(method, path, got.status, got.headers.at("content-type"), got.body);
                BOOST_TEST(faults.empty(), joined(faults));
            }
        };
        if (needs_token(path)) refused(401, guarded, line(method, target) + host + "\r\n");
        refused(405, open, line("DELETE", target) + host + "\r\n");
        refused(413, open, line(method, target) + host + "Content-Length: 99999999\r\n\r\n");
        refused(421, open, line(method, target) + "Host: elsewhere.example\r\n\r\n");
        refused(431, open, line(method, target) + host + "X: " + std::string(20'000, 'x') + "\r\n\r\n");
        refused(503, full, line(method, target) + host + "\r\n");
    }
}

BOOST_AUTO_TEST_CASE(the_checker_finds_what_is_wrong) {
    const openapi described{std::string(openapi_document())};
    const auto& schema = described.document().at("components").at("schemas").at("File");
    json_writer text;
    text.value(some_file(1));
    const auto good = json::parse(text.text()).as_object();
    BOOST_TEST(described.faults(good, schema).empty());
    const auto faulty = [&](const char* key, const json::value& value) {
        auto changed = good;
        changed[key] = value;
        return described.faults(changed, schema).size();
    };
    BOOST_TEST(faulty("id", "1") == 1U);
    BOOST_TEST(faulty("id", 1.5) == 1U);
    BOOST_TEST(faulty("id", nullptr) == 1U);
    BOOST_TEST(faulty("bytes", nullptr) == 0U);
    BOOST_TEST(faulty("state", "lost") == 1U);
    BOOST_TEST(faulty("other", 1) == 1U);
    auto lacking = good;
    lacking.erase("state");
    BOOST_TEST(described.faults(lacking, schema).size() == 1U);
    BOOST_TEST(!described.faults("GET", "/healthz", 418, "application/json", "{}").empty());
    BOOST_TEST(!described.faults("GET", "/healthz", 200, "text/html", "{}").empty());
    const auto is_faulty_error = [&](int status, unsigned status_in_body) {
        const auto body = problem(status_in_body, "x").body;
        return !described.faults("GET", "/healthz", status, "application/problem+json", body).empty();
    };
    BOOST_TEST(!is_faulty_error(503, 503));
    BOOST_TEST(is_faulty_error(204, 503));
    BOOST_TEST(is_faulty_error(418, 418));
}

BOOST_AUTO_TEST_SUITE_END()
