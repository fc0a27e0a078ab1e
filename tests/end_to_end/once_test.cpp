// `--once`: settles what is there, and its exit status says whether everything is.
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(once)

BOOST_AUTO_TEST_CASE(all_settled_is_0) {
    site s;
    s.options["--once"] = "";
    for (int i = 0; i < 50; ++i) {
        const auto name = "17000/hk/" + std::to_string(i);
        s.add_file(name, name, "content " + name);
    }
    BOOST_TEST(s.start_unready().wait() == exited_with(0));
    // The announcement of the day belongs to what is to be settled.
    BOOST_TEST(s.await_finalized(old_timecode).verified());
    s.check_delivered();
    BOOST_TEST(s.staged_files().empty());
    BOOST_TEST(s.processes().empty());

    // Nothing to do is settled, too.
    BOOST_TEST(s.start_unready().wait() == exited_with(0));
}

BOOST_AUTO_TEST_CASE(an_empty_catalog_is_0) {
    site s;
    s.options["--once"] = "";
    BOOST_TEST(s.start_unready().wait() == exited_with(0));
}

BOOST_AUTO_TEST_CASE(a_signal_that_comes_when_it_has_ended_does_not_change_its_exit_status) {
    site s;
    s.options["--once"] = "";
    auto& program = s.start_unready();
    program.await_line("info     ended");
    auto ended = program.ended();
    for (; !ended; ended = program.ended()) program.signal(SIGTERM);
    BOOST_TEST(*ended == exited_with(0));
}

BOOST_AUTO_TEST_CASE(an_ignored_file_is_settled) {
    site s;
    s.options["--once"] = "";
    auto row = s.make_file("a", "17000/hk/a", "content");
    row.ignore = true;
    s.catalog().insert(row);
    BOOST_TEST(s.start_unready().wait() == exited_with(0));
    BOOST_TEST(!fs::exists(s.base / "17000/hk/a"));
}

BOOST_AUTO_TEST_CASE(deletes_what_is_old_enough) {
    site s;
    s.options["--once"] = "";
    s.options["--delete-local-after"] = "1000";
    auto row = s.make_file("old", "17000/hk/old", "content");
    row.timestamp = now() - 2000;
    const auto id = s.catalog().insert(row);
    const auto young = s.add_file("young", "17000/hk/young", "content");
    BOOST_TEST(s.start_unready().wait() == exited_with(0));
    BOOST_TEST(s.catalog().row(id).removed.has_value());
    BOOST_TEST(!fs::exists(s.data / "old"));
    BOOST_TEST(!s.catalog().row(young).removed.has_value());
    BOOST_TEST(fs::exists(s.data / "young"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_settled_is_3) {
    site s;
    s.options["--once"] = "";
    s.options["--max-copy-attempts"] = "2";
    const auto missing = s.add_file("missing", "17000/hk/missing", "content");
    const auto good = s.add_file("good", "17000/hk/good", "content");
    fs::remove(s.data / "missing");
    BOOST_TEST(s.start_unready().wait() == exited_with(3));
    BOOST_TEST(s.catalog().row(missing).failed_copy_attempts.value_or(0) == 2);
    BOOST_TEST(s.catalog().row(good).verified());
}

BOOST_AUTO_TEST_CASE(a_destination_that_cannot_be_reached_is_3) {
    site s;
    s.use_ssh();
    s.options["--once"] = "";
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.stop_sshd();
    BOOST_TEST(s.start_unready().wait() == exited_with(3));
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(s.daemon().lines_with("condition destination_unreachable") >= 1U);
    BOOST_TEST(s.processes().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
