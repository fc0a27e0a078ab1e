// Which copies the destination is to have, page by page, and what sends them again by hand.
#include <boost/test/unit_test.hpp>

#include "engine/rules/copy_check.hpp"
#include "tests/storage/catalog/one_verified.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_checks_of_copies)

namespace {

struct copies : ready_database {
    ids all(copy_query query = {}) {
        query.archive = archive;
        ids found;
        while (true) {
            const auto page = ask(catalog().load_copies(query)).value();
            for (const auto& one : page.copies) found.push_back(one.file.row.id);
            if (page.over) return found;
            BOOST_REQUIRE(page.scanned_to > query.after);
            query.after = page.scanned_to;
        }
    }
    copy_page page(copy_query query) {
        query.archive = archive;
        return ask(catalog().load_copies(std::move(query))).value();
    }
    bool still(file_row seen) { return ask(catalog().still_to_be_there({std::move(seen)})).value().at(0); }
};

catalog_row deleted(catalog_row row) {
    row = verified(std::move(row));
    row.removed = later;
    return row;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_verified_copy_is_listed_once_deleted_ones_too_by_id, copies) {
    auto kept = verified(row_of(4));
    kept.deletable = false;
    foreign().insert({row_of(1), verified(row_of(2)), deleted(row_of(3)), kept, failed(row_of(5)),
                      ignored(verified(row_of(6))), verified(row_of(7, "other"))});
    all_changes();
    BOOST_TEST(all() == (ids{2, 3, 4}), boost::test_tools::per_element());
    copy_query one_by_one;
    one_by_one.limit = 1;
    BOOST_TEST(all(one_by_one) == (ids{2, 3, 4}), boost::test_tools::per_element());
    copy_query some;
    some.after = 2;
    some.last = 3;
    BOOST_TEST(all(some) == (ids{3}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_version_that_another_one_superseded_has_no_copy_any_more, copies) {
    auto later_version = verified(row_of(1));
    later_version.timestamp += 10;
    foreign().insert({verified(row_of(1)), later_version});
    all_changes();
    BOOST_TEST(all() == ids{2}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(they_are_chosen_by_prefix_and_date, copies) {
    foreign().insert({verified(row_of(1, archive, 17000)), verified(row_of(2, archive, 17001)),
                      deleted(row_of(3, archive, 17001))});
    all_changes();
    copy_query query;
    query.remote_prefix = "17001/";
    BOOST_TEST(all(query) == (ids{2, 3}), boost::test_tools::per_element());
    query.remote_prefix = "17001/smurf/3";
    BOOST_TEST(all(query) == (ids{3}), boost::test_tools::per_element());
    query = {};
    query.registered_from = early + 2;
    BOOST_TEST(all(query) == (ids{2, 3}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_page_holds_no_more_bytes_than_asked_for_but_one_file, copies) {
    foreign().insert({verified(row_of(1)), verified(row_of(2)), verified(row_of(3))});
    all_changes();
    copy_query query;
    query.bytes = likely_bytes_of_unknown + 1;
    const auto first = page(query);
    BOOST_TEST(first.copies.size() == 2U);
    BOOST_TEST(!first.over);
    query.after = first.scanned_to;
    BOOST_TEST(page(query).copies.size() == 1U);
    query.bytes = 1;
    query.after = 0;
    BOOST_TEST(page(query).copies.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_was_said_of_a_removed_day_is_told_with_its_copies, copies) {
    foreign().insert({verified(row_of(1, archive, 17000)), verified(row_of(2, archive, 17001))});
    all_changes();
    ask(catalog().record_removed_days(archive, {17001}, later)).value();
    ask(catalog().choose_for_removed_day(archive, 17001, removal_choice::accepted, later)).value();
    const auto found = page({}).copies;
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(!found[0].day.has_value());
    BOOST_TEST((found[1].day.value().choice == removal_choice::accepted));
}

BOOST_FIXTURE_TEST_CASE(a_row_that_changed_since_it_was_seen_is_another_case, copies) {
    const auto id = foreign().insert(verified(row_of(1)));
    all_changes();
    const auto seen = row(id);
    BOOST_TEST(still(seen));
    for (const auto* what : {"remote_md5sum = NULL", "local_md5sum = 'x', remote_md5sum = 'x'", "ignore = 1",
                             "removed = 5", "local_path = '/elsewhere'"}) {
        foreign().execute("SAVEPOINT one");
        foreign().execute("UPDATE supersync_v0 SET " + std::string(what));
        foreign().execute("RELEASE one");
        BOOST_TEST(!still(seen), what);
        foreign().execute("DELETE FROM supersync_v0");
        auto again = verified(row_of(1));
        again.id = id;
        foreign().insert(again);
        BOOST_TEST(still(seen));
    }
    auto newer = row_of(1);
    newer.timestamp += 10;
    foreign().insert(newer);
    BOOST_TEST(!still(seen));
}

BOOST_FIXTURE_TEST_CASE(what_is_sent_again_by_hand_has_all_its_attempts_and_counts_no_loss, one_verified) {
    update("failed_copy_attempts = 3");
    seen = row(id);
    judge(deletion_outcome::sent_by_hand, "it is not there; it is sent again by request");
    const auto now = view(id);
    BOOST_TEST(now.state == "pending");
    BOOST_TEST(now.row.failed_copy_attempts == 0);
    BOOST_TEST(!now.row.remote_md5sum.has_value());
    BOOST_TEST(!now.row.copied.has_value());
    BOOST_TEST(now.vanished == 0);
    BOOST_TEST(now.last_error.value() == "it is not there; it is sent again by request");
    BOOST_TEST(work().items.at(0).sent_before);
}

BOOST_FIXTURE_TEST_CASE(what_changed_since_it_was_asked_for_is_not_sent_by_hand, one_verified) {
    update("local_md5sum = 'other', remote_md5sum = 'other'");
    judge(deletion_outcome::sent_by_hand, "it is not there");
    BOOST_TEST(shared().verified());
    record_deletions({{row(id), deletion_outcome::deleted, "", early + 100, 0}}).value();
    record_deletions({{row(id), deletion_outcome::sent_by_hand, "gone", early + 200, 0}}).value();
    BOOST_TEST(shared().verified());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
