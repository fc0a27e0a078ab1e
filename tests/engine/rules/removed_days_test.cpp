// Days that are removed at the destination: what is done with their files.
#include "engine/rules/removed_days.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/rules/delete_guard.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(removed_days)

namespace {

using step = deletion_step;

constexpr epoch_seconds now = 1.7e9;

// A file of which the destination has no copy any more.
deletion_facts missing() {
    deletion_facts f;
    f.item.row.id = 1;
    f.item.row.remote_path = "17000/smurf/a";
    f.item.row.local_md5sum = "11111111111111111111111111111111";
    f.item.row.remote_md5sum = f.item.row.local_md5sum;
    f.item.row.timestamp = now - 1001;
    f.item.row.copied = now - 500;
    f.item.identity = file_identity{1, 2, 300, 4};
    f.now = now;
    f.delete_local_after = 1000;
    f.local = f.item.identity;
    f.remote = stat_answer{true, std::nullopt, std::nullopt};
    return f;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_choice_is_about_what_was_copied_before_it) {
    file_row row;
    row.copied = 100;
    BOOST_TEST((judge_removed_copy(row, std::nullopt) == removal_choice::none));
    for (const auto choice : {removal_choice::none, removal_choice::accepted, removal_choice::send_again}) {
        BOOST_TEST((judge_removed_copy(row, removed_day{17000, 50, choice, 100}) == choice));
        BOOST_TEST((judge_removed_copy(row, removed_day{17000, 50, choice, 99}) == removal_choice::none));
    }
    row.copied.reset();  // verified by another program
    BOOST_TEST((judge_removed_copy(row, removed_day{17000, 50, removal_choice::accepted, 99}) ==
                removal_choice::accepted));
}

BOOST_AUTO_TEST_CASE(a_copy_has_gone_with_its_day_where_it_was_made_before_that_and_nobody_wants_it_back) {
    file_row row;
    row.copied = 100;
    BOOST_TEST(!went_with_day(row, std::nullopt));
    // Noticed at 50 or 100, chosen at 99 or 100.
    for (const double noticed : {50.0, 100.0})
        for (const double chosen : {99.0, 100.0}) {
            BOOST_TEST(went_with_day(row, removed_day{17000, noticed, removal_choice::none, 0}) ==
                       (noticed == 100));
            BOOST_TEST(went_with_day(row, removed_day{17000, noticed, removal_choice::accepted, chosen}) ==
                       (chosen == 100));
            BOOST_TEST(!went_with_day(row, removed_day{17000, noticed, removal_choice::send_again, chosen}));
        }
}

BOOST_AUTO_TEST_CASE(files_are_given_back_their_attempts_for_a_whole_day_or_for_some_of_it) {
    for (const auto* whole : {"", "1", "17000", "17000/"}) BOOST_TEST(is_all_of_day(17000, whole), whole);
    for (const auto* part : {"17000/smurf", "17001/", "170000"})
        BOOST_TEST(!is_all_of_day(17000, part), part);
    BOOST_TEST(is_all_of_day(17000, std::nullopt));
    BOOST_TEST(is_all_of_day(7, "00007/"));
}

BOOST_AUTO_TEST_CASE(a_missing_copy_is_sent_again_only_where_its_day_is_there) {
    auto f = missing();
    BOOST_TEST((guard_deletion(f).step == step::ask_day));
    f.day_stands = true;
    BOOST_TEST((guard_deletion(f).step == step::vanished));
    f.day_stands = false;
    BOOST_TEST((guard_deletion(f).step == step::day_removed));
    f.item.vanished = 1;  // once more is no reason to send it, or to fail it
    BOOST_TEST((guard_deletion(f).step == step::day_removed));
    f.item.day = removed_day{17000, now - 100, removal_choice::none, 0};
    BOOST_TEST((guard_deletion(f).step == step::day_removed));
    f.item.day->choice = removal_choice::send_again;
    f.item.day->chosen_at = now - 50;
    BOOST_TEST((guard_deletion(f).step == step::lost_again));
    f.item.vanished = 0;
    BOOST_TEST((guard_deletion(f).step == step::vanished));
    f.item.day->choice = removal_choice::accepted;
    BOOST_TEST((guard_deletion(f).step == step::ask_catalog));
    f.catalog_agrees = true;
    BOOST_TEST((guard_deletion(f).step == step::remove));
    f.item.row.copied = now - 10;  // after it was said
    BOOST_TEST((guard_deletion(f).step == step::day_removed));
    f.day_stands = true;
    BOOST_TEST((guard_deletion(f).step == step::vanished));
}

BOOST_AUTO_TEST_CASE(without_a_timecode_there_is_no_day) {
    auto f = missing();
    f.item.row.remote_path = "smurf/a";
    BOOST_TEST((guard_deletion(f).step == step::vanished));
}

BOOST_AUTO_TEST_SUITE_END()
