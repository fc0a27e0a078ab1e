// Deleting local files: the four conditions (spec, Deleting), each where it holds and where it does
// not.
#include "engine/run/deleter.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(deleter_conditions)

namespace {

template <recheck_kind Kind>
struct recheck_world : deleter_world {
    static archive_configuration with_recheck() {
        auto c = deleting();
        c.recheck_remote = Kind;
        return c;
    }
    recheck_world() : deleter_world(with_recheck()) {}
};
using md5_world = recheck_world<recheck_kind::md5>;
using unasked_world = recheck_world<recheck_kind::off>;

struct rooted_world : deleter_world {
    static archive_configuration rooted() {
        auto c = deleting();
        c.local_roots = {"/data/"};
        return c;
    }
    rooted_world() : deleter_world(rooted()) {}
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_is_deleted_after_a_fresh_proof, deleter_world) {
    const auto id = due("a");
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST((row(id).removed == time.now()));
    BOOST_TEST(there.published.contains("17000/a"));
    BOOST_TEST(archive.files_deleted == 1);
    BOOST_TEST(there.stat_requests.size() == 1U);
    BOOST_TEST(there.stat_requests.at(0).sync_first);
    BOOST_TEST(there.stat_requests.at(0).md5);
    BOOST_TEST(disk.calls == (std::vector<std::string>{"stat /data/a", "resolve /data/a", "remove /data/a"}),
               boost::test_tools::per_element());
    BOOST_TEST(catalog.count("may_delete") == 1U);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(removal.idle());
    BOOST_TEST(!archive.deleting);
}

// Condition 1: old enough. Nobody but the clock says when.
BOOST_FIXTURE_TEST_CASE(a_file_is_not_deleted_before_its_age, deleter_world) {
    deliver(add("a"));
    begin();
    BOOST_TEST(removal.idle());
    time.advance(999);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(there.calls.empty());
    time.advance(2);
    BOOST_TEST(!on_disk("a"));
}

BOOST_AUTO_TEST_CASE(a_row_that_does_not_allow_it_keeps_its_file) {
    const std::vector<std::pair<const char*, const char*>> rows{
        {"ignored", "ignore = 1"},
        {"not deletable", "deletable = 0"},
        {"not verified", "remote_md5sum = 'other'"},
        {"never sent", "remote_md5sum = NULL"},
        {"never hashed", "local_md5sum = '', remote_md5sum = ''"},
        {"deleted", "removed = 1"},
        {"of another archive", "archive_name = 'hk'"}};
    for (const auto& [name, change] : rows) {
        // Before it is loaded, and between the proof and the unlink.
        for (const bool late : {false, true}) {
            deleter_world world;
            const auto id = world.due("a");
            if (!late) world.change(id, change);
            world.catalog.before = [&](const std::string& function) {
                if (late && function == "may_delete") world.change(id, change);
            };
            world.begin();
            BOOST_TEST(world.on_disk("a"), name << (late ? ", late" : ""));
            BOOST_TEST(world.archive.files_deleted == 0);
            BOOST_TEST(world.condition_count() == 0U);
        }
    }
}

// Condition 2: it is the file that was verified.
BOOST_AUTO_TEST_CASE(another_file_than_the_verified_one_is_a_new_version) {
    const std::string same = "content of a";
    using fake = fake_local_disk;
    const std::vector<std::pair<const char*, std::function<void(fake&, double)>>> changes{
        {"longer", [&](fake& d, double) { d.write("/data/a", same + "!", -100); }},
        {"rewritten", [&](fake& d, double now) { d.write("/data/a", "content of b", now); }},
        {"touched", [&](fake& d, double now) { d.write("/data/a", same, now); }},
        {"another inode", [&](fake& d, double) { ++d.files["/data/a"].identity.inode; }},
        {"another device", [&](fake& d, double) { ++d.files["/data/a"].identity.device; }}};
    for (const auto& [name, change] : changes) {
        // Before the look, and between the proof and the unlink.
        for (const bool late : {false, true}) {
            deleter_world world;
            const auto id = world.due("a");
            if (!late) change(world.disk, world.time.now());
            world.disk.before = [&](const std::string& verb, const std::string&) {
                if (late && verb == "remove") change(world.disk, world.time.now());
            };
            world.begin();
            BOOST_TEST_CONTEXT(name << (late ? ", late" : "")) {
                BOOST_TEST(world.on_disk("a"));
                BOOST_REQUIRE(world.catalog.deletions.size() == 1U);
                BOOST_TEST((world.catalog.deletions[0].outcome == deletion_outcome::new_version));
                BOOST_TEST(!world.verified(id));  // it is copied as it now is
                BOOST_TEST(world.row(id).failed_copy_attempts == 0);
                BOOST_TEST(!world.row(id).removed.has_value());
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_file_without_a_recorded_identity_is_hashed_again, deleter_world) {
    const auto same = due("same"), other = due("other");
    deliver(same, false), deliver(other, false);
    disk.write("/data/other", "other content", time.now() - 5000);
    begin();
    BOOST_TEST(!on_disk("same"));
    BOOST_TEST((row(same).removed == time.now()));
    BOOST_TEST(on_disk("other"));
    BOOST_TEST(!verified(other));
    BOOST_TEST(disk.count("digest") == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_changes_while_it_is_hashed_is_kept, deleter_world) {
    const auto id = due("a");
    deliver(id, false);
    disk.before = [&](const std::string& verb, const std::string&) {
        if (verb == "digest") disk.write("/data/a", "content of a", time.now());
    };
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST((catalog.deletions.at(0).outcome == deletion_outcome::new_version));
}

// Condition 3: the destination still has it.
BOOST_FIXTURE_TEST_CASE(a_copy_that_vanished_is_sent_again_once, deleter_world) {
    const auto id = due("a");
    there.published.clear();
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!row(id).remote_md5sum.has_value());
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(condition(condition_kind::copies_lost).empty());
    deliver(id);
    there.published.clear();
    wake();
    time.advance(1);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(row(id).failed_copy_attempts == 5);  // not sent for ever
    BOOST_TEST(!verified(id));
    BOOST_TEST(holds_text(last_error(id), "a second time"));
    BOOST_TEST(holds_text(condition(condition_kind::copies_lost), "/data/a"));
    BOOST_TEST(archive.files_deleted == 0);
}

BOOST_FIXTURE_TEST_CASE(other_content_there_fails_the_file_at_once, deleter_world) {
    const auto id = due("a");
    there.published["17000/a"] += "!";
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(row(id).failed_copy_attempts == 5);
    BOOST_TEST(holds_text(last_error(id), "other content stands at the destination"));
    BOOST_TEST(!condition(condition_kind::copies_lost).empty());
}

BOOST_FIXTURE_TEST_CASE(recheck_md5_reads_the_content_there, md5_world) {
    const auto other = due("a"), same = due("b");
    there.published["17000/a"] = "CONTENT of a";
    begin();
    BOOST_TEST(there.stat_requests.at(0).md5);
    BOOST_TEST(there.stat_requests.at(0).bytes == 24U);  // for its time limit
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(row(other).failed_copy_attempts == 5);
    BOOST_TEST(!on_disk("b"));
    BOOST_TEST(row(same).removed.has_value());
}

BOOST_FIXTURE_TEST_CASE(recheck_md5_without_a_sum_deletes_nothing, md5_world) {
    due("a");
    there.on_stat = [](const stat_request&, stat_report& report) { report.answers[0].md5.reset(); };
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST((catalog.deletions.at(0).outcome == deletion_outcome::postponed));
}

BOOST_FIXTURE_TEST_CASE(recheck_off_deletes_whatever_stands_there, unasked_world) {
    due("a");
    there.published.clear();
    begin();
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(recheck_off_deletes_nothing_before_a_sync_there_was_answered, unasked_world) {
    due("a");
    bool synced = false;
    there.on_stat = [&](const stat_request& request, stat_report& report) {
        synced = request.sync_first;
        report.end.error = failure{failure_code::io, "look at files at", "there", "sync -f failed"};
    };
    begin();
    BOOST_TEST(synced);
    BOOST_TEST(on_disk("a"));
}

// Condition 4: nobody else needs it.
BOOST_FIXTURE_TEST_CASE(a_file_that_another_registration_needs_waits_for_it, deleter_world) {
    const auto id = due("a");
    const auto needs = insert("/data/a", "17000/hk/a", "", "hk");
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(condition_count() == 0U);  // nothing that a person should look at
    ignore(needs);
    time.advance(120);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(row(id).removed.has_value());
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_registered_again_at_the_last_moment_waits, deleter_world) {
    due("a");
    there.on_stat = [&](const stat_request&, stat_report&) { insert("/data/a", "17000/b", "", "hk"); };
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(disk.count("remove") == 0U);
}

BOOST_FIXTURE_TEST_CASE(another_archive_with_an_earlier_version_is_settled_anew_first, deleter_world) {
    const auto id = due("a");
    const auto other = insert("/data/a", "17000/hk/a", fake_md5("an earlier version"), "hk");
    verify(other);
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(row(other).local_md5sum.empty());  // hashed and copied as it now is
    BOOST_TEST(!row(other).remote_md5sum.has_value());
    BOOST_TEST(condition_count() == 0U);
    time.advance(120);
    BOOST_TEST(on_disk("a"));
    change(other, "local_md5sum = '" + row(id).local_md5sum + "'");
    verify(other);
    time.advance(120);
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(a_newer_version_elsewhere_is_not_copied_anew_for_an_older_proof, deleter_world) {
    due("a");
    const auto other = insert("/data/a", "17000/hk/a", fake_md5("newer"), "hk");
    verify(other);
    disk.write("/data/a", "newer");
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(verified(other));
}

BOOST_FIXTURE_TEST_CASE(outside_the_local_roots_nothing_is_deleted, rooted_world) {
    due("in"), due("link/out");
    disk.links["/data/link"] = "/elsewhere";  // judged where it really lies
    begin();
    BOOST_TEST(!on_disk("in"));
    BOOST_TEST(on_disk("link/out"));
    BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "/data/link/out"));
    BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "local_roots"));
}

BOOST_FIXTURE_TEST_CASE(a_local_root_may_be_a_link, rooted_world) {
    disk.links = {{"/data/", "/mnt/disk1"}, {"/data", "/mnt/disk1"}};
    due("a");
    begin();
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(keeps_file_whose_directory_cannot_be_resolved, rooted_world) {
    due("closed/a"), due("open/a");
    disk.failing["/data/closed"] = {failure_code::not_permitted, "resolve", "/data/closed",
                                    "Permission denied"};
    begin();
    BOOST_TEST(on_disk("closed/a"));
    BOOST_TEST(!on_disk("open/a"));
    BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "/data/closed/a"));
}

BOOST_AUTO_TEST_SUITE_END()
