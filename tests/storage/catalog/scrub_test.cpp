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

BOOST_FIXTURE_TEST_CASE(no_more_of_them_are_kept_than_there_is_room_for, scrubbed) {
    std::vector<catalog_row> rows;
    for (int n = 1; n <= static_cast<int>(most_bad_copies) + 5; ++n) rows.push_back(copied(n));
    foreign().insert(rows);
    all_changes();
    copy_query query;
    query.archive = archive;
    query.limit = rows.size();
    std::vector<bad_copy> found;
    for (auto& one : ask(catalog().load_copies(query)).value().copies)
        found.push_back({std::move(one), "vanished", "gone", later});
    BOOST_TEST(found.size() == rows.size());
    keep(found);
    BOOST_TEST(kept().size() == most_bad_copies);
    // What is found once more is no further one.
    keep({found.front()});
    BOOST_TEST(kept().size() == most_bad_copies);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
