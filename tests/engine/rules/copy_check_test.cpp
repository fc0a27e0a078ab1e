// What an answer of the destination says of a copy that was verified: every combination of what it may say.
#include "engine/rules/copy_check.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(copy_check)

namespace {

file_row verified_row() {
    file_row row;
    row.id = 1;
    row.local_md5sum = "right";
    row.remote_md5sum = "right";
    row.remote_path = "17000/a";
    row.copied = 100;
    return row;
}

removed_day day_of(removal_choice choice, epoch_seconds chosen_at) { return {17000, 50, choice, chosen_at}; }

template <class Each>
void for_every_answer(Each each) {
    for (const bool answered : {false, true})
        for (const std::optional<std::string>& listed :
             {std::optional<std::string>(), std::optional<std::string>("A")})
            for (const std::optional<std::uint64_t> size :
                 {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(5),
                  std::optional<std::uint64_t>(6)})
                for (const std::optional<std::string>& md5 :
                     {std::optional<std::string>(), std::optional<std::string>("right"),
                      std::optional<std::string>("wrong")}) {
                    stat_answer answer;
                    answer.answered = answered;
                    answer.listed_as = listed;
                    answer.size = size;
                    answer.md5 = md5;
                    each(answer);
                }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_answer_is_judged_as_what_it_says) {
    const auto row = verified_row();
    int judged = 0;
    for_every_answer([&](const stat_answer& answer) {
        for (const auto depth : {check_depth::size, check_depth::content})
            for (const std::optional<std::uint64_t> bytes :
                 {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(5)}) {
                const auto found = judge_copy(row, bytes, std::nullopt, answer, depth);
                ++judged;
                const bool there = !answer.listed_as && answer.answered && answer.size;
                const bool other_size = there && bytes && *bytes != *answer.size;
                const bool read = depth == check_depth::content;
                BOOST_TEST((found == copy_finding::unanswered) ==
                           (!answer.listed_as &&
                            (!answer.answered || (there && !other_size && read && !answer.md5))));
                BOOST_TEST((found == copy_finding::vanished) ==
                           (answer.listed_as.has_value() || (answer.answered && !answer.size)));
                BOOST_TEST((found == copy_finding::wrong_size) == other_size);
                BOOST_TEST((found == copy_finding::wrong_content) ==
                           (there && !other_size && read && answer.md5 == "wrong"));
                BOOST_TEST((found == copy_finding::fine) ==
                           (there && !other_size && (!read || answer.md5 == "right")));
                BOOST_TEST(describe(found, row, bytes, answer).empty() == (found == copy_finding::fine));
                BOOST_TEST(is_bad(found) ==
                           (found != copy_finding::fine && found != copy_finding::unanswered));
            }
    });
    BOOST_TEST(judged == 2 * 2 * 3 * 3 * 2 * 2);
}

BOOST_AUTO_TEST_CASE(what_went_with_a_day_whose_removal_was_accepted_afterwards_is_no_loss) {
    const auto row = verified_row();
    stat_answer gone;
    gone.answered = true;
    for (const auto choice : {removal_choice::none, removal_choice::accepted, removal_choice::send_again})
        for (const double chosen_at : {99.0, 100.0, 101.0}) {
            const auto found = judge_copy(row, 5, day_of(choice, chosen_at), gone, check_depth::content);
            const bool accepted = choice == removal_choice::accepted && chosen_at >= *row.copied;
            BOOST_TEST((found == (accepted ? copy_finding::accepted : copy_finding::vanished)));
        }
    BOOST_TEST(!is_bad(copy_finding::accepted));
    // What is there and another content is not excused by that.
    stat_answer other = gone;
    other.size = 5;
    other.md5 = "wrong";
    BOOST_TEST((judge_copy(row, 5, day_of(removal_choice::accepted, 200), other, check_depth::content) ==
                copy_finding::wrong_content));
}

BOOST_AUTO_TEST_CASE(a_row_has_a_copy_while_it_is_verified_and_its_own) {
    auto row = verified_row();
    for (const bool verified : {false, true})
        for (const bool ignored : {false, true})
            for (const bool superseded : {false, true})
                for (const bool deleted_here : {false, true}) {
                    row.remote_md5sum = verified ? "right" : "wrong";
                    row.ignore = ignored;
                    row.removed = deleted_here ? std::optional(1.0) : std::nullopt;
                    BOOST_TEST(is_to_be_there(row, superseded) == (verified && !ignored && !superseded));
                }
}

BOOST_AUTO_TEST_CASE(portions_are_some_seconds_of_the_rate_and_bounded) {
    for (const auto depth : {check_depth::size, check_depth::content})
        for (const std::optional<double> rate :
             {std::optional<double>(), std::optional(1.0), std::optional(20e6), std::optional(1e12)}) {
            const auto portion = portion_at(rate, depth);
            BOOST_TEST(portion.files >= 1U);
            BOOST_TEST(portion.files <= 1000U);
            BOOST_TEST(portion.bytes <= 1'000'000'000U);
            BOOST_TEST((portion.bytes == 0) == (depth == check_depth::size));
        }
    BOOST_TEST(portion_at(20e6, check_depth::content).bytes == 100'000'000U);
    check_portion portion{5, 1000};
    int halved = 0;
    while (portion.halve()) ++halved;
    BOOST_TEST(halved == 2);
    BOOST_TEST(portion.files == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_read_faster_than_the_rate_is_waited_for) {
    BOOST_TEST(rest_after(std::nullopt, 1'000'000, 0) == 0);
    BOOST_TEST(rest_after(1e6, 5'000'000, 2) == 3);
    BOOST_TEST(rest_after(1e6, 5'000'000, 7) == 0);
    BOOST_TEST(rest_after(1e6, 0, 0) == 0);
}

BOOST_AUTO_TEST_CASE(a_large_file_is_read_at_the_rate_but_not_for_hours) {
    BOOST_TEST(!pace_within(std::nullopt, 1'000'000'000'000).has_value());
    BOOST_TEST(!pace_within(1e6, 5'000'000).has_value());
    BOOST_TEST(pace_within(1e6, 5'000'001).value() == 1e6);
    BOOST_TEST(pace_within(1e6, 600'000'000).value() == 1e6);
    BOOST_TEST(pace_within(1e6, 6'000'000'000).value() == 1e7);
}

BOOST_AUTO_TEST_SUITE_END()
