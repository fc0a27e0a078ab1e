// What is to be copied next, and in which order (spec, The life of a file, Copying).
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_work)

namespace {

file_outcome lost_attempt(const file_row& row, std::optional<double> next_attempt = std::nullopt) {
    file_outcome outcome;
    outcome.seen = row;
    outcome.attempts_lost = 1;
    outcome.error = "checksums differ";
    outcome.next_attempt = next_attempt;
    return outcome;
}

work_item item_of(open_database& d, file_id id) {
    for (auto& item : d.work().items)
        if (item.row.id == id) return std::move(item);
    throw std::runtime_error("it is not among the work");
}

}  // namespace

BOOST_AUTO_TEST_CASE(work_is_what_is_neither_verified_nor_ignored_removed_or_failed) {
    ready_database d;
    auto removed = row_of(6);
    removed.removed = early;
    auto differs = row_of(7);
    differs.remote_md5sum = "other";
    auto no_sum = row_of(8);
    no_sum.local_md5sum = "";
    auto tried = row_of(9);
    tried.failed_copy_attempts = max_attempts - 1;
    d.foreign().insert({row_of(1), verified(row_of(2)), ignored(row_of(3)), failed(row_of(4)),
                        row_of(5, "other"), removed, differs, no_sum, tried});
    BOOST_TEST(d.work_ids() == (ids{1, 7, 8, 9}), boost::test_tools::per_element());
    BOOST_TEST(d.work_ids(later, "unknown").empty());
}

BOOST_AUTO_TEST_CASE(finalization_files_first_then_the_oldest_then_what_was_tried) {
    ready_database d;
    auto finalization = row_of(9);
    finalization.remote_path = finalization_of(16999, early).remote_path;
    auto no_data = row_of(8);
    no_data.remote_path = "17000/suprsync/srv/deeper/x_finalized.yaml";
    auto tried = row_of(1);
    tried.failed_copy_attempts = 1;
    d.foreign().insert({row_of(5), tried, row_of(3), no_data, finalization, row_of(4)});
    //                  1          2      3          4        5             6
    BOOST_TEST(d.work_ids() == (ids{5, 3, 6, 1, 4, 2}), boost::test_tools::per_element());
    BOOST_TEST(d.work().items.front().finalization);
    BOOST_TEST(!d.work().items.back().finalization);

    // A finalization file that failed waits its turn like any other.
    d.record({lost_attempt(d.row(5), early + 3)}).value();
    BOOST_TEST(d.work_ids() == (ids{3, 6, 1, 4, 2, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_the_same_time_the_lower_id_first) {
    ready_database d;
    std::vector<catalog_row> rows;
    for (int n = 0; n < 20; ++n) {
        rows.push_back(row_of(n));
        rows.back().timestamp = early;
    }
    auto expected = d.foreign().insert(rows);
    BOOST_TEST(d.work_ids() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_due_waits_and_says_when) {
    ready_database d;
    d.foreign().insert({row_of(1), row_of(2), row_of(3)});
    BOOST_TEST(!d.work().next_attempt.has_value());
    d.record({lost_attempt(d.row(1), early + 200), lost_attempt(d.row(2), early + 100)}).value();

    auto list = d.work(early + 50);
    BOOST_TEST(list.items.size() == 1);
    BOOST_TEST(list.next_attempt.value() == early + 100);
    BOOST_TEST(d.work_ids(early + 100) == (ids{3, 2}), boost::test_tools::per_element());
    BOOST_TEST(d.work(early + 100).next_attempt.value() == early + 200);
    BOOST_TEST(d.work_ids(early + 200) == (ids{3, 2, 1}), boost::test_tools::per_element());
    BOOST_TEST(!d.work(early + 200).next_attempt.has_value());
    BOOST_TEST(d.view(1).state == "retrying");
    BOOST_TEST(d.view(1).next_attempt_at.value() == early + 200);

    // A person who gives attempts back wants it tried at once.
    d.foreign().execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = 1");
    BOOST_TEST(d.work_ids(early + 50) == (ids{1, 3}), boost::test_tools::per_element());
    BOOST_TEST(d.view(1).state == "pending");
}

// No attempt is lost: the row is put off all the same.
BOOST_AUTO_TEST_CASE(a_file_is_put_off_without_a_lost_attempt) {
    ready_database d;
    d.foreign().insert({row_of(1), row_of(2)});
    file_outcome unstable;
    unstable.seen = d.row(1);
    unstable.next_attempt = early + 10;
    d.record({unstable}).value();
    BOOST_TEST(d.work_ids(early + 9) == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(d.work(early + 9).next_attempt.value() == early + 10);
    BOOST_TEST(d.work_ids(early + 10) == (ids{2, 1}), boost::test_tools::per_element());
    BOOST_TEST(d.row(1).failed_copy_attempts == 0);

    unstable.next_attempt.reset();
    d.record({unstable}).value();
    BOOST_TEST(d.work_ids(early) == (ids{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_makes_no_file_wait_as_long_as_it_jumped) {
    ready_database d;
    d.foreign().insert({row_of(1), row_of(2)});
    d.record({lost_attempt(d.row(1), early + 3600), lost_attempt(d.row(2), early + 3600.5)}).value();
    BOOST_TEST(d.work_ids(early) == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(d.work_ids(early - 86400) == (ids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(d.work_ids(early + 1).empty());
}

BOOST_AUTO_TEST_CASE(work_keeps_its_limit_and_leaves_out_what_is_in_flight) {
    ready_database d;
    std::vector<catalog_row> rows;
    for (int n = 1; n <= 10; ++n) rows.push_back(row_of(n));
    d.foreign().insert(rows);
    const auto ask = [&](std::size_t limit, const ids& in_flight) {
        auto list = d.load_work({archive, later, limit, in_flight}).value();
        ids found;
        for (const auto& item : list.items) found.push_back(item.row.id);
        return std::pair(found, list.more);
    };
    BOOST_TEST((ask(3, {}) == std::pair(ids{1, 2, 3}, true)));
    BOOST_TEST((ask(3, {1, 2, 3}) == std::pair(ids{4, 5, 6}, true)));
    BOOST_TEST((ask(10, {}) == std::pair(ids{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, false)));
    BOOST_TEST((ask(9, {10}) == std::pair(ids{1, 2, 3, 4, 5, 6, 7, 8, 9}, false)));
    BOOST_TEST((ask(100, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) == std::pair(ids{}, false)));
    BOOST_TEST((ask(0, {}) == std::pair(ids{}, true)));
}

BOOST_AUTO_TEST_CASE(the_limit_counts_over_all_kinds) {
    ready_database d;
    auto finalization = row_of(1);
    finalization.remote_path = finalization_of(16999, early).remote_path;
    auto tried = row_of(2);
    tried.failed_copy_attempts = 2;
    d.foreign().insert({tried, row_of(3), finalization});
    const auto list = d.load_work({archive, later, 2, {}}).value();
    BOOST_TEST(list.items.size() == 2);
    BOOST_TEST(list.more);
    BOOST_TEST(list.items.at(0).row.id == 3);
    BOOST_TEST(list.items.at(1).row.id == 2);
}

BOOST_AUTO_TEST_CASE(rows_come_as_they_are) {
    ready_database d;
    auto row = row_of(1);
    row.local_path = "/data/a b'\"$;\n-\xc3\xa4\xff";
    row.remote_path = "17000/ '\"\n*/-x";
    row.copied = 5.25;
    row.remote_md5sum = "other";
    row.failed_copy_attempts = 2;
    row.deletable = false;
    d.foreign().insert(row);
    const auto item = d.work().items.at(0);
    BOOST_TEST(item.row.local_path == row.local_path);
    BOOST_TEST(item.row.remote_path == row.remote_path);
    BOOST_TEST(item.row.local_md5sum == row.local_md5sum);
    BOOST_TEST(item.row.archive_name == archive);
    BOOST_TEST(item.row.timestamp == row.timestamp);
    BOOST_TEST(item.row.remote_md5sum.value() == "other");
    BOOST_TEST(item.row.copied.value() == 5.25);
    BOOST_TEST(item.row.failed_copy_attempts == 2);
    BOOST_TEST(!item.row.deletable);
}

BOOST_AUTO_TEST_CASE(what_may_have_been_sent_is_known) {
    open_database d;
    d.foreign().insert(row_of(1));
    d.make_ready();
    d.foreign().insert({row_of(2), row_of(3)});
    auto tried_elsewhere = row_of(4);
    tried_elsewhere.copied = early;
    d.foreign().insert(tried_elsewhere);
    BOOST_TEST(item_of(d, 1).sent_before);  // the catalog was open before
    BOOST_TEST(!item_of(d, 2).sent_before);
    BOOST_TEST(item_of(d, 4).sent_before);

    auto mismatch = lost_attempt(d.row(2));
    mismatch.compare = true;
    d.record({mismatch}).value();
    BOOST_TEST(item_of(d, 2).sent_before);
    BOOST_TEST(item_of(d, 2).compare);
    BOOST_TEST(!item_of(d, 3).sent_before);
    BOOST_TEST(!item_of(d, 3).compare);
    // Kept until it is verified.
    d.record({lost_attempt(d.row(2))}).value();
    BOOST_TEST(item_of(d, 2).compare);

    d.close();
    d.make_ready();
    BOOST_TEST(item_of(d, 3).sent_before);
    BOOST_TEST(item_of(d, 2).compare);
}

BOOST_AUTO_TEST_CASE(the_limit_of_attempts_is_the_archives_own) {
    ready_database d;
    d.serve("other", 2, "here:/base/other").value();
    auto one = row_of(1);
    one.failed_copy_attempts = 2;
    auto other = row_of(2, "other");
    other.failed_copy_attempts = 2;
    d.foreign().insert({one, other});
    BOOST_TEST(d.work_ids() == ids{1}, boost::test_tools::per_element());
    BOOST_TEST(d.work_ids(later, "other").empty());
    BOOST_TEST(d.view(2).state == "failed");
    BOOST_TEST(d.counts("other").value().failed == 1);

    // Classified anew when it changes, both ways.
    d.serve("other", 3, "here:/base/other").value();
    BOOST_TEST(d.work_ids(later, "other") == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(d.counts("other").value().failed == 0);
    d.serve(archive, 1).value();
    BOOST_TEST(d.work_ids().empty());
    BOOST_TEST(d.counts().value().failed == 1);
    BOOST_TEST(d.counts().value().unsettled == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
