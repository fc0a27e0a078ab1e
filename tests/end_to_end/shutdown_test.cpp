// The end of the daemon, asked for or not: nothing is lost, nothing is left running, and the next start goes
// on.
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <random>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(shutdown)

namespace {

// Twice the 2 s that are allowed (spec, Copying): this machine does other things, too.
constexpr std::chrono::seconds for_the_guardian{4};

void await_no_process(const site& s) {
    std::string left;
    wait_until(
        "the end of every process of the daemon",
        [&] {
            left.clear();
            for (const auto& p : s.processes()) left += p.command + "\n";
            return left.empty();
        },
        for_the_guardian);
}

}  // namespace

BOOST_AUTO_TEST_CASE(sigterm_ends_an_idle_daemon_with_0) {
    site s;
    s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.await_finalized(old_timecode);
    s.stop();
    BOOST_TEST(s.processes().empty());
    s.start();
    s.daemon().signal(SIGINT);
    BOOST_TEST(s.daemon().wait() == exited_with(0));
}

// Nothing that it does meanwhile would tell it.
BOOST_AUTO_TEST_CASE(a_guardian_that_is_killed_under_an_idle_daemon_is_replaced_and_does_its_work) {
    site s;
    s.use_ssh();
    s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.await_finalized(old_timecode);
    const auto guardians = [&] { return processes_about(s.scratch.path().string(), "--guardian"); };
    wait_until("the guardian runs", [&] { return guardians().size() == 1; });
    const auto first = guardians().front().pid;
    ::kill(first, SIGKILL);
    s.daemon().await_line("has ended (killed?): another one was started");
    wait_until("another one runs",
               [&] { return guardians().size() == 1 && guardians().front().pid != first; });
    // It ends the connections that were there before it.
    s.kill();
    await_no_process(s);
}

BOOST_AUTO_TEST_CASE(sigterm_is_heard_while_another_program_keeps_the_database_locked) {
    site s;
    s.options["--shutdown-grace"] = "0.5";
    s.options["--bwlimit"] = "100";  // KiB/s: it is on its way when the lock is taken
    s.catalog();
    s.start();
    foreign_writer greedy(s.database);
    const auto id = s.add_file("a", "17000/hk/a", std::string(300'000, 'x'));
    greedy.execute("BEGIN IMMEDIATE");
    wait_until("the daemon waits for it",
               [&] { return s.status().at("counters").at("errors_sqlite").to_number<int>() > 0; });
    s.stop();  // status 0, with the lock still held
    greedy.execute("ROLLBACK");
    s.start();
    s.await_verified(id);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_locked_at_the_start_is_waited_for) {
    site s;
    s.catalog().create_tables();
    const auto id = s.add_file("a", "17000/hk/a", "content");
    foreign_writer greedy(s.database);
    greedy.execute("BEGIN EXCLUSIVE");
    {
        auto& waiting = s.start_unready();
        waiting.await_line("waiting for it");
        waiting.signal(SIGTERM);
        BOOST_TEST(waiting.wait() == exited_with(0));
    }
    s.start_unready().await_line("waiting for it");
    greedy.execute("COMMIT");
    s.await_verified(id);
}

namespace {

void end_during_a_slow_transfer(site& s) {
    s.options["--shutdown-grace"] = "0.5";
    s.options["--bwlimit"] = "2000";  // kB/s: 20 MB take 10 s
    const auto content = random_content(20'000'000, 1);
    const auto id = s.add_file("large", "17000/hk/large", content);
    destination_watcher watcher(s.base);
    s.start();
    wait_until("something is staged", [&] { return !s.staged_files().empty(); });
    s.stop();
    await_no_process(s);
    BOOST_TEST(!s.catalog().row(id).verified());
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(s.staged_files().size() == 1U);

    s.options.erase("--bwlimit");
    s.start();
    s.await_finalized(old_timecode);
    s.stop();
    s.check_clean(watcher.stop());
    s.check_delivered();
    BOOST_TEST(s.staged_files().empty());
}

}  // namespace

BOOST_AUTO_TEST_CASE(sigterm_during_a_slow_transfer_keeps_what_was_sent) {
    site s;
    s.use_ssh();
    end_during_a_slow_transfer(s);
}

BOOST_AUTO_TEST_CASE(sigterm_during_a_slow_copy_in_the_daemon_keeps_what_was_copied) {
    site s;
    end_during_a_slow_transfer(s);
}

BOOST_AUTO_TEST_CASE(sigterm_lets_a_short_transfer_end) {
    site s;
    s.options["--bwlimit"] = "4000";
    const auto id = s.add_file("some", "17000/hk/some", random_content(4'000'000, 1));
    s.start();
    wait_until("something is staged", [&] { return !s.staged_files().empty(); });
    s.stop();
    BOOST_TEST(s.catalog().row(id).verified());
}

BOOST_AUTO_TEST_CASE(sigterm_is_heard_while_the_destination_is_dead) {
    site s;
    s.use_ssh();
    s.options["--shutdown-grace"] = "0.5";
    s.add_file("a", "17000/hk/a", "content");
    s.stop_sshd();
    s.start();
    s.await_condition("destination_unreachable");
    s.stop();
    await_no_process(s);
}

namespace {

void kill_at_any_moment(site& s) {
    s.options["--delete-local-after"] = "0";
    s.options["--bwlimit"] = "20000";
    s.options["--files-per-batch"] = "40";
    std::vector<std::string> contents;
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 300; ++i) {
        const auto name = "17000/hk/" + std::to_string(i);
        contents.push_back(random_content(i % 50 == 0 ? 3'000'000 : 20'000, static_cast<std::uint64_t>(i)));
        ids.push_back(s.add_file(name, name, contents.back()));
    }
    destination_watcher watcher(s.base);
    std::mt19937 random(20260101);
    for (int round = 0; round < 10; ++round) {
        s.start_unready();
        // Any moment: from before the catalog is open to the midst of a transfer. Nothing is waited for here.
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 1200));
        s.kill();
        await_no_process(s);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto row = s.catalog().row(ids[i]);
            if (fs::exists(row.local_path)) continue;
            BOOST_TEST(row.verified(), "deleted, but not verified: " << row.local_path);
        }
    }
    s.start();
    s.await_all_verified();
    s.await_finalized(old_timecode);
    wait_until("all are deleted", [&] { return files_below(s.data).empty(); });
    s.stop();
    for (std::size_t i = 0; i < ids.size(); ++i)
        BOOST_TEST(read_file(s.base / ("17000/hk/" + std::to_string(i))) == contents[i]);
    s.check_clean(watcher.stop());
    s.check_delivered();
    BOOST_TEST(s.staged_files().empty());
    await_no_process(s);
}

}  // namespace

BOOST_AUTO_TEST_CASE(kill_9_at_any_moment_loses_nothing) {
    site s;
    s.use_ssh();
    kill_at_any_moment(s);
}

BOOST_AUTO_TEST_CASE(kill_9_at_any_moment_of_a_daemon_that_copies_by_itself_loses_nothing) {
    site s;
    kill_at_any_moment(s);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
