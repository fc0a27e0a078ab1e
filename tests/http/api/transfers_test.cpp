// GET /transfers: what is in flight, of all archives or of one, with ids where they are asked for.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(transfers_requests)

namespace {

transfer flying(std::uint64_t id, const std::string& archive) {
    transfer one;
    one.id = id;
    one.archive = archive;
    one.stage = flight_stage::copying;
    one.files = 2;
    one.files_sent = 1;
    one.bytes_hashed = 300;
    one.bytes_to_hash = 700;
    one.bytes = 1000;
    one.bytes_done = 250;
    one.bytes_per_second = 50;
    one.since = 1661284490;
    one.stage_since = 1661284493.5;
    one.local_path = "/data/" + archive;
    one.ids = {5, 6};
    one.sent_ids = {6};
    return one;
}

void put_transfers(fake_service& service) {
    for (const char* name : {"smurf", "hk"}) {
        archive_report report;
        report.configuration.name = report.activity.name = name;
        service.reports.push_back(report);
    }
    service.flights = {"a-uuid", {flying(1, "smurf"), flying(2, "hk")}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(batches_are_shown_with_their_stage_and_bytes) {
    running_server http_server;
    BOOST_TEST(
        (answer_of(http_server, "GET", "/transfers") == json::parse(R"({"catalog": "", "transfers": []})")));
    put_transfers(http_server.service());
    const auto all = answer_of(http_server, "GET", "/transfers");
    BOOST_TEST(all.at("catalog").as_string() == "a-uuid");
    BOOST_TEST(all.at("transfers").as_array().size() == 2U);
    BOOST_TEST((all.at("transfers").as_array()[0] == json::parse(R"({"id": 1, "archive": "smurf",
        "stage": "copying", "files": 2, "files_sent": 1, "bytes": 1000, "bytes_done": 250,
        "bytes_hashed": 300, "bytes_to_hash": 700, "bytes_per_second": 50.0,
        "since": 1661284490.0, "stage_since": 1661284493.5, "local_path": "/data/smurf"})")));
}

BOOST_AUTO_TEST_CASE(of_one_archive_and_with_ids) {
    running_server http_server;
    put_transfers(http_server.service());
    const auto found =
        answer_of(http_server, "GET", "/transfers?archive=hk&ids=true").at("transfers").as_array();
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].at("id").to_number<int>() == 2);
    BOOST_TEST((found[0].at("ids") == json::parse("[5, 6]")));
    BOOST_TEST((found[0].at("sent_ids") == json::parse("[6]")));
    BOOST_TEST(!answer_of(http_server, "GET", "/transfers?ids=false")
                    .at("transfers")
                    .as_array()[0]
                    .as_object()
                    .contains("ids"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_meant_is_refused) {
    running_server http_server;
    put_transfers(http_server.service());
    BOOST_TEST(says(problem_detail(http_server, 404, "GET", "/transfers?archive=lat"), "smurf"));
    BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/transfers?ids=1"), "expected true or false"));
    BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/transfers?state=copying"),
                    "those here are: archive ids"));
}

BOOST_AUTO_TEST_SUITE_END()
