// The real program's answers are what its own description says.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "tests/end_to_end/site.hpp"
#include "tests/support/instrumented.hpp"
#include "tests/support/only_where.hpp"
#include "tests/support/openapi.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(http_interface)

namespace {

long resident_kb(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string word;
    while (status >> word)
        if (long kb = 0; word == "VmRSS:" && status >> kb) return kb;
    return -1;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(answers_are_as_described, site) {
    options["--max-copy-attempts"] = "1";
    catalog();
    start();
    const openapi described(http().get("/openapi.json").body);
    const auto fine = add_file("fine", "17000/hk/fine", "content");
    auto missing = make_file("missing", "17001/hk/missing", "x");
    fs::remove(missing.local_path);
    const auto lost = catalog().insert(missing);
    await_verified(fine);
    await_condition("files_failed");
    await_finalized(17000);
    const auto row = make_file("posted", "17002/hk/posted", "content");
    const json::object registration = {
        {"local_path", row.local_path}, {"remote_path", row.remote_path}, {"archive_name", archive}};

    struct question {
        std::string method, path, target, body;
        int status;
    };
    const auto of_lost = "/files/" + std::to_string(lost);
    const question questions[] = {
        {"GET", "/status", "/status", "", 200},
        {"GET", "/files", "/files", "", 200},
        {"GET", "/files", "/files?state=failed&limit=1&archive=timestreams", "", 200},
        {"GET", "/files", "/files?archive=other", "", 404},
        {"POST", "/files", "/files", json::serialize(registration), 201},
        {"POST", "/files", "/files", json::serialize(json::array{registration, 5}), 400},
        {"GET", "/files/{id}", of_lost, "", 200},
        {"PATCH", "/files/{id}", of_lost, "{\"ignore\": true}", 200},
        {"PATCH", "/files/{id}", of_lost, "{\"ignore\": false}", 200},
        {"PATCH", "/files/{id}", of_lost, "{}", 400},
        {"POST", "/files/{id}/retry", of_lost + "/retry", "{}", 200},
        {"GET", "/archives", "/archives", "", 200},
        {"GET", "/archives/{name}", "/archives/timestreams", "", 200},
        {"POST", "/archives/{name}/pause", "/archives/timestreams/pause", "{}", 200},
        {"POST", "/archives/{name}/resume", "/archives/timestreams/resume", "{}", 200},
        {"POST", "/archives/{name}/retry", "/archives/timestreams/retry", "{}", 200},
        {"GET", "/timecodes", "/timecodes?archive=timestreams", "", 200},
        {"GET", "/history", "/history?archive=timestreams", "", 200},
        {"GET", "/history", "/history?archive=timestreams&step=7", "", 400},
        {"GET", "/metrics", "/metrics", "", 200},
        {"GET", "/openapi.json", "/openapi.json", "", 200},
        {"GET", "/", "/", "", 200},
        {"GET", "/page/{file}", "/page/main.js", "", 200},
        {"GET", "/healthz", "/healthz", "", 200},
        {"GET", "/readyz", "/readyz", "", 200},
    };
    for (const auto& q : questions) BOOST_TEST_CONTEXT(q.method << " " << q.target << " " << q.body) {
            std::map<std::string, std::string> headers;
            if (!q.body.empty()) headers["Content-Type"] = "application/json";
            const auto got = http().request(q.method, q.target, headers, q.body);
            BOOST_TEST(got.status == q.status, got.body);
            const auto faults =
                described.faults(q.method, q.path, got.status, got.headers.at("content-type"), got.body);
            BOOST_TEST(faults.empty(), joined(faults));
        }
    // Statistics and /status are of one mind.
    wait_until("the statistics to be those of the catalog", [&] {
        const auto archive_now = http().get("/archives/timestreams").json().at("statistics").as_object();
        const auto stats = status().at("archive_stats").at(archive).as_object();
        return archive_now.at("num_files") == stats.at("num_files") &&
               archive_now.at("num_files").as_int64() ==
                   catalog().number("SELECT count(*) FROM supersync_v0") &&
               archive_now.at("uncopied_files") == stats.at("uncopied_files");
    });
}

// Large requests, refused or not, leave the daemon as small as it was.
BOOST_FIXTURE_TEST_CASE(the_memory_of_large_requests_is_given_back, site,
                        *only_where([] { return !instrumented; },
                                    "a program without sanitizers, which keep freed memory")) {
    start();
    constexpr long spread = 4096;  // kB
    const auto large = "[" + std::string(std::size_t{8} * 1024 * 1024 - 2, ' ') + "5";
    BOOST_TEST(http().post("/files", std::string("5")).status == 400);
    const auto before = resident_kb(daemon().pid());
    BOOST_TEST(http().post("/files", large).status == 400);
    {
        std::vector<std::jthread> clients;
        for (int i = 0; i < 7; ++i) clients.emplace_back([&] { http().post("/files", large); });
    }
    BOOST_TEST(resident_kb(daemon().pid()) <= before + spread);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
