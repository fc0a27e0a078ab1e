// The daemon as process 1 of a container: orphans are reaped, a signal ends it, its exit status is told.
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/site.hpp"
#include "tests/support/only_where.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(container)

namespace {

// In a pid namespace of its own, as a container has.
struct contained_site : site {
    std::optional<daemon_process> outside;  // unshare(1), which ends as process 1 does

    void run() {
        auto words = command();
        words.insert(words.begin(), {"/usr/bin/unshare", "--pid", "--fork", "--mount-proc", "--kill-child"});
        outside.emplace(words, environment, log);
        outside->await_line("ready: suprsync");
    }
    pid_t first_process() const {
        return std::stoi(read_file("/proc/" + std::to_string(outside->pid()) + "/task/" +
                                   std::to_string(outside->pid()) + "/children"));
    }
    // Runs a shell command in there; whether it succeeded.
    bool inside(const std::string& shell) const {
        return std::system(("nsenter -p -m -t " + std::to_string(first_process()) + " sh -c '" + shell + "'")
                               .c_str()) == 0;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(as_process_1_it_reaps_orphans_and_a_signal_ends_it, contained_site,
                        *only_root_can("make a pid namespace")) {
    run();
    const auto number = (scratch / "orphan").string();
    BOOST_TEST(inside("sleep 0.1 & echo $! >" + number));
    wait_until("the orphan is reaped", [&] { return inside("! test -e /proc/$(cat " + number + ")"); });
    ::kill(first_process(), SIGTERM);
    BOOST_TEST(outside->wait() == exited_with(0));
    BOOST_TEST(outside->lines_with("Terminated: no new work") == 1U);
}

BOOST_FIXTURE_TEST_CASE(as_process_1_it_has_the_daemons_exit_status, contained_site,
                        *only_root_can("make a pid namespace")) {
    options["--once"] = "";
    catalog_row missing = make_file("a", "17000/a", "content");
    missing.local_path += ".missing";
    catalog().insert(missing);
    options["--max-copy-attempts"] = "1";
    run();
    BOOST_TEST(outside->wait() == exited_with(3));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
