// Files that wait for a place of this machine: an unmounted disk, a dead server, no MD5.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(archive_worker_places)

namespace {

failure place_error(failure_code code, const std::string& path) {
    return {code, "look at", path, "of the test"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(files_wait_for_their_place_without_losing_attempts) {
    for (const auto code : {failure_code::place, failure_code::no_directory}) {
        worker_world w;
        const auto waits = w.add("disk/a"), other = w.add("b");
        w.disk.failing["/data/disk/a"] = place_error(code, "/data/disk/a");
        w.begin();
        BOOST_TEST(w.verified(other));
        BOOST_TEST(holds_text(w.condition(condition_kind::source_unavailable), "/data/disk/a"));
        w.time.advance(24 * 3600);
        BOOST_TEST(w.row(waits).failed_copy_attempts == 0);
        BOOST_TEST(!w.verified(waits));
        BOOST_TEST(!w.condition(condition_kind::source_unavailable).empty());
        w.disk.failing.clear();
        w.time.advance(130);
        BOOST_TEST(w.verified(waits));
        BOOST_TEST(w.condition(condition_kind::source_unavailable).empty());
    }
}

BOOST_FIXTURE_TEST_CASE(a_batch_holds_no_more_files_open_than_there_are_descriptors_for, worker_world) {
    for (int i = 0; i < 20; ++i) add("file" + std::to_string(i));
    BOOST_TEST(environment.archives == 1U);
    environment.most_open_files = 7;
    there.hold();
    begin();
    // Others find some, too.
    BOOST_TEST(batch_sizes() == (std::vector<std::size_t>{4, 3}), boost::test_tools::per_element());
    add("later");
    wake();
    BOOST_TEST(archive.files_in_flight == 7);
    there.release();
    settle(loop);
    BOOST_TEST(there.published.size() == 21U);
    for (const auto& request : there.stage_requests) BOOST_TEST(request.items.size() <= 4U);
}

BOOST_FIXTURE_TEST_CASE(a_mount_point_without_its_disk_is_no_missing_file, worker_world) {
    const auto seen = add("disk/a");
    begin();
    BOOST_TEST(verified(seen));
    disk.device = 2;  // what lies below the mount point
    const auto waits = insert("/data/disk/b", "17000/disk/b");
    const auto elsewhere = insert("/data/other/c", "17000/c");
    wake();
    BOOST_TEST(row(waits).failed_copy_attempts == 0);
    BOOST_TEST(row(elsewhere).failed_copy_attempts == 1);  // nothing is known of its directory
    BOOST_TEST(holds_text(condition(condition_kind::source_unavailable), "/data/disk/b"));
    disk.device = 1;
    time.advance(15);
    BOOST_TEST(row(waits).failed_copy_attempts == 1);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_read_for_its_place_waits, worker_world) {
    const auto id = add("a");
    change(id, "local_md5sum = ''");
    disk.before = [&](const std::string& verb, const std::string& path) {
        disk.failing.clear();
        if (verb == "digest") disk.failing[path] = place_error(failure_code::place, path);
    };
    begin();
    time.advance(24 * 3600);
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(!condition(condition_kind::source_unavailable).empty());
    disk.before = {};
    disk.failing.clear();
    time.advance(70);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition(condition_kind::source_unavailable).empty());
}

BOOST_FIXTURE_TEST_CASE(a_problem_that_nobody_meets_any_more_is_over, worker_world) {
    const auto id = add("disk/a");
    disk.failing["/data/disk/a"] = place_error(failure_code::no_directory, "/data/disk/a");
    begin();
    BOOST_TEST(!condition(condition_kind::source_unavailable).empty());
    ignore(id);
    time.advance(400);
    BOOST_TEST(condition(condition_kind::source_unavailable).empty());
}

BOOST_AUTO_TEST_CASE(are_forgotten_also_where_the_clock_was_set_back) {
    local_places places;
    places.met_problem("/data/a", {failure_code::place, "read", "/data/a", "its disk does not answer"},
                       100'000, true);
    BOOST_TEST(!places.news(1000).has_value());
    BOOST_TEST(!places.has_problems());
}

BOOST_AUTO_TEST_SUITE_END()
