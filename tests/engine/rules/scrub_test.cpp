// The slow check of copies: when a round begins, what goes first, what follows from each finding, and what is
// said.
#include "engine/rules/scrub.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(scrub_rules)

namespace {

constexpr epoch_seconds now = 1.7e9;
constexpr double every = 100;

bad_copy bad(file_id id, copy_finding finding, const std::string& path = "17000/a") {
    bad_copy found;
    found.copy.file.row.id = id;
    found.copy.file.row.remote_path = path;
    found.finding = std::string(name_of(finding));
    found.reason = "why";
    return found;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_round_covers_what_was_there_when_it_began_and_proves_what_was_verified_before) {
    scrub_state s;
    BOOST_TEST(until_next_round(s, every, now) == 0);
    BOOST_TEST(!oldest_check(s).has_value());
    s = begin_round(s, 10, now);
    BOOST_TEST(!s.over);
    BOOST_TEST(s.last == 10);
    BOOST_TEST(until_next_round(s, every, now + 1) == 0);
    s = go_on(s, 4, false, now + 2);
    BOOST_TEST(s.reached == 4);
    BOOST_TEST(!oldest_check(s).has_value());
    BOOST_TEST(s.ended == 0);
    BOOST_TEST(round_done(s).value() == 0.4);
    s = go_on(s, 7, true, now + 5);
    BOOST_TEST(s.over);
    BOOST_TEST(s.ended == now + 5);
    BOOST_TEST(!round_done(s).has_value());
    BOOST_TEST(*oldest_check(s) == now);
    // The one before holds until another one is over.
    s = begin_round(s, 20, now + 100);
    BOOST_TEST(s.reached == 0);
    BOOST_TEST(*oldest_check(s) == now);
    s = go_on(s, 20, true, now + 130);
    BOOST_TEST(*oldest_check(s) == now + 100);
}

BOOST_AUTO_TEST_CASE(the_next_round_begins_when_it_is_time_or_at_once_after_one_that_took_longer) {
    auto s = go_on(begin_round({}, 10, now), 10, true, now + 1);
    for (const double after : {0.0, 1.0, 99.0, 100.0, 101.0, 1e6})
        BOOST_TEST(until_next_round(s, every, now + after) == std::max(0.0, every - after));
    // A clock that was set back.
    BOOST_TEST(until_next_round(s, every, now - 1000) == 0);
}

BOOST_AUTO_TEST_CASE(beside_copies_and_deletions_it_has_a_share_and_whatever_else_goes_first) {
    BOOST_TEST((scrub_pace_of({}) == scrub_pace::full));
    for (int bits = 0; bits < 64; ++bits) {
        const auto bit = [&](int n) { return (bits >> n & 1) != 0; };
        const scrub_surroundings s{bit(0), !bit(1), bit(2), bit(3), bit(4), bit(5)};
        const bool never = bit(0) || bit(1) || bit(4) || bit(5);
        const bool busy = bit(2) || bit(3);
        BOOST_TEST((scrub_pace_of(s) == scrub_pace::none) == never);
        BOOST_TEST((scrub_pace_of(s) == scrub_pace::share) == (!never && busy));
    }
}

BOOST_AUTO_TEST_CASE(what_vanished_with_its_day_is_that_conditions) {
    auto one = bad(1, copy_finding::vanished);
    BOOST_TEST(!is_of_removed_day(one));
    one.copy.day = removed_day{17000, 10, removal_choice::none, 0};
    BOOST_TEST(is_of_removed_day(one));
    one.finding = std::string(name_of(copy_finding::wrong_content));
    BOOST_TEST(!is_of_removed_day(one));
    one.finding = std::string(name_of(copy_finding::vanished));
    one.copy.day->choice = removal_choice::send_again;
    BOOST_TEST(!is_of_removed_day(one));
}

BOOST_AUTO_TEST_CASE(of_samples_the_smallest_are_read_as_far_as_the_bytes_go) {
    using flags = std::vector<bool>;
    BOOST_TEST((sampled_by_content({}, 100).empty()));
    BOOST_TEST((sampled_by_content({40, 60, std::nullopt, 1}, 100) == flags{true, false, false, true}));
    BOOST_TEST((sampled_by_content({40, 59, std::nullopt, 1}, 100) == flags{true, true, false, true}));
    BOOST_TEST((sampled_by_content({101, 0}, 100) == flags{false, true}));
    BOOST_TEST((sampled_by_content({30, 30, 30, 30}, 100) == flags{true, true, true, false}));
}

BOOST_AUTO_TEST_CASE(what_follows_from_each_finding) {
    file_row row;
    row.copied = 100;
    for (const auto finding :
         {copy_finding::fine, copy_finding::accepted, copy_finding::vanished, copy_finding::wrong_size,
          copy_finding::wrong_content, copy_finding::unanswered})
        for (const auto here : {local_file::here, local_file::gone, local_file::not_known})
            for (const auto choice :
                 {removal_choice::none, removal_choice::accepted, removal_choice::send_again})
                for (const double chosen_at : {50.0, 150.0}) {
                    const removed_day day{17000, 10, choice, chosen_at};
                    const auto step = judge_scrubbed(finding, row, here, day);
                    const bool fine = finding == copy_finding::fine || finding == copy_finding::accepted;
                    const bool other =
                        finding == copy_finding::wrong_size || finding == copy_finding::wrong_content;
                    const bool asked = finding == copy_finding::vanished &&
                                       choice == removal_choice::send_again && chosen_at > *row.copied;
                    BOOST_TEST((step == scrub_step::none) == fine);
                    BOOST_TEST((step == scrub_step::mend) == ((other || asked) && here == local_file::here));
                    // What vanished is never sent again by itself.
                    BOOST_TEST((judge_scrubbed(finding, row, here, std::nullopt) == scrub_step::mend) ==
                               (other && here == local_file::here));
                }
}

BOOST_AUTO_TEST_CASE(the_condition_names_how_many_the_first_and_what_to_do) {
    const auto one = tell_bad_copies("hk", "there:/base", {bad(3, copy_finding::wrong_content)});
    BOOST_TEST(one.starts_with("1 copy is not at there:/base as it was verified (1 with other content)"),
               one);
    BOOST_TEST(holds(one, "17000/a (id 3: why)"), one);
    BOOST_TEST(holds(one, "suprsync verify hk --requeue"), one);
    BOOST_TEST(!holds(one, "accept-removal"), one);
    std::vector<bad_copy> many;
    for (file_id id = 1; id <= 5; ++id)
        many.push_back(bad(id, id < 3 ? copy_finding::wrong_size : copy_finding::vanished, "17001/x"));
    many.push_back(bad(6, copy_finding::unanswered));
    const auto text = tell_bad_copies("hk", "there:/base", many);
    BOOST_TEST(text.starts_with("6 copies are not at there:/base as they were verified"), text);
    for (const auto* part :
         {"1 cannot be read", "3 vanished", "2 with other content", "id 3: ", " ...", "suprsync ignore ID"})
        BOOST_TEST(holds(text, part), text);
    BOOST_TEST(!holds(text, "id 4: "), text);
    many.resize(most_bad_copies, bad(9, copy_finding::vanished));
    BOOST_TEST(tell_bad_copies("hk", "there", many).starts_with("at least 1000 copies"));
}

BOOST_AUTO_TEST_CASE(samples_lie_evenly_among_all_ids) {
    BOOST_TEST(sample_points(0, 20).empty());
    BOOST_TEST(sample_points(3, 20) == (std::vector<file_id>{0, 1, 2}), boost::test_tools::per_element());
    const auto points = sample_points(1'000'000, 20);
    BOOST_TEST(points.size() == 20U);
    for (std::size_t i = 0; i < points.size(); ++i) BOOST_TEST(points[i] == static_cast<file_id>(i) * 50'000);
}

BOOST_AUTO_TEST_SUITE_END()
