// GET /history: what is asked of the service, and how its answer is shown.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(history_requests)

BOOST_AUTO_TEST_CASE(rows_and_forecast_are_shown_and_what_is_not_known_is_null) {
    running_server http_server;
    history_point busy;
    busy.at = 1661284440;
    busy.seconds = 60;
    busy.sent_bytes = 7;
    busy.verified_bytes = 6;
    busy.verified_files = 2;
    busy.waiting_files = 3;
    busy.failed_files = 1;
    busy.verified_after.observe(0.001);
    busy.free_there = 9'000'000'000'000;
    history_point idle;
    idle.at = 1661284500;
    http_server.service().past = {
        "smurf", {1661284440, 1661284560, 60}, {busy, idle}, {}, space_forecast{9, 1661284500, -3, 3}};
    const auto told = answer_of(http_server, "GET", "/history?archive=smurf");
    BOOST_TEST(told.at("step").as_double() == 60);
    const auto& rows = told.at("rows").as_array();
    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(rows[0].at("at").as_double() == 1661284440);
    BOOST_TEST(rows[0].at("sent_bytes").as_int64() == 7);
    BOOST_TEST(rows[0].at("verified_files").as_int64() == 2);
    BOOST_TEST(rows[0].at("p99").as_double() < 0.0012);
    BOOST_TEST(rows[0].at("free_here").is_null());
    BOOST_TEST(rows[0].at("free_there").as_int64() == 9'000'000'000'000);
    BOOST_TEST(rows[1].at("p50").is_null());
    BOOST_TEST(told.at("forecast").at("here").is_null());
    BOOST_TEST(told.at("forecast").at("there").at("full_in").as_double() == 3);
}

BOOST_AUTO_TEST_CASE(what_is_asked_reaches_the_service) {
    running_server http_server;
    answer_of(http_server, "GET", "/history?archive=smurf");
    BOOST_TEST(!http_server.service().last_history->from.has_value());
    BOOST_TEST(!http_server.service().last_history->step.has_value());
    answer_of(http_server, "GET", "/history?archive=smurf&from=0&to=1661284560&step=3600");
    const auto& asked = *http_server.service().last_history;
    BOOST_TEST(asked.archive == "smurf");
    BOOST_TEST(asked.from.value() == 0);
    BOOST_TEST(asked.to.value() == 1661284560);
    BOOST_TEST(asked.step.value() == 3600);
}

BOOST_AUTO_TEST_CASE(values_that_cannot_be_are_refused) {
    running_server http_server;
    BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/history"), "'archive' is required"));
    BOOST_TEST(says(problem_detail(http_server, 404, "GET", "/history?archive=hk"), "it serves smurf"));
    for (const std::string query : {"from=-1", "from=x", "to=1e9", "to=253402300800", "step=0", "step=-60",
                                    "step=1.5", "step=99999999"})
        BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/history?archive=smurf&" + query),
                        "expected a whole number"),
                   query);
    BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/history?archive=smurf&until=5"), "'until'"));
    BOOST_TEST(!http_server.service().last_history.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
