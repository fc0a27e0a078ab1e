// Copies to a base directory on this machine, which the daemon makes by itself.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(direct_copies)

BOOST_AUTO_TEST_CASE(no_program_is_needed_for_a_local_destination) {
    site s;
    fs::create_directory(s.scratch / "empty");
    s.environment["PATH"] = (s.scratch / "empty").string();
    destination_watcher watcher(s.base);
    for (int i = 0; i < 50; ++i)
        s.add_file("f" + std::to_string(i), "17000/hk/" + std::to_string(i), "content " + std::to_string(i));
    s.start();
    s.await_finalized(old_timecode);
    s.stop();
    s.check_clean(watcher.stop());
    s.check_delivered();
    BOOST_TEST(s.staged_files().empty());
}

BOOST_AUTO_TEST_CASE(a_large_file_goes_on_where_a_kill_has_cut_it) {
    site s;
    const auto content = random_content(20'000'000, 1);
    const auto id = s.add_file("large", "17000/hk/large", content);
    s.options["--bwlimit"] = "2000";
    s.start();
    const auto staged = [&] {
        const auto files = s.staged_files();
        return files.empty() ? 0 : fs::file_size(s.destination / files.front());
    };
    wait_until("some of it is staged", [&] { return staged() > 2'000'000; });
    s.kill();
    const auto before = staged();
    BOOST_TEST(before < content.size());
    s.options.erase("--bwlimit");
    s.start();
    s.await_verified(id);
    s.await_finalized(old_timecode);
    s.stop();
    s.check_delivered();
}

BOOST_AUTO_TEST_CASE(rsync_takes_over_with_a_notice_where_nothing_can_be_staged) {
    site s;
    s.options["--remote-staging-dir"] = "/proc/suprsync";  // on another file system
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.daemon().await_line("files are copied by rsync: ");
    s.await_condition("staging_unavailable");
    s.await_verified(id);
}

BOOST_AUTO_TEST_CASE(rsync_is_used_where_that_is_asked_for) {
    site s;
    s.options["--transfer"] = "rsync";
    s.environment["PATH"] = s.programs_without("rsync").string();
    s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.await_condition("missing_program");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
