// Copies that a failed sync made doubtful: what is not deleted and not announced until it is read anew,
// across restarts, and what was on its way when the sync failed.
#include <boost/test/unit_test.hpp>

#include "engine/rules/row_state.hpp"
#include "tests/storage/catalog/doubtful_database.hpp"
#include "tests/support/file_row.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_proof)

BOOST_AUTO_TEST_CASE(nothing_is_doubtful_before_a_sync_failed) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1))});
    BOOST_TEST(d.next().all);
    BOOST_TEST(!d.unproved());
    BOOST_TEST(d.may_go() == ids{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_verified_is_not_deleted_until_it_is_proved_anew) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2)), verified(row_of(3))});
    const auto seen = d.load_deletable().value();
    d.distrust();
    BOOST_TEST(d.unproved());
    BOOST_TEST(d.may_go().empty());
    for (const bool may : d.may_delete({seen[0].row, seen[2].row}).value()) BOOST_TEST(!may);
    const auto some = d.next(2);
    BOOST_TEST(some.files.size() == 2U);
    BOOST_TEST(some.scanned_to == 2);
    BOOST_TEST(!some.all);
    d.prove({1, 2}, some.scanned_to);
    BOOST_TEST(d.may_go() == (ids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(d.next_ids() == ids{3}, boost::test_tools::per_element());
    BOOST_TEST(d.unproved());
    d.prove({3}, d.next().scanned_to);
    BOOST_TEST(d.next().all);
    BOOST_TEST(!d.unproved());
    BOOST_TEST(d.may_go() == (ids{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_deleted_pending_or_of_another_archive_is_not_read_anew) {
    doubtful_database d;
    auto removed = verified(row_of(1));
    removed.removed = early;
    auto kept = verified(row_of(4));
    kept.deletable = false;
    d.foreign().insert(
        {removed, row_of(2), verified(row_of(3, "other")), kept, ignored(verified(row_of(5)))});
    d.distrust();
    BOOST_TEST(d.next_ids() == ids{4}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(it_is_known_after_a_restart) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2))});
    d.distrust();
    d.prove({1}, 1);
    d.close();
    d.make_ready();
    BOOST_TEST(d.unproved());
    BOOST_TEST(d.next_ids() == ids{2}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_on_its_way_is_read_anew_when_it_is_verified) {
    doubtful_database d;
    d.foreign().insert({row_of(1), verified(row_of(2))});
    d.distrust();
    d.prove({2}, d.next().scanned_to);
    BOOST_TEST(!d.unproved());
    // Some of it may have been written before the sync failed.
    d.record_verified({1}, std::nullopt);
    BOOST_TEST(d.unproved());
    BOOST_TEST(d.may_go() == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(d.next_ids() == ids{1}, boost::test_tools::per_element());
    d.prove({1}, d.next().scanned_to);
    BOOST_TEST(!d.unproved());
    BOOST_TEST(d.next().all);
}

BOOST_AUTO_TEST_CASE(what_was_looked_at_and_not_proved_stays_doubtful_alone) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2)), verified(row_of(3))});
    d.distrust();
    const auto all = d.next();
    d.prove({1, 3}, all.scanned_to);
    BOOST_TEST(d.unproved());
    BOOST_TEST(d.may_go() == (ids{1, 3}), boost::test_tools::per_element());
    BOOST_TEST(d.next_ids() == ids{2}, boost::test_tools::per_element());
    d.prove({2}, d.next().scanned_to);
    BOOST_TEST(!d.unproved());
}

BOOST_AUTO_TEST_CASE(what_was_left_is_told_after_a_place_page_by_page) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2)), verified(row_of(3)), verified(row_of(4)),
                        verified(row_of(5, "other"))});
    d.distrust();
    d.ask(d.catalog().distrust_copies("other")).value();
    const auto passed = d.next();
    BOOST_TEST(passed.after == passed.scanned_to);
    BOOST_TEST(!passed.round_over);
    d.prove({3}, passed.scanned_to);
    // What was read in vain is not asked for again in the same round.
    BOOST_TEST(d.after(passed.after).round_over);
    BOOST_TEST(!d.after(passed.after).all);
    d.prove({}, d.next(100, "other").scanned_to, "other");
    const auto page = [&](file_id after, file_id first, file_id second, file_id next) {
        const auto found = d.after(after, 2);
        BOOST_REQUIRE(found.files.size() == (second ? 2U : 1U));
        BOOST_TEST(found.files.front().row.id == first);
        if (second) BOOST_TEST(found.files.back().row.id == second);
        BOOST_TEST(found.after == next);
        BOOST_TEST(!found.round_over);
    };
    page(0, 1, 2, 2);
    page(2, 4, 0, 4);
    const auto over = d.after(4, 2);
    BOOST_TEST(over.files.empty());
    BOOST_TEST(over.round_over);
    BOOST_TEST(!over.all);
}

BOOST_AUTO_TEST_CASE(what_is_verified_while_others_are_read_is_read_anew) {
    doubtful_database d;
    d.foreign().insert({row_of(1), verified(row_of(2))});
    d.distrust();
    const auto loaded = d.next();
    d.record_verified({1}, std::nullopt);
    d.prove({2}, loaded.scanned_to);
    BOOST_TEST(d.next_ids() == ids{1}, boost::test_tools::per_element());
    BOOST_TEST(d.may_go() == ids{2}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_row_that_is_deleted_changed_or_superseded_holds_nothing_up) {
    for (const auto* what :
         {"DELETE FROM supersync_v0 WHERE id = 1", "UPDATE supersync_v0 SET removed = 1 WHERE id = 1",
          "UPDATE supersync_v0 SET remote_md5sum = NULL WHERE id = 1"}) {
        doubtful_database d;
        d.foreign().insert({verified(row_of(1)), verified(row_of(2))});
        d.distrust();
        d.prove({2}, d.next().scanned_to);
        BOOST_TEST(d.unproved());
        d.foreign().execute(what);
        const auto listed = d.next();
        BOOST_TEST(!is_verified(listed.files.at(0).row), what);
        d.prove({1}, listed.scanned_to);
        BOOST_TEST(!d.unproved(), what);
    }
    doubtful_database d;
    auto later_version = verified(row_of(1));
    later_version.timestamp += 10;
    d.foreign().insert({verified(row_of(1)), later_version});
    d.distrust();
    BOOST_TEST(d.next_ids() == ids{2}, boost::test_tools::per_element());
    d.prove({2}, d.next().scanned_to);
    BOOST_TEST(!d.unproved());
}

BOOST_AUTO_TEST_CASE(what_is_registered_after_it_is_not_doubtful) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1))});
    d.distrust();
    d.foreign().insert({row_of(2)});
    d.record_verified({2}, std::nullopt);
    BOOST_TEST(d.may_go() == ids{2}, boost::test_tools::per_element());
    BOOST_TEST(d.next_ids() == ids{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_second_failure_makes_all_doubtful_again) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2))});
    d.distrust();
    d.prove({1, 2}, d.next().scanned_to);
    d.distrust();
    BOOST_TEST(d.next_ids() == (ids{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(another_archive_on_the_same_file_system_is_doubtful_as_well) {
    doubtful_database d;
    d.foreign().insert(
        {verified(row_of(1)), verified(row_of(2, "beside")), verified(row_of(3, "elsewhere"))});
    d.serve("beside", max_attempts, "here:/base/beside").value();
    d.serve("elsewhere", max_attempts, "there:/base").value();
    const auto lies_at = [&](const std::string& name, const base_identity& base) {
        d.ask(d.catalog().remember_base(name, base)).value();
    };
    lies_at("data", {"5f", 1});
    lies_at("beside", {"5f", 2});
    lies_at("elsewhere", {"60", 1});
    d.distrust();
    BOOST_TEST(d.unproved());
    BOOST_TEST(d.unproved("beside"));
    BOOST_TEST(!d.unproved("elsewhere"));
}

BOOST_AUTO_TEST_CASE(a_base_directory_that_is_not_recorded_may_be_on_any_file_system) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2, "beside"))});
    d.serve("beside", max_attempts, "here:/base/beside").value();
    d.ask(d.catalog().remember_base("beside", {"5f", 2})).value();
    d.distrust();
    BOOST_TEST(d.unproved("beside"));
}

BOOST_AUTO_TEST_CASE(whether_copies_are_in_doubt_is_told_of_each) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2)), verified(row_of(3, "other"))});
    const auto told = [&] {
        std::vector<file_row> rows;
        for (const auto& shared : d.foreign().rows()) rows.push_back(file_row_of(shared));
        return d.ask(d.catalog().doubtful_copies(rows)).value();
    };
    BOOST_TEST((told() == std::vector<bool>{false, false, false}));
    d.foreign().execute("INSERT INTO suprsync_failed_syncs VALUES ('" + std::string(archive) + "', 1, 2)");
    BOOST_TEST((told() == std::vector<bool>{false, true, false}));
    d.foreign().execute("INSERT INTO suprsync_unproved (file_id, archive) VALUES (1, '" +
                        std::string(archive) + "')");
    BOOST_TEST((told() == std::vector<bool>{true, true, false}));
}

BOOST_AUTO_TEST_CASE(while_copies_are_in_doubt_no_more_is_promised) {
    doubtful_database d;
    d.foreign().insert(verified(row_of(1)));
    BOOST_TEST(d.promise_finalized_until(early + 10).value() == early + 10);
    d.distrust();
    BOOST_TEST(d.promise_finalized_until(early + 20).value() == early + 10);
    d.prove({1}, 1);
    BOOST_TEST(d.promise_finalized_until(early + 20).value() == early + 20);
}

BOOST_AUTO_TEST_CASE(a_doubtful_copy_in_another_archive_keeps_the_local_file) {
    doubtful_database d;
    d.serve("other", max_attempts, "elsewhere:/base").value();
    d.remember_base({"one file system", 2}).value();
    d.ask(d.catalog().remember_base("other", {"another file system", 2})).value();
    d.foreign().insert({verified(row_of(1)), verified(row_of(1, "other"))});
    const auto seen = d.load_deletable().value().at(0);
    BOOST_TEST(!seen.wanted_elsewhere);
    d.distrust("other");
    BOOST_TEST(d.load_deletable().value().at(0).wanted_elsewhere);
    BOOST_TEST(!d.may_delete({seen.row}).value().at(0));
    d.prove({2}, 2, "other");
    BOOST_TEST(!d.load_deletable().value().at(0).wanted_elsewhere);
    BOOST_TEST(d.may_delete({seen.row}).value().at(0));
}

BOOST_AUTO_TEST_CASE(a_day_is_not_announced_whose_copies_became_doubtful_after_it_was_summarized) {
    doubtful_database d;
    d.foreign().insert({verified(row_of(1))});
    d.all_changes();
    const auto summary = d.summarize(17000).value();
    d.distrust();
    const auto refused = d.register_finalization(summary, finalization_of(17000, later), later);
    BOOST_TEST((refused.error().code == failure_code::changed));
    d.prove({1}, 1);
    BOOST_TEST(d.register_finalization(summary, finalization_of(17000, later), later).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
