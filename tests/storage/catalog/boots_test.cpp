// The machine at a destination that was started anew: which copies may not have come to its disk.
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_boots)

namespace {

struct destination_machine : ready_database {
    /// Registers these rows, and verifies them here, as the daemon does.
    void copy(const std::vector<catalog_row>& rows) {
        ids files;
        for (const auto& row : rows) files.push_back(foreign().insert(row));
        all_changes();
        record_verified(files);
    }
    std::int64_t meet(const std::string& boot, const std::string& name = archive) {
        return ask(catalog().meet_boot(name, boot, 0)).value();
    }
    std::int64_t place() { return ask(catalog().sync_place(archive)).value(); }
    void synced_to(std::int64_t place) { ask(catalog().meet_boot(archive, "one", place)).value(); }
    ids doubtful(const std::string& name = archive) {
        ids found;
        const auto copies = ask(catalog().load_unproved(name, 0, 100)).value();
        for (const auto& file : copies.files) {
            found.push_back(file.row.id);
            BOOST_TEST(copies.after_new_start.contains(file.row.id));
        }
        return found;
    }
    bool any_doubtful(const std::string& name = archive) {
        return ask(catalog().memory(name)).value().unproved;
    }
    void prove(const ids& files) {
        const auto copies = ask(catalog().load_unproved(archive, 0, 100)).value();
        ask(catalog().record_proved(archive, files, copies.scanned_to)).value();
    }
    std::int64_t noted() {
        return foreign().number("SELECT count(*) FROM suprsync_unsynced WHERE file_id <> 0");
    }
};

catalog_row at(int n, const std::string& remote_path) {
    auto row = row_of(n);
    row.remote_path = remote_path;
    return row;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_first_machine_that_answers_makes_nothing_doubtful, destination_machine) {
    copy({row_of(1)});
    BOOST_TEST(meet("one") == 0);
    BOOST_TEST(meet("one") == 0);
    BOOST_TEST(!any_doubtful());
}

BOOST_FIXTURE_TEST_CASE(after_a_new_start_what_was_verified_since_the_last_sync_is_doubtful,
                        destination_machine) {
    meet("one");
    meet("one", "other");
    copy({row_of(1), row_of(2)});
    synced_to(place());
    // Whatever its directory: another one, none, that of a day that was announced, an announcement.
    copy({row_of(3), at(4, "no_timecode"), at(5, "17001/a"),
          at(6, "17000/suprsync/srv/1_data_16999_finalized.yaml")});
    foreign().insert(row_of(7));
    copy({row_of(8, "other")});
    BOOST_TEST(meet("two") == 4);
    BOOST_TEST(doubtful() == (ids{3, 4, 5, 6}), boost::test_tools::per_element());
    BOOST_TEST(!any_doubtful("other"));
    const auto due = load_deletable().value();
    BOOST_TEST(due.size() == 2U);
    prove({3, 4, 5, 6});
    BOOST_TEST(!any_doubtful());
    BOOST_TEST(load_deletable().value().size() == 6U);
}

BOOST_FIXTURE_TEST_CASE(a_day_is_not_announced_whose_copies_are_doubtful_after_a_new_start,
                        destination_machine) {
    meet("one");
    copy({row_of(1)});
    const auto summary = summarize(17000).value();
    meet("two");
    BOOST_TEST(!register_finalization(summary, finalization_of(17000, later), later).has_value());
    prove({1});
    BOOST_TEST(register_finalization(summary, finalization_of(17000, later), later).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_was_verified_while_a_sync_ran_is_not_taken_for_synced, destination_machine) {
    meet("one");
    copy({row_of(1)});
    const auto begun = place();
    copy({row_of(2)});
    synced_to(begun);
    BOOST_TEST(noted() == 1);
    // Another one, that began later and ended before.
    const auto later_one = place();
    synced_to(later_one);
    BOOST_TEST(noted() == 0);
    BOOST_TEST(place() == 0);
    copy({row_of(3)});
    synced_to(later_one);
    BOOST_TEST(noted() == 1);
    BOOST_TEST(meet("two") == 1);
    BOOST_TEST(doubtful() == ids{3}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_is_deleted_or_changed_since_is_not_doubtful, destination_machine) {
    meet("one");
    copy({row_of(1), row_of(2), row_of(3)});
    foreign().execute("DELETE FROM supersync_v0 WHERE id = 1");
    foreign().execute("UPDATE supersync_v0 SET removed = 5 WHERE id = 2");
    foreign().execute("UPDATE supersync_v0 SET remote_md5sum = NULL WHERE id = 3");
    BOOST_TEST(meet("two") == 0);
    BOOST_TEST(!any_doubtful());
}

// People say what becomes of it.
BOOST_FIXTURE_TEST_CASE(what_went_with_a_day_that_was_removed_there_is_not_doubtful, destination_machine) {
    meet("one");
    copy({row_of(1), at(2, "17001/a")});
    ask(catalog().record_removed_days(archive, {17001}, later)).value();
    BOOST_TEST(meet("two") == 1);
    BOOST_TEST(doubtful() == ids{1}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_came_to_a_day_after_its_removal_is_doubtful, destination_machine) {
    meet("one");
    ask(catalog().record_removed_days(archive, {17000}, early)).value();  // before the copies of copy()
    copy({row_of(1)});
    BOOST_TEST(meet("two") == 1);
    prove({1});
    ask(catalog().choose_for_removed_day(archive, 17000, removal_choice::accepted, early)).value();
    copy({row_of(2)});
    BOOST_TEST(meet("three") == 1);
    BOOST_TEST(doubtful() == ids{2}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_was_copied_before_a_new_start_and_recorded_after_it_is_doubtful,
                        destination_machine) {
    meet("one");
    const auto id = foreign().insert(row_of(1));
    all_changes();
    meet("two");
    file_outcome copied;
    copied.seen = row(id);
    copied.remote_md5sum = copied.seen.local_md5sum;
    copied.verified = true;
    copied.read_anew = true;
    record({copied}).value();
    synced_to(place());
    BOOST_TEST(doubtful() == ids{id}, boost::test_tools::per_element());
}

// The one that is here yet may be needed for the other.
BOOST_FIXTURE_TEST_CASE(a_local_file_is_kept_until_the_copy_of_another_archive_is_synced,
                        destination_machine) {
    auto other = row_of(1, "other");
    const auto mine = foreign().insert(verified(row_of(1)));
    copy({other});
    const auto wanted = [&] { return load_deletable().value().at(0).wanted_elsewhere; };
    BOOST_TEST(row(mine).local_path == other.local_path);
    BOOST_TEST(wanted());
    BOOST_TEST(!may_delete({row(mine)}).value().at(0));
    const auto to = ask(catalog().sync_place("other")).value();
    ask(catalog().meet_boot("other", "one", to)).value();
    BOOST_TEST(!wanted());
    BOOST_TEST(may_delete({row(mine)}).value().at(0));
}

BOOST_FIXTURE_TEST_CASE(many_copies_become_doubtful_and_are_forgotten_in_portions, destination_machine) {
    meet("one");
    std::vector<catalog_row> rows;
    for (int n = 1; n <= 1200; ++n) rows.push_back(row_of(n));
    copy(rows);
    BOOST_TEST(meet("two") == 1200);
    BOOST_TEST(noted() == 0);
    foreign().execute(R"(WITH RECURSIVE n(i) AS (SELECT 2000 UNION ALL SELECT i + 1 FROM n WHERE i < 14000)
        INSERT INTO suprsync_unsynced SELECT 'data', i, 1 FROM n)");
    synced_to(place());
    BOOST_TEST(noted() == 0);
    BOOST_TEST(place() == 0);
}

BOOST_FIXTURE_TEST_CASE(what_was_ignored_at_a_new_start_is_doubtful_when_it_is_not_any_more,
                        destination_machine) {
    meet("one");
    copy({row_of(1), row_of(2)});
    foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 1");
    all_changes();
    BOOST_TEST(meet("two") == 1);
    prove({2});
    BOOST_TEST(!any_doubtful());
    foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 0 WHERE id = 1");
    all_changes();
    BOOST_TEST(doubtful() == ids{1}, boost::test_tools::per_element());
    prove({1});
    BOOST_TEST(!any_doubtful());
}

// Another file may have taken its place meanwhile.
BOOST_FIXTURE_TEST_CASE(what_was_ignored_for_a_time_is_doubtful, destination_machine) {
    copy({row_of(1), row_of(2)});
    foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 1");
    all_changes();
    BOOST_TEST(!any_doubtful());
    foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 0 WHERE id = 1");
    all_changes();
    BOOST_TEST(doubtful() == ids{1}, boost::test_tools::per_element());
    prove({1});
    BOOST_TEST(!any_doubtful());
}

// While it was ignored, nobody read its copy anew.
BOOST_FIXTURE_TEST_CASE(what_was_ignored_while_the_others_were_read_anew_is_doubtful_when_it_is_not_any_more,
                        destination_machine) {
    copy({row_of(1), row_of(2)});
    foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 1");
    all_changes();
    ask(catalog().distrust_copies(archive)).value();
    prove({2});
    BOOST_TEST(!any_doubtful());
    foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 0 WHERE id = 1");
    all_changes();
    BOOST_TEST(any_doubtful());
    prove({1});
    BOOST_TEST(!any_doubtful());
}

BOOST_FIXTURE_TEST_CASE(it_outlives_the_program, destination_machine) {
    meet("one");
    copy({row_of(1), row_of(2)});
    close();
    make_ready();
    BOOST_TEST(meet("two") == 2);
    prove({1});
    close();
    make_ready();
    BOOST_TEST(doubtful() == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(meet("two") == 0);
}

BOOST_FIXTURE_TEST_CASE(machines_that_answer_in_turn_are_known_after_the_first_turn, destination_machine) {
    meet("one");
    copy({row_of(1)});
    BOOST_TEST(meet("two") == 1);
    copy({row_of(2)});
    BOOST_TEST(meet("one") == 0);
    BOOST_TEST(meet("two") == 0);
}

BOOST_FIXTURE_TEST_CASE(of_many_machines_the_last_ones_are_remembered, destination_machine) {
    for (int n = 0; n < 40; ++n) meet(std::to_string(n));
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_boots") == 32);
    copy({row_of(1)});
    BOOST_TEST(meet("39") == 0);
    BOOST_TEST(meet("8") == 0);
    BOOST_TEST(meet("7") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_destination_that_tells_no_start_has_its_syncs_counted_all_the_same,
                        destination_machine) {
    copy({row_of(1)});
    BOOST_TEST(ask(catalog().meet_boot(archive, "", place())).value() == 0);
    BOOST_TEST(noted() == 0);
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_boots") == 0);
}

BOOST_FIXTURE_TEST_CASE(what_a_failed_sync_made_doubtful_stays_so_after_a_new_start, destination_machine) {
    meet("one");
    copy({row_of(1), row_of(2)});
    ask(catalog().distrust_copies(archive)).value();
    meet("two");
    const auto copies = ask(catalog().load_unproved(archive, 0, 100)).value();
    BOOST_TEST(copies.files.size() == 2U);
    BOOST_TEST(copies.after_new_start.empty());  // memory alone is no proof
    ask(catalog().record_proved(archive, {1}, copies.scanned_to)).value();
    const auto left = ask(catalog().load_unproved(archive, 0, 100)).value();
    BOOST_TEST(left.files.size() == 1U);
    BOOST_TEST(left.after_new_start.empty());
    prove({2});
    BOOST_TEST(!any_doubtful());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
