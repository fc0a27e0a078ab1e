// The routes, over real sockets.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "http/api/registration_endpoint.hpp"
#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
namespace asio = boost::asio;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(server_routes)

namespace {

std::string text_of(const json::object& object, const char* key) {
    return std::string(object.at(key).as_string());
}

}  // namespace

BOOST_AUTO_TEST_CASE(status_is_answered) {
    running_server http_server;
    http_server.service().shown.instance_id = "srv20";
    const auto got = ask(http_server, request("GET", "/status"));
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.headers.at("content-type") == "application/json");
    BOOST_TEST(got.headers.at("cache-control") == "no-store");
    const auto status = json::parse(got.body).as_object();
    BOOST_TEST(status.at("activity").as_string() == "idle");
    BOOST_TEST((status.at("last_copy") == json::object{}));
    BOOST_TEST(status.at("instance_id").as_string() == "srv20");
}

BOOST_AUTO_TEST_CASE(health_and_readiness_are_answered) {
    running_server http_server;
    BOOST_TEST(ask(http_server, request("GET", "/healthz")).status == 200);
    BOOST_TEST(ask(http_server, request("GET", "/readyz")).status == 200);
    http_server.service().state = {false, "indexing the catalog"};
    BOOST_TEST(ask(http_server, request("GET", "/healthz")).status == 200);
    const auto got = ask(http_server, request("GET", "/readyz"));
    const auto problem = problem_of(got, 503);
    BOOST_TEST(text_of(problem, "detail").find("indexing the catalog") != std::string::npos);
    BOOST_TEST(got.headers.contains("retry-after"));
}

BOOST_AUTO_TEST_CASE(head_is_answered_where_get_is) {
    running_server http_server;
    raw_client client(http_server.port());
    const auto whole = client.ask(request("GET", "/status"));
    const auto head = client.ask(request("HEAD", "/status"), true);
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.headers.at("content-length") == std::to_string(whole.body.size()));
    BOOST_TEST(client.ask(request("HEAD", "/nowhere"), true).status == 404);
    // Nothing of a body has slipped in between.
    BOOST_TEST(client.ask(request("GET", "/healthz")).status == 200);
}

BOOST_AUTO_TEST_CASE(unknown_paths_and_methods_are_refused) {
    running_server http_server;
    for (const std::string path : {"/statu", "/status/", "/files/", "/files/1/2", "//status", "/files//",
                                   "/archives/", "/archives//pause", "/archives/smurf/stop"})
        BOOST_TEST_CONTEXT(path) { problem_of(ask(http_server, request("GET", path)), 404); }
    const auto posted = ask(http_server, request("POST", "/status", "{}"));
    problem_of(posted, 405);
    BOOST_TEST(posted.headers.at("allow") == "GET, HEAD");
    BOOST_TEST(ask(http_server, request("PUT", "/files")).headers.at("allow") == "POST, GET, HEAD");
    BOOST_TEST(ask(http_server, request("DELETE", "/files/1")).status == 405);
    BOOST_TEST(ask(http_server, request("BREW", "/files/1")).status == 405);
    BOOST_TEST(ask(http_server, request("GET", "/status?")).status == 200);
    BOOST_TEST(ask(http_server, request("GET", "/%73tatus")).status == 200);
    BOOST_TEST(ask(http_server, request("GET", "/%zz")).status == 400);
    BOOST_TEST(ask(http_server, request("GET", "status")).status == 400);
    BOOST_TEST(ask(http_server, request("OPTIONS", "*")).status == 400);
    BOOST_TEST(ask(http_server, request("CONNECT", "localhost:80")).status == 400);
}

BOOST_AUTO_TEST_CASE(one_file_is_registered) {
    running_server http_server;
    const auto got =
        ask(http_server,
            request("POST", "/files", good_file("/data/d\xc3\xa9j\xc3\xa0 vu", R"(, "deletable": false,
        "timestamp": 1661284493.5, "local_md5sum": "ABCDEF0123456789ABCDEF0123456789")")));
    BOOST_TEST(got.status == 201);
    BOOST_TEST(got.headers.at("location") == "/files/1");
    const auto row = json::parse(got.body).as_object();
    BOOST_TEST(row.at("id").as_int64() == 1);
    BOOST_TEST(text_of(row, "local_path") == "/data/d\xc3\xa9j\xc3\xa0 vu");
    BOOST_TEST(text_of(row, "state") == "pending");
    const auto asked = http_server.service().registered();
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked[0].local_md5sum == "abcdef0123456789abcdef0123456789");
    BOOST_TEST(asked[0].timestamp.value() == 1661284493.5);
    BOOST_TEST(!asked[0].deletable);
}

BOOST_AUTO_TEST_CASE(many_files_are_registered_and_answered_in_the_same_shape) {
    running_server http_server;
    auto got =
        ask(http_server, request("POST", "/files", "[" + good_file("/a") + "," + good_file("/b") + "]"));
    BOOST_TEST(got.status == 201);
    BOOST_TEST(!got.headers.contains("location"));
    const auto rows = json::parse(got.body).as_array();
    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(text_of(rows[1].as_object(), "local_path") == "/b");
    got = ask(http_server, request("POST", "/files", "[" + good_file() + "]"));
    BOOST_TEST(json::parse(got.body).as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_registration_that_exists_already_is_200) {
    running_server http_server;
    http_server.service().all_existed = true;
    BOOST_TEST(ask(http_server, request("POST", "/files", good_file())).status == 200);
    BOOST_TEST(ask(http_server, request("POST", "/files", "[" + good_file() + "]")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_wrong_registers_nothing) {
    running_server http_server;
    const auto bad = [&](const std::string& body) {
        return problem_of(ask(http_server, request("POST", "/files", body)), 400);
    };
    BOOST_TEST(!bad("not json").contains("index"));
    BOOST_TEST(!bad("[]").contains("index"));
    BOOST_TEST(!bad("{\"local_path\": 3}").contains("index"));
    BOOST_TEST(bad("[" + good_file() + "," + good_file("/b", R"(, "x": 1)") + "]").at("index").as_int64() ==
               1);
    BOOST_TEST(bad("[" + good_file("/\xff") + "]").at("index").as_int64() == 0);
    problem_of(ask(http_server,
                   request("POST", "/files", "", "Content-Type: application/json\r\nContent-Length: 0\r\n")),
               400);
    BOOST_TEST(http_server.service().registered().empty());
}

BOOST_AUTO_TEST_CASE(failures_of_the_service_have_their_statuses) {
    running_server http_server;
    const std::map<failure_code, int> statuses = {
        {failure_code::invalid, 400},  {failure_code::not_found, 400}, {failure_code::not_permitted, 403},
        {failure_code::conflict, 409}, {failure_code::catalog, 503},   {failure_code::stopped, 503},
        {failure_code::locked, 503},   {failure_code::io, 500}};
    for (const auto& [code, status] : statuses) {
        http_server.service().failing_with =
            failure{code, "register", "files[12] /data/x", "because of this"};
        const auto got = ask(http_server, request("POST", "/files", "[" + good_file() + "]"));
        const auto problem = problem_of(got, status);
        BOOST_TEST(problem.at("index").as_int64() == 12);
        BOOST_TEST(text_of(problem, "detail") == "cannot register /data/x: because of this");
        // A local file that is not there is a mistake in the request: nothing is missing at this URL.
        const auto shown = code == failure_code::not_found ? failure_code::invalid : code;
        BOOST_TEST(text_of(problem, "type") == "urn:suprsync:" + std::string(name_of(shown)));
        BOOST_TEST(got.headers.contains("retry-after") == (status == 503));
        http_server.service().failing_with->subject = "files[0] /data/x";
        BOOST_TEST(
            !problem_of(ask(http_server, request("POST", "/files", good_file())), status).contains("index"));
    }
}

BOOST_AUTO_TEST_CASE(one_row_by_its_id) {
    running_server http_server;
    file_view file;
    file.row.id = 7;
    file.row.local_path = "/not utf8 \xff";
    file.state = "failed";
    http_server.service().rows[7] = file;
    const auto got = ask(http_server, request("GET", "/files/7"));
    BOOST_TEST(got.status == 200);
    BOOST_TEST(text_of(json::parse(got.body).as_object(), "state") == "failed");
    for (const std::string id : {"8", "0", "-7", "7x", "x", "99999999999999999999", "7%00", "+7", "%37%20"})
        BOOST_TEST_CONTEXT(id) { problem_of(ask(http_server, request("GET", "/files/" + id)), 404); }
    http_server.service().failing_with = failure{failure_code::catalog, "read", "the catalog", "it is gone"};
    problem_of(ask(http_server, request("GET", "/files/7")), 503);
}

BOOST_AUTO_TEST_CASE(archives_are_paused_and_resumed) {
    running_server http_server;
    BOOST_TEST(ask(http_server, request("POST", "/archives/smurf/pause", "{}")).body ==
               R"({"name":"smurf","paused":true})");
    BOOST_TEST(http_server.service().paused.at("smurf"));
    BOOST_TEST(ask(http_server, request("POST", "/archives/smurf/resume", "{}")).status == 200);
    BOOST_TEST(!http_server.service().paused.at("smurf"));
    problem_of(ask(http_server, request("POST", "/archives/hk/pause", "{}")), 404);
    problem_of(ask(http_server, request("POST", "/archives/smurf/pause", "", "Content-Length: 0\r\n")), 415);
    BOOST_TEST(ask(http_server, request("GET", "/archives/smurf/pause")).headers.at("allow") == "POST");
}

BOOST_AUTO_TEST_CASE(changes_need_the_media_type) {
    running_server http_server;
    const auto body = good_file();
    const auto typed = [&](const std::string& type) {
        return ask(http_server, request("POST", "/files", "",
                                        type + "Content-Length: " + std::to_string(body.size()) + "\r\n") +
                                    body)
            .status;
    };
    BOOST_TEST(typed("") == 415);
    BOOST_TEST(typed("Content-Type: text/plain\r\n") == 415);
    BOOST_TEST(typed("Content-Type: application/x-www-form-urlencoded\r\n") == 415);
    BOOST_TEST(http_server.service().registered().empty());
    BOOST_TEST(typed("Content-Type: application/json; charset=utf-8\r\n") == 201);
}

BOOST_AUTO_TEST_CASE(a_bug_in_an_endpoint_is_500_and_nothing_more) {
    std::vector<std::string> reports;
    auto options = on_any_port();
    options.report = [&](const std::string& text) { reports.push_back(text); };
    running_server http_server(options);
    http_server.service().throws = true;
    raw_client client(http_server.port());
    problem_of(client.ask(request("POST", "/files", good_file())), 500);
    BOOST_TEST(reports == std::vector<std::string>{"POST /files ended with an error: a bug"},
               boost::test_tools::per_element());
    BOOST_TEST(client.ask(request("GET", "/healthz")).status == 200);
}

// 50,000 registrations in one body: everything else on the loop must get its turns meanwhile.
BOOST_AUTO_TEST_CASE(a_large_body_does_not_hold_the_loop) {
    asio::io_context loop;
    fake_service service(loop.get_executor());
    http_request large;
    large.body = "[" + good_file();
    constexpr std::size_t count = 50'000;
    for (std::size_t i = 1; i < count; ++i) large.body += "," + good_file("/data/" + std::to_string(i));
    large.body += "]";

    std::size_t turns = 0;
    std::size_t turns_while_reading = 0;
    bool done = false;
    std::function<void()> turn = [&] {
        ++turns;
        if (!done) asio::post(loop, turn);
    };
    service.on_registering = [&] { turns_while_reading = turns; };
    const auto bytes = large.body.size();
    asio::co_spawn(loop, post_files(service, std::move(large)),
                   [&](std::exception_ptr error, http_answer answer) {
                       done = true;
                       BOOST_TEST(!error);
                       BOOST_TEST(answer.status == 201U);
                   });
    asio::post(loop, turn);
    loop.run();
    BOOST_TEST(service.registered().size() == count);
    BOOST_TEST(turns_while_reading >= bytes / 65536);
    BOOST_TEST(turns - turns_while_reading >= count / 1000);
}

BOOST_AUTO_TEST_SUITE_END()
