// A destination where suprsync is installed: the far side takes the files, and rsync where it cannot be used.
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/resumed_file.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

namespace {

// Of its size a file may cost so much at most: what was under way, or not on record yet, is sent again.
constexpr double far_overhead = 1.3;

struct far_site : site {
    far_site() {
        // Found by its name in the scratch directory, as all that belongs to this test.
        fs::create_directories(scratch / "there");
        fs::create_symlink(SUPRSYNC_BINARY, scratch / "there/suprsync");
        options["--remote-suprsync"] = (scratch / "there/suprsync").string();
    }
    std::vector<process> far_sides() const {
        return processes_about(scratch.path().string(), "there/suprsync far-side");
    }
    void rsync_is_not_asked() {
        wrap("rsync", "exit 99");
        options["--transfer"] = "auto";
    }
};

struct slow_far_site : far_site {
    slow_far_site() {
        use_ssh_through_proxy();
        options["--max-copy-attempts"] = "1";
        limit_proxy_rate(10'000'000);
        content = random_content(30'000'000, 1);
        id = add_file("large", large_remote_path, content);
    }
    void await_bytes(std::uint64_t bytes) const { await_bytes_at_link(*this, bytes); }
    void check_arrived(destination_watcher& watcher) {
        test::check_arrived(*this, id, content, far_overhead, watcher);
    }

    std::string content;
    std::int64_t id = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(far_side)

BOOST_FIXTURE_TEST_CASE(takes_files_without_rsync_and_proves_them_before_they_are_deleted, far_site) {
    rsync_is_not_asked();
    use_ssh();
    options["--delete-local-after"] = "0";
    destination_watcher watcher(base);
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 50; ++i)
        ids.push_back(
            add_file("f" + std::to_string(i), "17000/hk/f " + std::to_string(i),
                     random_content(static_cast<std::size_t>(i) * 20'000, static_cast<unsigned>(i))));
    start();
    await_finalized(old_timecode);
    for (const auto id : ids)
        wait_until("row " + std::to_string(id) + " is deleted",
                   [&] { return catalog().row(id).removed.has_value(); });
    BOOST_TEST(far_sides().size() >= 1U);
    BOOST_TEST(daemon().lines_with("copied by rsync") == 0U);
    stop();
    // It learns of the end a moment later, over the link.
    wait_until("no far side is left", [&] { return far_sides().empty(); });
    BOOST_TEST(far_sides().empty());
    check_delivered();
    check_clean(watcher.stop());
}

BOOST_FIXTURE_TEST_CASE(takes_them_compressed_where_that_is_asked_for, far_site) {
    rsync_is_not_asked();
    use_ssh_through_proxy();
    options["--compression"] = "";
    constexpr std::size_t size = 8'000'000;
    constexpr int small_files = 100;
    constexpr std::size_t small_size = 20'000;
    destination_watcher watcher(base);
    add_file("large", large_remote_path, std::string(size, 'a'));
    for (int i = 0; i < small_files; ++i)
        add_file("f" + std::to_string(i), "17000/hk/f " + std::to_string(i),
                 std::string(small_size, static_cast<char>('a' + i % 20)));
    add_file("random", "17000/hk/random", random_content(small_size, 1));
    start();
    await_all_verified();
    BOOST_TEST(far_sides().size() >= 1U);
    BOOST_TEST(daemon().lines_with("copied by rsync") == 0U);
    BOOST_TEST(bytes_through_proxy() < (size + small_files * small_size) / 10);
    stop();
    check_delivered();
    check_clean(watcher.stop());
}

BOOST_FIXTURE_TEST_CASE(goes_on_with_a_large_file_after_a_kill_of_the_daemon, slow_far_site) {
    destination_watcher watcher(base);
    start();
    await_bytes(12'000'000);
    kill();
    start();
    check_arrived(watcher);
}

BOOST_FIXTURE_TEST_CASE(goes_on_with_a_large_file_after_the_daemon_was_stopped, slow_far_site) {
    options["--shutdown-grace"] = "0.5";
    destination_watcher watcher(base);
    start();
    await_bytes(12'000'000);
    stop();
    // It learns of the end a moment later, over the link.
    wait_until("no far side is left", [&] { return far_sides().empty(); });
    BOOST_TEST(far_sides().empty());
    BOOST_TEST(staged_files().size() == 1U);
    start();
    check_arrived(watcher);
}

BOOST_FIXTURE_TEST_CASE(goes_on_with_a_large_file_after_a_kill_of_itself, slow_far_site) {
    destination_watcher watcher(base);
    start();
    await_bytes(12'000'000);
    for (const auto& there : far_sides()) ::kill(there.pid, SIGKILL);
    check_arrived(watcher);
}

BOOST_FIXTURE_TEST_CASE(is_followed_by_another_where_it_outlives_a_killed_daemon, slow_far_site) {
    destination_watcher watcher(base);
    start();
    await_bytes(12'000'000);
    check_outlived(*this, far_sides(), id, content, watcher);
}

BOOST_FIXTURE_TEST_CASE(goes_on_with_a_large_file_after_the_link_was_cut, slow_far_site) {
    destination_watcher watcher(base);
    cut_proxy_after(12'000'000);
    start();
    check_arrived(watcher);
}

BOOST_FIXTURE_TEST_CASE(goes_on_with_a_large_file_after_its_time_limit, slow_far_site) {
    options["--copy-timeout"] = "1";
    destination_watcher watcher(base);
    start();
    check_arrived(watcher);
    BOOST_TEST(daemon().lines_with("condition destination_unreachable") == 0U);
}

BOOST_FIXTURE_TEST_CASE(is_done_without_where_it_is_not_there_and_told_once, far_site) {
    use_ssh();
    fs::remove(scratch / "there/suprsync");
    const auto id = add_file("a", "17000/hk/a", "content");
    start();
    await_verified(id);
    const auto another = add_file("b", "17000/hk/b", "content of b");
    await_verified(another);
    BOOST_TEST(daemon().lines_with("there/suprsync is not installed there") == 1U);
}

BOOST_FIXTURE_TEST_CASE(is_done_without_where_something_else_answers, far_site) {
    use_ssh();
    fs::remove(scratch / "there/suprsync");
    const auto says = [&](const std::string& script) {
        write_file(scratch / "there/suprsync", "#!/bin/sh\n" + script + "\n");
        fs::permissions(scratch / "there/suprsync", fs::perms::owner_all);
    };
    says("echo This account is for something else; sleep 1");
    const auto id = add_file("a", "17000/hk/a", "content");
    start();
    await_verified(id);
    BOOST_TEST(daemon().lines_with("This account is for something else") == 1U);
    stop();
    says("exec '" SUPRSYNC_BINARY "' no-such-command");
    const auto another = add_file("b", "17000/hk/b", "content of b");
    start();
    await_verified(another);
    BOOST_TEST(daemon().lines_with("there is no command 'no-such-command'") == 1U);
}

BOOST_FIXTURE_TEST_CASE(is_not_asked_where_rsync_is_to_carry, far_site) {
    use_ssh();
    options["--transfer"] = "rsync";
    const auto id = add_file("a", "17000/hk/a", "content");
    start();
    await_verified(id);
    BOOST_TEST(far_sides().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
