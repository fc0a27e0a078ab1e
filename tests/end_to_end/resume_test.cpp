// What has arrived of a large file is not sent again, however the transfer was interrupted: counted at the
// link.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/resumed_file.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

namespace {

constexpr double overhead = 1.15;  // of its size may a file cost at most

struct slow_site : site {
    slow_site() {
        use_ssh_through_proxy();
        options["--max-copy-attempts"] = "1";
    }
    std::int64_t add_large(std::size_t size) {
        content = random_content(size, 1);
        return add_file("large", large_remote_path, content);
    }
    void check_arrived(std::int64_t id, destination_watcher& watcher) {
        test::check_arrived(*this, id, content, overhead, watcher);
    }
    void await_bytes(std::uint64_t bytes) const { await_bytes_at_link(*this, bytes); }

    std::string content;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(resume)

BOOST_FIXTURE_TEST_CASE(a_file_that_takes_many_times_the_copy_timeout_arrives, slow_site) {
    options["--copy-timeout"] = "4";
    limit_proxy_rate(5'000'000);
    const auto id = add_large(100'000'000);
    destination_watcher watcher(base);
    start();
    check_arrived(id, watcher);
    // A limit that was reached after bytes had arrived is no failure.
    BOOST_TEST(daemon().lines_with("condition destination_unreachable") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(resume_after)

BOOST_FIXTURE_TEST_CASE(a_connection_that_was_cut, slow_site) {
    limit_proxy_rate(10'000'000);
    const auto id = add_large(30'000'000);
    destination_watcher watcher(base);
    cut_proxy_after(12'000'000);
    start();
    check_arrived(id, watcher);
}

BOOST_FIXTURE_TEST_CASE(sigterm, slow_site) {
    options["--shutdown-grace"] = "0";
    limit_proxy_rate(10'000'000);
    const auto id = add_large(30'000'000);
    destination_watcher watcher(base);
    start();
    await_bytes(12'000'000);
    stop();
    BOOST_TEST(!catalog().row(id).verified());
    start();
    check_arrived(id, watcher);
}

BOOST_FIXTURE_TEST_CASE(kill_9, slow_site) {
    limit_proxy_rate(10'000'000);
    const auto id = add_large(30'000'000);
    destination_watcher watcher(base);
    start();
    await_bytes(12'000'000);
    kill();
    start();
    check_arrived(id, watcher);
}

BOOST_FIXTURE_TEST_CASE(a_link_that_stalled, slow_site) {
    options["--stall-timeout"] = "2";
    limit_proxy_rate(10'000'000);
    const auto id = add_large(30'000'000);
    destination_watcher watcher(base);
    start();
    await_bytes(12'000'000);
    swallow_at_proxy(true);
    await_condition("destination_unreachable");
    swallow_at_proxy(false);
    check_arrived(id, watcher);
}

BOOST_FIXTURE_TEST_CASE(kill_9_with_a_receiver_that_outlives_it, slow_site) {
    options["--transfer"] = "rsync";
    limit_proxy_rate(10'000'000);
    const auto id = add_large(30'000'000);
    destination_watcher watcher(base);
    start();
    await_bytes(12'000'000);
    check_outlived(*this, processes_about(scratch.path().string(), "--server"), id, content, watcher);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
