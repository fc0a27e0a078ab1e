// What is kept of the slow check of copies: how far it has come, and what nothing mends by itself.
#include <boost/test/unit_test.hpp>

#include "engine/rules/scrub.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_scrubs)

namespace {

struct scrubbed : ready_database {
    kept_copy copy(file_id id) {
        copy_query query;
        query.archive = archive;
        query.after = id - 1;
        query.limit = 1;
        return ask(catalog().load_copies(query)).value().copies.at(0);
    }
    bad_copy bad(file_id id, double at = later) { return {copy(id), "vanished", "it is not there", at}; }
    void keep(std::vector<bad_copy> found, ids mended = {}) {
        ask(catalog().record_bad_copies(archive, std::move(found), std::move(mended))).value();
    }
    ids kept() {
        ids found;
        for (const auto& one : ask(catalog().bad_copies(archive)).value())
            found.push_back(one.copy.file.row.id);
        return found;
    }
    std::int64_t stored() { return foreign().number("SELECT count(*) FROM suprsync_bad_copies"); }
};

catalog_row copied(int n) {
    auto row = verified(row_of(n));
    row.copied = early + 50;
    return row;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(how_far_it_has_come_outlives_the_program, scrubbed) {
    BOOST_TEST((ask(catalog().recall_scrub(archive)).value().state == scrub_state{}));
    foreign().insert({copied(1), copied(2)});
    all_changes();
    const scrub_state state{early, 5, 9, false, early - 100, early - 50, {7, 8, 9}};
    ask(catalog().record_scrub(archive, state)).value();
    ask(catalog().record_scrub("other", scrub_state{})).value();
    close();
    make_ready();
    const auto found = ask(catalog().recall_scrub(archive)).value();
    BOOST_TEST((found.state == state));
    BOOST_TEST(found.newest == 2);
}

BOOST_FIXTURE_TEST_CASE(bad_copies_are_kept_until_they_are_mended, scrubbed) {
    foreign().insert({copied(1), copied(2), copied(3)});
    all_changes();
    keep({bad(1), bad(3)});
    BOOST_TEST(kept() == (ids{1, 3}), boost::test_tools::per_element());
    const auto first = ask(catalog().bad_copies(archive)).value().at(0);
    BOOST_TEST(first.finding == "vanished");
    BOOST_TEST(first.reason == "it is not there");
    BOOST_TEST(first.found_at == later);
    BOOST_TEST(first.copy.file.row.remote_path == copied(1).remote_path);
    keep({bad(2)}, {1});
    BOOST_TEST(kept() == (ids{2, 3}), boost::test_tools::per_element());
    keep({}, {2, 3});
    BOOST_TEST(kept().empty());
}

BOOST_FIXTURE_TEST_CASE(what_was_changed_since_is_no_bad_copy_any_more, scrubbed) {
    for (const auto* what : {"remote_md5sum = NULL", "copied = copied + 1", "ignore = 1"}) {
        foreign().execute("DELETE FROM supersync_v0");
        auto row = copied(1);
        row.id = 1;
        foreign().insert(row);
        all_changes();
        keep({bad(1)});
        BOOST_TEST(kept() == ids{1}, boost::test_tools::per_element());
        foreign().execute("UPDATE supersync_v0 SET " + std::string(what));
        BOOST_TEST(kept().empty(), what);
        BOOST_TEST(stored() == 1);
        keep({});
        BOOST_TEST(stored() == 0, what);
    }
    // Deleted here, it is missing all the same.
    foreign().execute("UPDATE supersync_v0 SET ignore = 0");
    all_changes();
    keep({bad(1)});
    foreign().execute("UPDATE supersync_v0 SET removed = 1");
    BOOST_TEST(kept() == ids{1}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_day_that_was_removed_on_purpose_has_no_bad_copies, scrubbed) {
    foreign().insert({copied(1)});
    all_changes();
    keep({bad(1)});
    ask(catalog().record_removed_days(archive, {17000}, later)).value();
    BOOST_TEST(kept() == ids{1}, boost::test_tools::per_element());
    ask(catalog().choose_for_removed_day(archive, 17000, removal_choice::accepted, later)).value();
    BOOST_TEST(kept().empty());
}

// Readers would not find what the announcement counts.
BOOST_FIXTURE_TEST_CASE(a_day_with_a_bad_copy_cannot_be_announced, scrubbed) {
    foreign().insert({copied(1), copied(2), verified(row_of(3, archive, 17001))});
    all_changes();
    const auto summary = summarize(17000).value();
    keep({bad(2)});
    const auto open = timecodes_to_finalize().value().directories;
    BOOST_TEST(open.at(0).lost == 1);
    BOOST_TEST(open.at(0).lost_examples == (strings{copied(2).remote_path}),
               boost::test_tools::per_element());
    BOOST_TEST(open.at(1).lost == 0);
    const auto refused = register_finalization(summary, finalization_of(17000, later), later);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == failure_code::changed));
    const auto day = ask(catalog().timecodes({archive, -1, 1})).value().at(0);
    BOOST_TEST(day.lost == 1);
    BOOST_TEST(day.blocking.at(0).row.id == 2);
    BOOST_TEST(day.blocking.at(0).last_error.value() == "it is not there");
    keep({}, {2});
    BOOST_TEST(timecodes_to_finalize().value().directories.at(0).lost == 0);
    BOOST_TEST(register_finalization(summary, finalization_of(17000, later), later).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_day_that_was_removed_there_is_not_announced_before_somebody_says_so, scrubbed) {
    foreign().insert({copied(1)});
    all_changes();
    const auto summary = summarize(17000).value();
    ask(catalog().record_removed_days(archive, {17000}, later)).value();
    BOOST_TEST(timecodes_to_finalize().value().directories.at(0).removed_there);
    BOOST_TEST(ask(catalog().timecodes({archive, -1, 1})).value().at(0).removed_there);
    BOOST_TEST(!register_finalization(summary, finalization_of(17000, later), later).has_value());
    ask(catalog().choose_for_removed_day(archive, 17000, removal_choice::accepted, later)).value();
    BOOST_TEST(!timecodes_to_finalize().value().directories.at(0).removed_there);
    BOOST_TEST(register_finalization(summary, finalization_of(17000, later), later).has_value());
}

// They are no data of the day in which they lie.
BOOST_FIXTURE_TEST_CASE(a_finalization_file_that_is_lost_holds_up_no_day, scrubbed) {
    auto file = copied(2);
    file.remote_path = "17000/suprsync/srv/1_data_16999_finalized.yaml";
    foreign().insert({copied(1), file});
    all_changes();
    keep({bad(2)});
    BOOST_TEST(timecodes_to_finalize().value().directories.at(0).lost == 0);
}

BOOST_FIXTURE_TEST_CASE(an_announcement_is_not_issued_anew_while_a_copy_is_bad, scrubbed) {
    foreign().insert({copied(1)});
    all_changes();
    const auto old_row = finalize(17000, later);
    keep({bad(1)});
    const auto again = finalization_of(17000, later + 2e5);
    const auto refused = reissue_finalization(old_row, again, later, "too old");
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == failure_code::changed));
    keep({}, {1});
    BOOST_TEST(reissue_finalization(old_row, again, later, "too old").has_value());
}

BOOST_FIXTURE_TEST_CASE(no_more_of_them_are_kept_than_there_is_room_for, scrubbed) {
    std::vector<catalog_row> rows;
    for (int n = 1; n <= static_cast<int>(most_bad_copies) + 5; ++n) rows.push_back(copied(n));
    foreign().insert(rows);
    all_changes();
    finalize(17000, later);
    copy_query query;
    query.archive = archive;
    query.limit = rows.size();
    std::vector<bad_copy> found;
    for (auto& one : ask(catalog().load_copies(query)).value().copies)
        found.push_back({std::move(one), "vanished", "gone", later});
    BOOST_TEST(found.size() == rows.size());
    keep(found);
    // Some of each day that is not announced yet have their place in any case.
    BOOST_TEST(kept().size() == most_bad_copies);
    // What is found once more is no further one.
    keep({found.front()});
    BOOST_TEST(kept().size() == most_bad_copies);
    // A day that is not announced yet is kept from that all the same.
    std::vector<catalog_row> late;
    for (int n = 1; n <= 20; ++n) {
        late.push_back(copied(5000 + n));
        late.back().remote_path = "17001/smurf/" + std::to_string(n);
    }
    foreign().insert(late);
    all_changes();
    for (int n = 1; n <= 20; ++n) keep({bad(static_cast<file_id>(rows.size()) + 1 + n)});
    BOOST_TEST(timecodes_to_finalize().value().directories.at(0).lost == 20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
