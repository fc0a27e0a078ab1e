// What the daemon tells of the present: what is in flight, how fast it goes, what the link does.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(what_happens_now)

namespace {

struct telling_world : daemon_world {
    telling_world() { begin(); }
    std::string state(file_id id) { return ask(served.file(id)).value().value().state; }
    std::vector<std::string> listed(const std::string& wanted) {
        file_query query;
        query.archive = "smurf";
        query.state = wanted;
        std::vector<std::string> states;
        for (const auto& file : ask(served.list_files(query)).value().files) states.push_back(file.state);
        return states;
    }
};

using states = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_in_flight_is_what_is_done_with_it, telling_world) {
    const auto id = add("a");
    there().hold();
    committed();
    BOOST_TEST(state(id) == "copying");
    BOOST_TEST((listed("pending") == states{"copying"}));
    BOOST_TEST((listed("unsettled") == states{"copying"}));
    BOOST_TEST((listed("verified").empty()));
    const auto days = ask(served.timecodes({"smurf", -1, 10})).value();
    BOOST_TEST(days.at(0).blocking.at(0).state == "copying");
    auto told = served.transfers(true);
    BOOST_TEST(told.catalog == catalog.uuid());
    BOOST_REQUIRE(told.transfers.size() == 1U);
    BOOST_TEST((told.transfers[0].ids == std::vector<file_id>{id}));
    BOOST_TEST(served.status().transfers.size() == 1U);
    there().release();
    time.advance(1);
    BOOST_TEST(state(id) == "verified");
    BOOST_TEST(served.transfers(false).transfers.empty());
}

BOOST_FIXTURE_TEST_CASE(figures_of_an_archive, telling_world) {
    BOOST_TEST(!activity().estimated_end.has_value());
    BOOST_TEST(!activity().oldest_waiting.has_value());
    BOOST_TEST(!activity().verified_after_p50.has_value());
    BOOST_TEST(activity().catalog.files == 0);
    add("a");
    committed();
    time.advance(1);
    const auto waiting = add("b");
    there().hold();
    committed();
    time.advance(5);
    const auto now = activity();
    BOOST_TEST(now.oldest_waiting.value() == row(waiting).timestamp);
    BOOST_TEST(now.catalog.files == 2);
    BOOST_TEST(now.catalog.verified == 1);
    BOOST_TEST(now.catalog.unsettled == 1);
    BOOST_TEST(now.files_per_second_1m > 0);
    BOOST_TEST(now.bytes_per_second_15m > 0);
    BOOST_TEST(now.estimated_end.value() > time.now());
    BOOST_TEST(now.verified_after_p50.has_value());
    BOOST_TEST(now.verified_after_p99.value() >= now.verified_after_p50.value());
    there().release();
    time.advance(1);
    BOOST_TEST(!activity().oldest_waiting.has_value());
}

BOOST_FIXTURE_TEST_CASE(the_link_is_told_with_when_it_is_tried_again, telling_world) {
    time.advance(1);
    BOOST_TEST(activity().link.state == "up");
    BOOST_TEST(activity().link.error == "");
    there().down = error(failure_code::connection, "no route to host");
    add("a");
    committed();
    const auto link = activity().link;
    BOOST_TEST(link.state == "down");
    BOOST_TEST(link.down_since.value() <= time.now());
    BOOST_TEST(link.next_attempt.value() > time.now());
    BOOST_TEST(holds_text(link.error, "no route to host"));
    BOOST_TEST(!activity().estimated_end.has_value());
    time.advance(60);
    BOOST_TEST(activity().link.down_since.value() == link.down_since.value());
    there().down.reset();
    time.advance(400);
    BOOST_TEST(activity().link.state == "up");
    BOOST_TEST(!activity().link.down_since.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
