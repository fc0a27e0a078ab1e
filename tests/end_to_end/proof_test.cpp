// What counts as a copy: another file than the local one, on a disk that wrote all that it was given.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(proof)

BOOST_FIXTURE_TEST_CASE(after_a_failed_sync_every_copy_is_read_anew_before_its_local_file_goes, site) {
    const auto today = std::to_string(timecode_now());
    const auto whole = add_file("whole", today + "/whole", "whole");
    const auto damaged = add_file("damaged", today + "/damaged", "as it was written");
    const auto unclear = scratch / "what is in memory is not known";
    use_ssh();
    // Of the file system; what is made is synced as well.
    wrap("sync", "case $1 in -f) if first; then exit 1; fi ;; esac\nexec $real \"$@\"\n");
    // The scratch directory is one in memory; a disk would tell so when what it holds there was dropped.
    wrap("fincore", "[ ! -e '" + unclear.string() + "' ] || exit 1\nshift 6\nfor f do echo 0; done\n");
    start();
    await_all_verified();
    stop();
    // It did not reach the disk, though the sums were right when it was read from memory.
    write_file(base / today / "damaged", "as it was not there");
    write_file(unclear, "");
    options["--delete-local-after"] = "0";
    start();
    await_condition("copies_unproved");
    // The kernel told of it once, and a restart changes nothing.
    stop();
    start();
    await_condition("copies_unproved");
    BOOST_TEST(fs::exists(data / "whole"));
    BOOST_TEST(fs::exists(data / "damaged"));
    stop();
    fs::remove(unclear);
    start();
    await_no_condition("copies_unproved");
    for (const auto id : {whole, damaged})
        wait_until("row " + std::to_string(id) + " is deleted",
                   [&] { return catalog().row(id).removed.has_value(); });
    BOOST_TEST(read_file(base / today / "whole") == "whole");
    BOOST_TEST(read_file(base / today / "damaged") == "as it was written");
    BOOST_TEST(!fs::exists(data / "damaged"));
    stop();
}

// Its kernel's memory is gone, and what that had not written yet.
BOOST_FIXTURE_TEST_CASE(what_a_machine_lost_that_was_started_anew_is_sent_again_before_its_day_is_announced,
                        site) {
    const auto today = std::to_string(timecode_now());
    add_file("whole", today + "/whole", "whole");
    add_file("lost", today + "/lost", "as it was in memory");
    use_ssh();
    wrap("fincore", "shift 6\nfor f do echo 0; done\n");
    start();
    await_all_verified();
    stop();
    catalog().execute("UPDATE suprsync_boots SET boot = 'an earlier start of it'");
    write_file(base / today / "lost", "");
    add_file("newer", std::to_string(timecode_now() + 1) + "/newer", "of the next day");
    start();
    wait_until("the day is announced", [&] {
        return catalog().number("SELECT count(*) FROM timecode_dirs_v0 WHERE finalized = 1") == 1;
    });
    BOOST_TEST(read_file(base / today / "whole") == "whole");
    BOOST_TEST(read_file(base / today / "lost") == "as it was in memory");
    BOOST_TEST(daemon().lines_with("was started anew") >= 1U);
    await_no_condition("copies_unproved");
    stop();
}

BOOST_FIXTURE_TEST_CASE(where_the_base_directory_is_that_of_the_data_no_file_is_deleted, site) {
    const auto today = std::to_string(timecode_now());
    // By the same path, by a symbolic link, by an ssh to this machine.
    fs::create_directories(data / today);
    fs::remove_all(base);
    fs::create_directory_symlink(data, base);
    use_ssh();
    const auto id = add_file(today + "/only one", today + "/only one", "there is no other");
    options["--delete-local-after"] = "0";
    start();
    await_condition("not_a_copy");
    const auto told = std::string(condition("not_a_copy").at("message").as_string());
    BOOST_TEST(told.find((data / today / "only one").string()) != std::string::npos, told);
    BOOST_TEST(told.find("remote_basedir") != std::string::npos, told);
    BOOST_TEST(read_file(data / today / "only one") == "there is no other");
    BOOST_TEST(!catalog().row(id).removed.has_value());
    stop();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
