// Sums of local files while their copy has to wait (spec, Verifying).
#include <boost/test/unit_test.hpp>

#include "engine/run/early_sums.hpp"
#include "tests/engine/run/archive_world.hpp"
#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(early_sums_of_waiting_files)

namespace {

struct sums_world : archive_world {
    early_sums sums{archive};

    ~sums_world() { end(); }
    void begin() { start(sums.run()); }
    file_id unsummed(const std::string& name) {
        const auto id = add(name);
        change(id, "local_md5sum = ''");
        return id;
    }
    std::string sum(file_id id) { return row(id).local_md5sum; }
    void goes_down() { archive.connection.failed(time.now(), 0); }
    void comes_up() {
        archive.connection.probe_started();
        archive.connection.answered();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(are_computed_while_the_destination_is_down_and_not_before, sums_world) {
    const auto a = unsummed("a"), b = unsummed("b");
    const auto known = add("known");
    comes_up();
    begin();
    time.advance(20);
    BOOST_TEST(disk.count("digest") == 0U);
    goes_down();
    time.advance(6);
    BOOST_TEST(sum(a) == fake_md5("content of a"));
    BOOST_TEST(sum(b) == fake_md5("content of b"));
    BOOST_TEST(sum(known) == fake_md5("content of known"));
    // What is registered meanwhile has its turn.
    const auto later = unsummed("later");
    wake();
    BOOST_TEST(sum(later) == fake_md5("content of later"));
    BOOST_TEST(disk.count("digest") == 3U);  // that of the one which has a sum is not computed
}

BOOST_FIXTURE_TEST_CASE(are_computed_while_the_archive_is_paused, sums_world) {
    const auto a = unsummed("a");
    comes_up();
    archive.paused = true;
    begin();
    BOOST_TEST(sum(a) == fake_md5("content of a"));
}

BOOST_FIXTURE_TEST_CASE(of_a_file_that_cannot_be_read_or_changes_wait, sums_world) {
    const auto gone = unsummed("gone"), changing = unsummed("changing"), good = unsummed("good");
    disk.files.erase("/data/gone");
    disk.before = [&](const std::string& verb, const std::string& path) {
        if (verb == "digest" && path == "/data/changing") disk.write(path, "more and more");
    };
    goes_down();
    begin();
    time.advance(100);
    BOOST_TEST(sum(gone) == "");
    BOOST_TEST(sum(changing) == "");
    BOOST_TEST(sum(good) == fake_md5("content of good"));
    BOOST_TEST(row(gone).failed_copy_attempts == 0);
    BOOST_TEST(disk.count("digest") == 3U);  // not again and again
}

// Its disk may be full for hours: whoever reads the same files again and again keeps their disk from others.
BOOST_FIXTURE_TEST_CASE(are_not_computed_again_at_once_where_the_catalog_refuses_them, sums_world) {
    const auto a = unsummed("a");
    catalog.fail_next("record_sums", disk_error("disk full"));
    goes_down();
    begin();
    BOOST_TEST(disk.count("digest") == 1U);
    BOOST_TEST(sum(a) == "");
    time.advance(1.1);
    BOOST_TEST(disk.count("digest") == 2U);
    BOOST_TEST(sum(a) == fake_md5("content of a"));
}

BOOST_FIXTURE_TEST_CASE(keep_nobody_at_the_end_where_the_catalog_refuses_them, sums_world) {
    unsummed("a");
    catalog.fail_next("record_sums", disk_error("disk full"));
    comes_up();
    begin();
    archive.stopping = environment.stopping = true;
    wake();
    BOOST_TEST(disk.count("digest") == 1U);
    BOOST_TEST(tasks_running() == 0U);
}

BOOST_FIXTURE_TEST_CASE(end_when_files_are_copied_again, sums_world) {
    for (int n = 0; n < 10; ++n) unsummed("f" + std::to_string(n));
    goes_down();
    disk.before = [&](const std::string&, const std::string& path) {
        BOOST_TEST(archive.being_summed.contains(1 + (path.back() - '0')));
        if (path == "/data/f3") comes_up();
    };
    begin();
    BOOST_TEST(disk.count("digest") == 4U);
    BOOST_TEST(others.number("SELECT count(*) FROM supersync_v0 WHERE local_md5sum <> ''") == 4);
    BOOST_TEST(archive.being_summed.empty());
}

BOOST_FIXTURE_TEST_CASE(are_completed_before_the_daemon_ends_and_not_for_a_reload, sums_world) {
    const auto a = unsummed("a");
    comes_up();
    begin();
    archive.stopping = true;
    wake();
    BOOST_TEST(sum(a) == "");
    BOOST_TEST(tasks_running() == 0U);
    environment.stopping = true;
    begin();
    BOOST_TEST(sum(a) == fake_md5("content of a"));
    BOOST_TEST(tasks_running() == 0U);
}

BOOST_FIXTURE_TEST_CASE(are_left_to_the_next_daemon_when_the_grace_time_is_over, sums_world) {
    const auto a = unsummed("a"), b = unsummed("b");
    comes_up();
    begin();
    disk.before = [&](const std::string&, const std::string&) { environment.grace_is_over = true; };
    archive.stopping = environment.stopping = true;
    wake();
    BOOST_TEST(sum(a) == fake_md5("content of a"));
    BOOST_TEST(sum(b) == "");
    BOOST_TEST(tasks_running() == 0U);
}

BOOST_FIXTURE_TEST_CASE(are_computed_when_the_daemon_is_told_to_stop, daemon_world) {
    there().down = error(failure_code::connection, "No route to host");
    begin();
    time.advance(1);
    const auto id = add("a");
    change(id, "local_md5sum = ''");
    served.stop();
    time.advance(1);
    BOOST_TEST(ended.has_value());
    BOOST_TEST(row(id).local_md5sum == fake_md5("content of a"));
}

BOOST_AUTO_TEST_SUITE_END()
