// Sums that a file is verified by, read from the disk at the destination.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(batch_run_from_disk)

namespace {

archive_configuration from_disk() {
    auto c = smurf_configuration();
    c.verify_from = verify_kind::disk;
    return c;
}

struct disk_world : archive_world {
    disk_world() : archive_world(from_disk()) {
        there.on_digests = [this](const digest_request& request, digest_report& report) {
            BOOST_TEST(request.from_disk);
            report.sources.resize(report.md5.size(), source);
        };
    }
    read_source source = read_source::disk;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(staged_files_are_read_after_a_sync_and_before_they_are_published, disk_world) {
    const auto id = add("a");
    copy();
    BOOST_TEST(verified(id));
    BOOST_TEST(there.stat_requests.at(0).sync_first);
    const std::vector<std::string> steps(there.calls.end() - 3, there.calls.end());
    BOOST_TEST(steps == (std::vector<std::string>{"stat", "digests 0", "publish 0 17000/a"}),
               boost::test_tools::per_element());
}

// What is published may lie on any file system.
BOOST_FIXTURE_TEST_CASE(what_is_found_at_a_final_path_is_asked_to_be_synced, disk_world) {
    const auto id = add("a");
    there.published["17000/a"] = "content of a";
    copy(all_work(), {id});
    BOOST_TEST(verified(id));
    const auto& sync = there.stat_requests.at(1);
    BOOST_TEST(sync.sync_first);
    BOOST_TEST(sync.remote_paths == std::vector<std::string>{"17000/a"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(by_default_nothing_is_synced, archive_world) {
    const auto id = add("a");
    copy();
    BOOST_TEST(verified(id));
    BOOST_TEST(there.stat_requests.empty());
}

BOOST_FIXTURE_TEST_CASE(a_sync_that_fails_verifies_nothing_and_makes_earlier_copies_doubtful, disk_world) {
    const auto earlier = add("earlier"), id = add("a");
    deliver(earlier);
    there.on_stat = [this](const stat_request&, stat_report& report) {
        report.sync_failed = true;
        report.end.error = failure{failure_code::io, "look at files at", "there", "the sync failed"};
        there.on_stat = {};
    };
    const auto result = copy();
    BOOST_TEST(result.error.has_value());
    BOOST_TEST(!verified(id));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(there.count("digests") == 0U);
    BOOST_TEST(memory().unproved);
    copy();
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(that_copies_are_verified_from_memory_is_told, disk_world) {
    for (const auto& [from, told] :
         {std::pair(read_source::unknown, "fincore"), std::pair(read_source::own_memory, "zfs"),
          std::pair(read_source::cache, "keeps files in memory")}) {
        source = from;
        const auto id = add(told);
        copy();
        BOOST_TEST(verified(id));
        BOOST_TEST(holds_text(condition(condition_kind::read_from_memory), told));
    }
    source = read_source::disk;
    add("disk");
    copy();
    BOOST_TEST(condition(condition_kind::read_from_memory).empty());
}

BOOST_AUTO_TEST_SUITE_END()
