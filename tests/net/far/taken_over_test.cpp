// A far side that is not there, or is something else: rsync takes over, says why, and is told once.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "net/far/frame.hpp"
#include "net/far/messages.hpp"
#include "tests/support/net/cut_far_side.hpp"
#include "tests/support/net/frames.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(far_side_taken_over)

namespace {

/// In place of the far side: says these bytes, and waits until it is told no more.
std::string make_talker(const destination& d, const std::string& bytes) {
    write_file(d.scratch / "says", bytes);
    write_file(d.scratch / "talker",
               "#!/bin/sh\ncat '" + (d.scratch / "says").string() + "'\nexec cat >/dev/null\n");
    fs::permissions(d.scratch / "talker", fs::perms::owner_all);
    return (d.scratch / "talker").string();
}

std::string hello_of(std::uint16_t major) {
    far::hello h;
    h.major = major;
    h.program = "9.9.9";
    return std::string(far::greeting) + frames_of(far::kind::hello, true, 0, far::encode(h).value());
}

void copies_by_rsync(destination& d, const std::string& why) {
    d.prepare();
    BOOST_REQUIRE(d.times_handed_over == 1);
    BOOST_TEST((d.handed_over.find(why) != std::string::npos), d.handed_over);
    BOOST_TEST(!d.handed_over_as_usual);
    d.prepare();
    BOOST_TEST(d.times_handed_over == 1);
    d.handed_over.clear();
    const std::vector<stage_item> items = {d.make("17000/a", "content")};
    check_finished(d.stage(items).end);
    check_finished(d.publish(items).end);
    BOOST_TEST(files_below(d.base()).size() == 1U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(where_it_is_not_installed) {
    destination d(place::far);
    d.options.archive.remote_suprsync = "suprsync-that-is-not-there";
    copies_by_rsync(d, "suprsync-that-is-not-there is not installed there");
}

// There may be one on the machine of the tests.
BOOST_AUTO_TEST_CASE(that_none_is_there_is_usual_where_none_was_named) {
    destination d(place::far);
    d.options.archive.remote_suprsync = archive_configuration().remote_suprsync;
    d.prepare();
    BOOST_TEST((d.times_handed_over == 0 || d.handed_over_as_usual));
    d.handed_over.clear();
}

// It answers what it is asked first, each time.
BOOST_AUTO_TEST_CASE(where_it_dies_whenever_it_is_sent_files) {
    constexpr int greeted_and_prepared = 3;
    destination d(place::far);
    d.options.archive.remote_suprsync =
        make_cut_far_side(d.scratch.path(), {false, true, greeted_and_prepared + 1});
    const std::vector<stage_item> items = {d.make("17000/a", "content")};
    for (int death = 1; death <= 3; ++death) {
        d.prepare();
        BOOST_REQUIRE(d.times_handed_over == 0);
        const auto cut = d.stage(items);
        BOOST_REQUIRE(!cut.end.finished());
        BOOST_TEST((cut.end.error->code == failure_code::connection), cut.end.error->text());
    }
    copies_by_rsync(d, "ended by itself");
}

BOOST_AUTO_TEST_CASE(where_it_does_not_answer) {
    destination d(place::far);
    d.options.trial_limit = 0.5;
    d.options.archive.remote_suprsync = make_talker(d, "");
    copies_by_rsync(d, "there does not answer");
}

BOOST_AUTO_TEST_CASE(where_it_cannot_be_run) {
    destination d(place::far);
    d.options.archive.remote_suprsync = d.local("no-program");
    write_file(d.local("no-program"), "text");
    copies_by_rsync(d, "cannot be run there");
}

BOOST_AUTO_TEST_CASE(where_it_is_of_another_major_version) {
    destination d(place::far);
    d.options.archive.remote_suprsync = make_talker(d, hello_of(far::major_version + 1));
    copies_by_rsync(d, "the suprsync there (9.9.9) speaks version " + std::to_string(far::major_version + 1));
}

BOOST_DATA_TEST_CASE(where_something_else_answers,
                     data::make(std::vector<std::string>{"This is no far side, it is a sink\n",
                                                         std::string(far::greeting) + "and then garbage"}),
                     says) {
    destination d(place::far);
    d.options.archive.remote_suprsync = make_talker(d, says);
    copies_by_rsync(d, says.front() == 'T' ? "This is no far side" : "does not say what it is");
}

BOOST_AUTO_TEST_CASE(what_says_garbage_later_has_lost_its_connection) {
    destination d(place::far);
    d.options.archive.remote_suprsync = make_talker(
        d, hello_of(far::major_version) + frames_of(far::kind::ping, true, 0, "") + std::string(40, 'x'));
    prepare_request request;
    request.catalog_uuid = catalog_uuid;
    const auto facts = d.wait(d.get().prepare(request));
    BOOST_REQUIRE(!facts);
    BOOST_TEST((facts.error().code == failure_code::connection), facts.error().text());
}

BOOST_AUTO_TEST_CASE(it_is_asked_for_again_at_the_next_contact) {
    destination d(place::far);
    const auto good = d.options.archive.remote_suprsync;
    d.options.archive.remote_suprsync = (d.scratch / "late").string();
    d.prepare();
    BOOST_TEST(d.times_handed_over == 1);
    d.handed_over.clear();
    fs::create_symlink(good, d.scratch / "late");
    d.prepare();
    const std::vector<stage_item> items = {d.make("17000/a", "content")};
    check_finished(d.stage(items).end);
    check_finished(d.publish(items).end);
    BOOST_TEST(d.times_handed_over == 1);
}

BOOST_AUTO_TEST_SUITE_END()
