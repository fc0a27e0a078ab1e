// What a day that is complete waits for before it is announced: a connection, copies that are proved and not
// lost.
#include <boost/test/unit_test.hpp>
#include <vector>

#include "tests/engine/run/finalizer_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(finalizer_waits)

BOOST_FIXTURE_TEST_CASE(for_a_connection_that_is_lost_and_tells_of_it_itself, finalizer_world) {
    std::vector<failure_code> met;
    archive.on_connection_error = [&](const failure& f) { met.push_back(f.code); };
    old_file("a");
    there.on_stat = [](const stat_request&, stat_report& report) {
        report.end.error = failure{failure_code::connection, "look at files at", "there", "Broken pipe"};
    };
    begin();
    BOOST_TEST(announcements().empty());
    BOOST_TEST(condition(condition_kind::finalization_failed).empty());
    BOOST_TEST(met.size() == 1U);
    there.on_stat = {};
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(while_a_copy_of_it_is_known_to_be_lost, finalizer_world) {
    const auto id = old_file("a");
    bad_copy lost;
    lost.copy.file.row = row(id);
    lost.finding = "vanished";
    lost.reason = "it is not there";
    ask(catalog.real().record_bad_copies("smurf", {lost}, {})).value();
    begin();
    BOOST_TEST(announcements().empty());
    const auto message = condition(condition_kind::finalization_blocked);
    BOOST_TEST(holds_text(message, "timecode 16990 (1 lost: 16990/a)"), message);
    BOOST_TEST(holds_text(message, "suprsync verify smurf --requeue"), message);
    BOOST_TEST(there.calls.empty());
    BOOST_TEST(days.idle());
    ask(catalog.real().record_bad_copies("smurf", {}, {id})).value();
    wake();
    BOOST_TEST(condition(condition_kind::finalization_blocked).empty());
    BOOST_TEST(announcements().size() == 1U);
}

namespace {

// Its machine answered as another start of it before the file was verified.
struct restarted_world : finalizer_world {
    const file_id id = old_file("a", false);

    restarted_world() {
        ask(catalog.real().meet_boot("smurf", "an earlier start", 0)).value();
        file_outcome copied;
        copied.seen = row(id);
        copied.remote_md5sum = copied.seen.local_md5sum;
        copied.copied = copied.seen.timestamp + 1;
        copied.verified = true;
        ask(catalog.real().record({copied})).value();
        there.on_stat = [](const stat_request&, stat_report& report) { report.boot = "this start"; };
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(for_copies_to_be_read_anew_after_the_machine_there_was_started_anew,
                        restarted_world) {
    begin();
    BOOST_TEST(memory().unproved);
    BOOST_TEST(announcements().empty());
    const auto copies = ask(catalog.real().load_unproved("smurf", 0, 10)).value();
    ask(catalog.real().record_proved("smurf", {id}, copies.scanned_to)).value();
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(for_a_catalog_that_is_told_of_the_new_start, restarted_world) {
    catalog.fail_next("meet_boot", {failure_code::catalog, "write", "the catalog", "disk I/O error"});
    begin();
    BOOST_TEST(!memory().unproved);
    BOOST_TEST(announcements().empty());
    BOOST_TEST(!condition(condition_kind::catalog_error).empty());
    time.advance(1);
    BOOST_TEST(memory().unproved);
    BOOST_TEST(announcements().empty());
}

BOOST_AUTO_TEST_SUITE_END()
