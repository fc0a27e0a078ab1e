// What may be deleted, and what becomes of it (spec, Deleting).
#include <boost/test/unit_test.hpp>

#include "engine/rules/backoff.hpp"
#include "tests/storage/catalog/one_verified.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_deletion)

namespace {

ids deletable(open_database& d, double registered_before = later, double now = later) {
    ids found;
    for (const auto& item : d.load_deletable(registered_before, now).value()) found.push_back(item.row.id);
    return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(deletable_is_what_is_verified_allowed_and_still_there) {
    ready_database d;
    auto kept = verified(row_of(2));
    kept.deletable = false;
    auto removed = verified(row_of(3));
    removed.removed = early;
    auto missing = verified(row_of(4));
    missing.removed = 0;
    auto null = verified(row_of(5));
    null.deletable = std::nullopt;
    auto tried = verified(row_of(6));
    tried.failed_copy_attempts = 9;
    d.foreign().insert({verified(row_of(1)), kept, removed, missing, null, tried,
                        ignored(verified(row_of(7))), row_of(8), verified(row_of(9, "other"))});
    BOOST_TEST(deletable(d) == (ids{1, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_to_go_is_noted_with_all_that_tells_it_after_a_restart) {
    ready_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2))});
    const file_identity large{1, 1ULL << 63U, ~0ULL, -5};
    d.ask(d.catalog().begin_removals({{d.row(1), large}, {d.row(2), {1, 2, 3, 4}}})).value();
    const auto begun = d.ask(d.catalog().begun_removals(archive)).value();
    BOOST_REQUIRE(begun.size() == 2U);
    BOOST_TEST((begun[0].file.value() == lasting(large)));
    BOOST_TEST((begun[1].file.value() == lasting_identity{2, 3, 4}));
    BOOST_TEST(begun[1].row.local_path == d.row(2).local_path);
    BOOST_TEST(d.ask(d.catalog().begun_removals("other")).value().empty());
}

BOOST_AUTO_TEST_CASE(oldest_first_and_only_what_is_old_enough) {
    ready_database d;
    d.foreign().insert({verified(row_of(30)), verified(row_of(10)), verified(row_of(20))});
    BOOST_TEST(deletable(d) == (ids{2, 3, 1}), boost::test_tools::per_element());
    BOOST_TEST(deletable(d, early + 30) == (ids{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(deletable(d, early + 10).empty());
    BOOST_TEST(d.load_deletable(later, later, 1).value().at(0).row.id == 2);
    BOOST_TEST(d.load_deletable(later, later, 0).value().empty());
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_postpones_no_deletion_as_long_as_it_jumped) {
    one_verified d;
    d.judge(deletion_outcome::postponed, "busy", later + 60);
    BOOST_TEST(deletable(d).empty());
    BOOST_TEST(deletable(d, later, later + 60).size() == 1U);
    BOOST_TEST(deletable(d, later, later - 86400).size() == 1U);
    d.judge(deletion_outcome::postponed, "never", never);
    BOOST_TEST(deletable(d, later, later - 86400).empty());
}

BOOST_AUTO_TEST_CASE(the_identity_is_what_was_recorded_for_this_content) {
    one_verified d;
    auto item = d.load_deletable().value().at(0);
    BOOST_TEST((item.identity == identity));
    BOOST_TEST((item.row == d.seen));
    BOOST_TEST(item.vanished == 0);
    // Verified by another program: there is no record.
    d.foreign().insert(verified(row_of(2)));
    BOOST_TEST(!d.load_deletable().value().at(1).identity.has_value());
}

BOOST_AUTO_TEST_CASE(deleted_and_missing_files_are_recorded_as_removed) {
    for (const auto outcome : {deletion_outcome::deleted, deletion_outcome::gone}) {
        one_verified d;
        d.judge(outcome);
        BOOST_TEST(d.shared().removed.value() == (outcome == deletion_outcome::deleted ? early + 100 : 0));
        BOOST_TEST(d.shared().verified());
        BOOST_TEST(d.view(d.id).state == "deleted");
        BOOST_TEST(deletable(d).empty());
        const auto counts = d.counts().value();
        BOOST_TEST(counts.removed == 1);
        BOOST_TEST(counts.verified == 1);
        BOOST_TEST(counts.unsettled == 0);
        // Nothing is kept beside it.
        BOOST_TEST(d.foreign().number("SELECT count(*) FROM suprsync_notes") == 0);
    }
}

BOOST_AUTO_TEST_CASE(vanished_once_is_pending_again) {
    one_verified d;
    d.judge(deletion_outcome::vanished, "the destination has it no more");
    BOOST_TEST(!d.shared().remote_md5sum.has_value());
    BOOST_TEST(!d.shared().copied.has_value());
    BOOST_TEST(!d.shared().removed.has_value());
    BOOST_TEST(d.shared().local_md5sum == d.seen.local_md5sum);
    const auto item = d.work().items.at(0);
    BOOST_TEST(item.vanished == 1);
    BOOST_TEST(item.sent_before);
    BOOST_TEST(item.row.failed_copy_attempts == 0);
    BOOST_TEST(d.view(d.id).last_error.value() == "the destination has it no more");
    BOOST_TEST(d.view(d.id).last_error_at.value() == early + 100);

    // Copied again, it is remembered, and its identity is the new one.
    d.record_verified({d.id}, file_identity{1, 1, 1, 1});
    BOOST_TEST(d.load_deletable().value().at(0).vanished == 1);
    BOOST_TEST((d.load_deletable().value().at(0).identity == file_identity{1, 1, 1, 1}));
}

// Whatever its attempts were when it was verified.
BOOST_AUTO_TEST_CASE(what_is_pending_again_has_attempts_left) {
    for (const auto outcome : {deletion_outcome::vanished, deletion_outcome::new_version}) {
        one_verified d;
        d.update("failed_copy_attempts = 7");
        d.judge(outcome, "gone");
        BOOST_TEST(d.work_ids() == ids{d.id}, boost::test_tools::per_element());
        d.record_verified({d.id});
        d.update("failed_copy_attempts = 2");
        d.seen = d.row(d.id);
        d.judge(outcome, "gone");
        BOOST_TEST(d.shared().failed_copy_attempts.value() == 2);
    }
}

BOOST_AUTO_TEST_CASE(lost_again_is_failed) {
    one_verified d;
    d.judge(deletion_outcome::vanished, "gone");
    d.record_verified({d.id});
    d.seen = d.row(d.id);
    d.judge(deletion_outcome::lost_again, "gone again");
    BOOST_TEST(!d.shared().verified());
    BOOST_TEST(d.shared().failed_copy_attempts.value() == max_attempts);
    BOOST_TEST(d.view(d.id).state == "failed");
    BOOST_TEST(d.view(d.id).last_error.value() == "gone again");
    BOOST_TEST(d.work_ids().empty());
    // Attempts given back, it is copied and known to have vanished twice.
    d.update("failed_copy_attempts = 0");
    BOOST_TEST(d.work().items.at(0).vanished == 2);
}

BOOST_AUTO_TEST_CASE(a_new_version_is_hashed_and_copied_anew) {
    one_verified d;
    d.judge(deletion_outcome::new_version);
    BOOST_TEST(d.shared().local_md5sum.empty());
    BOOST_TEST(!d.shared().remote_md5sum.has_value());
    BOOST_TEST(!d.shared().copied.has_value());
    const auto item = d.work().items.at(0);
    BOOST_TEST(item.vanished == 0);
    BOOST_TEST(item.row.failed_copy_attempts == 0);
}

BOOST_AUTO_TEST_CASE(a_postponed_deletion_waits_for_its_time) {
    one_verified d;
    d.foreign().insert(verified(row_of(2)));
    d.judge(deletion_outcome::postponed, "permission denied", early + 500);
    BOOST_TEST(deletable(d, later, early + 499) == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(deletable(d, later, early + 500) == (ids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(deletable(d, early + 1, early + 500).empty());
    BOOST_TEST(d.shared().verified());
    BOOST_TEST(d.view(d.id).state == "verified");
    BOOST_TEST(d.view(d.id).last_error.value() == "permission denied");
    BOOST_TEST((d.load_deletable().value().at(0).identity == identity));
    // Whether somebody changes it meanwhile or not.
    d.update("deletable = 0");
    BOOST_TEST(deletable(d) == ids{2}, boost::test_tools::per_element());
    d.update("deletable = NULL");
    BOOST_TEST(deletable(d) == ids{2}, boost::test_tools::per_element());
    d.update("deletable = 1");
    BOOST_TEST(deletable(d) == (ids{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_row_that_became_another_file_is_left_alone) {
    for (const std::string change :
         {"local_path = '/data/x'", "remote_path = '17000/x'", "archive_name = 'x'"})
        for (const auto outcome :
             {deletion_outcome::deleted, deletion_outcome::gone, deletion_outcome::vanished,
              deletion_outcome::lost_again, deletion_outcome::new_version, deletion_outcome::postponed}) {
            one_verified d;
            d.update(change);
            d.judge(outcome, "x");
            BOOST_TEST(!d.shared().removed.has_value(), change);
            BOOST_TEST(d.shared().verified(), change);
            BOOST_TEST(!d.view(d.id).last_error.has_value(), change);
        }
    one_verified d;
    d.foreign().execute("DELETE FROM supersync_v0");
    d.judge(deletion_outcome::deleted);
    BOOST_TEST(d.foreign().rows().empty());
}

// What was found says nothing of other content, of what is pending again, or of what somebody else deleted.
BOOST_AUTO_TEST_CASE(what_was_found_holds_for_what_was_looked_at) {
    for (const std::string change :
         {"local_md5sum = 'x', remote_md5sum = 'x'", "remote_md5sum = NULL", "removed = 5"})
        for (const auto outcome : {deletion_outcome::vanished, deletion_outcome::lost_again,
                                   deletion_outcome::new_version, deletion_outcome::postponed}) {
            one_verified d;
            d.update(change);
            const auto before = d.row(d.id);
            d.judge(outcome, "x");
            BOOST_TEST((d.row(d.id) == before), change);
            BOOST_TEST(!d.view(d.id).last_error.has_value(), change);
        }
    // A file that is deleted is deleted, whatever its row says now.
    one_verified d;
    d.update("remote_md5sum = NULL");
    d.judge(deletion_outcome::deleted);
    BOOST_TEST(d.shared().removed.value() == early + 100);
    BOOST_TEST(d.counts().value().failed == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
