// Files that are not there: gone, or on a disk that is not mounted.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(deleter_places)

BOOST_FIXTURE_TEST_CASE(a_file_whose_disk_is_not_mounted_is_not_gone, deleter_world) {
    const auto id = due("a");
    const auto here = disk.files;
    for (const auto code : {failure_code::not_found, failure_code::no_directory}) {
        disk.files.clear();
        disk.failing["/data/a"] = {code, "look at", "/data/a", "not there"};
        disk.device = 2;
        if (code == failure_code::not_found)
            begin();
        else
            time.advance(61);
        BOOST_TEST(!row(id).removed.has_value());
        BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "another file system"));
    }
    disk.failing.clear();
    disk.files = here;
    disk.device = 1;
    time.advance(120);
    BOOST_TEST(row(id).removed.value_or(0) > 0);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_was_verified_right_after_its_last_change_is_not_gone_with_its_disk,
                        deleter_world) {
    disk.write("/data/fresh", "content", time.now() - 1);
    const auto id = due("fresh");
    file_outcome verified;
    verified.seen = row(id);
    verified.remote_md5sum = verified.seen.local_md5sum;
    verified.verified = true;
    verified.identity = disk.files.at("/data/fresh").identity;
    verified.hash_before_deletion = true;
    ask(catalog.real().record({verified})).value();
    const auto here = disk.files;
    disk.files.clear();
    disk.device = 2;
    begin();
    BOOST_TEST(!row(id).removed.has_value());
    disk.files = here;
    disk.device = 1;
    time.advance(120);
    BOOST_TEST(row(id).removed.value_or(0) > 0);
    BOOST_TEST(disk.count("digest") == 1U);  // its identity alone does not do
}

BOOST_FIXTURE_TEST_CASE(a_file_whose_directory_was_removed_is_gone, deleter_world) {
    const auto id = due("a");
    disk.failing["/data/a"] = {failure_code::no_directory, "look at", "/data/a", "no directory"};
    begin();
    BOOST_TEST((row(id).removed == 0));
}

BOOST_FIXTURE_TEST_CASE(what_is_gone_already_and_not_at_the_destination_is_told, deleter_world) {
    const auto id = due("a");
    disk.files.clear();
    there.published.clear();
    begin();
    BOOST_TEST(!row(id).removed.has_value());
    BOOST_TEST(!verified(id));
    BOOST_TEST(there.count("stat") > 0U);
    BOOST_TEST(holds_text(condition(condition_kind::copies_lost), "the local file is gone, too"));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_its_own_copy_is_kept_and_both_paths_are_told, deleter_world) {
    due("a");
    there.on_stat = [&](const stat_request&, stat_report& report) {
        const auto& here = disk.files.at("/data/a").identity;
        report.answers[0].object = {true, here.device, here.inode, 0, here.size};
    };
    begin();
    BOOST_TEST(on_disk("a"));
    const auto told = condition(condition_kind::not_a_copy);
    BOOST_TEST(holds_text(told, "/data/a is user@host:/base/17000/a"));
    BOOST_TEST(holds_text(told, "remote_basedir"));
    there.on_stat = {};
    time.advance(61);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(that_copies_are_read_from_memory_is_told_while_all_are, deleter_world) {
    auto source = read_source::cache;
    there.on_stat = [&](const stat_request& request, stat_report& report) {
        BOOST_TEST(request.from_disk);
        for (auto& answer : report.answers) answer.source = source;
    };
    due("a");
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(holds_text(condition(condition_kind::read_from_memory), "keeps files in memory"));
    source = read_source::unknown;
    due("b");
    wake();
    BOOST_TEST(holds_text(condition(condition_kind::read_from_memory), "fincore"));
    source = read_source::disk;
    due("c");
    wake();
    BOOST_TEST(condition(condition_kind::read_from_memory).empty());
}

BOOST_AUTO_TEST_SUITE_END()
