// A destination that hangs is given up after --stall-timeout, with every process of ours gone, and healed
// when it moves again.
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(stall)

namespace {

struct impatient_site : site {
    impatient_site() {
        options["--stall-timeout"] = "1.5";
        options["--max-copy-attempts"] = "1";
    }
    // On this side.
    void await_no(const std::string& program) {
        wait_until("no " + program + " is left", [&] {
            return processes_about("SUPRSYNC_TEST=" + scratch.path().string(), program).empty();
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_proxy_that_swallows_is_survived, impatient_site) {
    use_ssh_through_proxy();
    const auto first = add_file("a", "17000/hk/a", "content");
    start();
    await_verified(first);
    swallow_at_proxy(true);
    const auto second = add_file("b", "17000/hk/b", random_content(1'000'000, 1));
    await_condition("destination_unreachable");
    wait_until("it is a time limit", [&] {
        return status().at("counters").at("errors_timeout").to_number<int>() > 0 ||
               condition("destination_unreachable").at("count").to_number<int>() >= 2;
    });
    await_no("--files-from");  // our rsync
    BOOST_TEST(catalog().row(second).failed_copy_attempts.value_or(0) == 0);
    swallow_at_proxy(false);
    await_verified(second);
    await_no_condition("destination_unreachable");
}

BOOST_FIXTURE_TEST_CASE(an_rsync_that_hangs_there_is_ended, impatient_site) {
    use_ssh();
    wrap(
        "rsync",
        "case \"$*\" in *--server*) if first; then kill -STOP $$; sleep 1000; fi;; esac\nexec $real \"$@\"\n");
    const auto id = add_file("a", "17000/hk/a", "content");
    start();
    await_verified(id);
    BOOST_TEST(catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(status().at("counters").at("errors_timeout").to_number<int>() >= 1);
    await_no("--files-from");
    // There, too, where the link allows.
    wait_until("no receiver is left", [&] { return processes_about(destination, "--server").empty(); });
    wait_until("staging is empty", [&] { return staged_files().empty(); });
}

BOOST_FIXTURE_TEST_CASE(an_rsync_that_hangs_here_and_ignores_sigterm_is_ended, impatient_site) {
    wrap("rsync", "if first; then trap '' TERM; sleep 1000 & wait; sleep 1000; fi\nexec $real \"$@\"\n");
    const auto id = add_file("a", "17000/hk/a", "content");
    start();
    await_verified(id);
    BOOST_TEST(catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    await_no("sleep 1000");
}

BOOST_FIXTURE_TEST_CASE(an_md5sum_that_hangs_is_ended, impatient_site) {
    for (const bool remote : {false, true}) {
        BOOST_TEST_CONTEXT((remote ? "over ssh" : "locally")) {
            impatient_site s;
            if (remote) s.use_ssh();
            s.wrap("md5sum", "if first; then sleep 1000; fi\nexec $real \"$@\"\n");
            const auto id = s.add_file("a", "17000/hk/a", "content");
            s.start();
            s.await_verified(id);
            BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
        }
    }
}

// It is no slice that is over: the destination is left in peace, longer each time, and the condition says so.
BOOST_FIXTURE_TEST_CASE(an_md5sum_that_hangs_every_time_is_a_condition_that_ends, impatient_site) {
    wrap("md5sum",
         "if [ ! -e " + (scratch / "mended").string() + " ]; then sleep 1000; fi\nexec $real \"$@\"\n");
    const auto id = add_file("a", "17000/hk/a", "content");
    start();
    wait_until("it was tried three times", [&] {
        const auto held = condition("destination_unreachable");
        return held.is_object() && held.at("count").to_number<int>() >= 3;
    });
    BOOST_TEST(daemon().lines_with("condition destination_unreachable") == 1U);
    write_file(scratch / "mended", "");
    await_verified(id);
    BOOST_TEST(catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    await_no_condition("destination_unreachable");
}

BOOST_FIXTURE_TEST_CASE(a_stopped_sshd_is_survived, impatient_site) {
    use_ssh();
    const auto first = add_file("a", "17000/hk/a", "content");
    start();
    await_verified(first);
    freeze_sshd(true);
    const auto second = add_file("b", "17000/hk/b", "content of b");
    await_condition("destination_unreachable");
    BOOST_TEST(catalog().row(second).failed_copy_attempts.value_or(0) == 0);
    freeze_sshd(false);
    await_verified(second);
    await_no_condition("destination_unreachable");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
