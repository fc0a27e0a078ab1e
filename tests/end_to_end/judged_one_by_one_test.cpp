// Whatever becomes of the process that copies a batch, each of its files is judged by its own checksum.
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(judged_one_by_one)

namespace {

std::vector<std::int64_t> add_files(site& s, int count) {
    std::vector<catalog_row> rows;
    for (int i = 0; i < count; ++i) {
        const auto name = "17000/hk/" + std::to_string(i);
        rows.push_back(s.make_file(name, name, "content of " + name));
    }
    return s.catalog().insert(rows);
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_file_that_cannot_be_written_costs_the_others_nothing) {
    for (const bool remote : {false, true}) {
        BOOST_TEST_CONTEXT((remote ? "over ssh" : "locally")) {
            site s;
            if (remote) s.use_ssh();
            s.options["--max-copy-attempts"] = "1";
            // A file stands where a directory is needed.
            write_file(s.base / "17000/hk/in-the-way", "not ours");
            const auto bad = s.add_file("bad", "17000/hk/in-the-way/x", "content");
            const auto ids = add_files(s, 2000);
            s.start();
            for (const auto id : ids) s.await_verified(id);
            BOOST_TEST(
                s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE failed_copy_attempts > 0") <= 1);
            wait_until("the bad one is failed",
                       [&] { return s.file(bad).at("state").as_string() == "failed"; });
            BOOST_TEST(s.file(bad).at("last_error").as_string().find("irectory") != std::string::npos,
                       s.file(bad).at("last_error").as_string());
            BOOST_TEST(
                s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE failed_copy_attempts > 0") == 1);
            BOOST_TEST(read_file(s.base / "17000/hk/in-the-way") == "not ours");
            s.await_condition("finalization_blocked");
        }
    }
}

BOOST_AUTO_TEST_CASE(an_exit_status_after_the_transfer_takes_no_file_back) {
    for (const int status : {1, 11, 12, 20, 23, 24, 30, 35, 255}) {
        BOOST_TEST_CONTEXT("rsync exits with " << status) {
            site s;
            const auto ids = add_files(s, 5);
            s.wrap("rsync", "$real \"$@\"\nif first; then exit " + std::to_string(status) + "; fi\n");
            s.start();
            for (const auto id : ids) {
                s.await_verified(id);
                BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
            }
            s.check_delivered();
        }
    }
}

// rsync's receiver ends with 11 where a write fails, each time anew: the real one says it of a file that is
// too large for the limit of its process.
BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_whole_costs_the_others_nothing) {
    for (const bool remote : {false, true}) {
        BOOST_TEST_CONTEXT((remote ? "over ssh" : "locally")) {
            site s;
            if (remote) s.use_ssh();
            s.options["--max-copy-attempts"] = "2";
            s.wrap("rsync",
                   "case \"$*\" in *--server*) trap '' XFSZ; ulimit -f 1000;; esac\nexec $real \"$@\"\n");
            const auto bad = s.add_file("bad", "17000/hk/0bad", random_content(2'000'000, 1));
            const auto ids = add_files(s, 20);
            s.start();
            for (const auto id : ids) {
                s.await_verified(id);
                BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
            }
            wait_until("the bad one is failed",
                       [&] { return s.file(bad).at("state").as_string() == "failed"; });
            BOOST_TEST(s.file(bad).at("last_error").as_string().find("File too large") != std::string::npos,
                       s.file(bad).at("last_error").as_string());
            s.await_no_condition("destination_unreachable");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_signal_takes_no_file_back) {
    for (const char* signal : {"KILL", "TERM", "SEGV"}) {
        BOOST_TEST_CONTEXT("rsync dies of SIG" << signal) {
            site s;
            const auto ids = add_files(s, 5);
            s.wrap("rsync", std::string("$real \"$@\"\nif first; then kill -") + signal + " $$; fi\n");
            s.start();
            for (const auto id : ids) {
                s.await_verified(id);
                BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_md5sum_that_fails_for_one_file_or_dies_after_some_keeps_no_other_back) {
    site s;
    s.add_file("witness", "17000/hk/witness", "witness");
    const auto ids = add_files(s, 50);
    // The first answer is cut after ten lines, and the exit status is that of a failure.
    s.wrap("md5sum", "if first; then $real \"$@\" | head -zn 10; exit 1; fi\nexec $real \"$@\"\n");
    s.start();
    for (const auto id : ids) s.await_verified(id);
    s.await_finalized(old_timecode);
    s.check_delivered();
}

BOOST_AUTO_TEST_CASE(nothing_at_all_was_transferred) {
    site s;
    const auto ids = add_files(s, 5);
    s.wrap("rsync", "if first; then exit 23; fi\nexec $real \"$@\"\n");
    s.start();
    for (const auto id : ids) s.await_verified(id);
    s.check_delivered();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
