// The slots of staging: which may be taken, how long those that others hold are left alone, and where parts
// of files lie. Each question over all states that it depends on.
#include "engine/rules/staging_slots.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(staging_slots_rules)

namespace {

constexpr epoch_seconds t0 = 1.7e9;
using slots = std::vector<int>;

std::string text_of(const std::vector<staged_file>& files) {
    std::vector<std::string> each;
    for (const auto& f : files)
        each.push_back(std::to_string(f.slot) + ":" + f.remote_path + ":" + std::to_string(f.size));
    std::sort(each.begin(), each.end());
    std::string all;
    for (const auto& e : each) all += (all.empty() ? "" : " ") + e;
    return all;
}

}  // namespace

// Every slot is in use or not, held or not (or held no longer), and has part of a waiting file or not.
BOOST_AUTO_TEST_CASE(a_batch_takes_a_slot_that_is_free_and_that_no_file_waits_for_first) {
    for (int state = 0; state < 16; ++state) {
        const bool used = state & 1, held = state & 2, pause_over = state & 4, awaited = state & 8;
        staging_slots s(2);
        if (held) s.found_locked(0, t0);
        if (used) s.take(0, {"other"});
        if (awaited) s.left("a", 0);
        const auto now = pause_over ? t0 + staging_slots::first_pause : t0;
        slots expected{1};
        if (!used && (!held || pause_over)) expected = awaited ? slots{1, 0} : slots{0, 1};
        BOOST_TEST(s.free(now) == expected, boost::test_tools::per_element());
        BOOST_TEST(s.in_use() == (used ? slots{0} : slots{}), boost::test_tools::per_element());
        BOOST_TEST(s.not_in_use() == (used ? slots{1} : slots{0, 1}), boost::test_tools::per_element());
        BOOST_TEST(s.any_locked() == held);
        BOOST_TEST(s.next_check().has_value() == (held && !used));
    }
}

BOOST_AUTO_TEST_CASE(the_file_of_a_running_batch_keeps_no_slot_for_itself) {
    staging_slots s(2);
    s.left("a", 0);
    s.take(1, {"a"});
    BOOST_TEST(s.free(t0) == slots{0}, boost::test_tools::per_element());
    BOOST_TEST(s.resting().empty());
    s.release(1);
    BOOST_TEST(s.free(t0) == (slots{1, 0}), boost::test_tools::per_element());
    BOOST_TEST(text_of(s.resting()) == "0:a:0");
}

BOOST_AUTO_TEST_CASE(paths_are_in_flight_from_take_to_release) {
    staging_slots s(2);
    s.take(0, {"a", "b"});
    s.take(1, {"c"});
    s.release(0);
    BOOST_TEST(!s.in_flight("a"));
    BOOST_TEST(!s.in_flight("b"));
    BOOST_TEST(s.in_flight("c"));
}

BOOST_AUTO_TEST_CASE(paths_that_differ_by_case_alone_are_not_in_flight_together) {
    staging_slots s(2);
    s.take(0, {"17000/IV.dat"});
    BOOST_TEST(s.in_flight("17000/iv.DAT"));
    s.release(0);
    BOOST_TEST(!s.in_flight("17000/IV.dat"));
    BOOST_TEST(!s.in_flight("17000/iv.DAT"));
}

BOOST_AUTO_TEST_CASE(a_held_slot_is_left_alone_longer_and_longer_up_to_a_limit) {
    staging_slots s(1);
    auto now = t0;
    const double pauses[] = {5, 5, 5, 10, 15, 20};
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(s.found_locked(0, now) == i + 1);
        const double expected = i < 6 ? pauses[i] : std::min(300.0, 5.0 * (i - 1));
        BOOST_REQUIRE(s.next_check().has_value());
        BOOST_TEST(*s.next_check() == now + expected);
        BOOST_TEST(s.free(now + expected - 0.001).empty());
        BOOST_TEST(s.free(now + expected).size() == 1U);
        now += expected;
    }
}

BOOST_AUTO_TEST_CASE(a_free_slot_begins_anew) {
    staging_slots s(1);
    BOOST_TEST(!s.found_free(0));
    s.found_locked(0, t0), s.found_locked(0, t0);
    BOOST_TEST(s.found_free(0));
    BOOST_TEST(!s.found_free(0));
    BOOST_TEST(!s.any_locked());
    BOOST_TEST(!s.next_check().has_value());
    BOOST_TEST(s.free(t0).size() == 1U);
    BOOST_TEST(s.found_locked(0, t0) == 1);
}

BOOST_AUTO_TEST_CASE(the_slot_whose_pause_ends_first_is_looked_at_first) {
    staging_slots s(3);
    s.found_locked(2, t0 + 1);
    s.found_locked(0, t0 + 2);
    BOOST_TEST((s.next_check() == t0 + 6));
    s.take(2, {});
    BOOST_TEST((s.next_check() == t0 + 7));
}

BOOST_AUTO_TEST_CASE(files_wait_for_a_held_slot_until_patience_ends) {
    staging_slots s(2);
    s.left("a", 0), s.left("b", 1);
    for (int times = 1; times <= staging_slots::patience; ++times) {
        s.found_locked(0, t0);
        BOOST_TEST(s.slot_of("a").has_value() == (times < staging_slots::patience),
                   "held " << times << " times");
    }
    BOOST_TEST((s.slot_of("b") == 1));
}

BOOST_AUTO_TEST_CASE(what_is_left_is_found_until_it_is_gone) {
    staging_slots s(2);
    BOOST_TEST(!s.anything_left());
    s.left("a", 0);
    s.left("a", 1);  // by another slot, from its beginning
    BOOST_TEST((s.slot_of("a") == 1));
    BOOST_TEST(s.anything_left());
    s.gone("a");
    BOOST_TEST(!s.slot_of("a").has_value());
    BOOST_TEST(!s.anything_left());
}

BOOST_AUTO_TEST_CASE(only_awaited_leftovers_are_adopted) {
    staging_slots s(2);
    const auto foreign = s.adopt({{0, "wanted", 7}, {1, "settled", 8}}, {true, false});
    BOOST_TEST(text_of(foreign) == "1:settled:8");
    BOOST_TEST((s.slot_of("wanted") == 0));
    BOOST_TEST(!s.slot_of("settled").has_value());
}

BOOST_AUTO_TEST_CASE(of_a_file_in_several_slots_the_longest_part_is_adopted) {
    std::vector<staged_file> found{{0, "a", 10}, {1, "a", 30}, {2, "a", 20}};
    std::sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.slot < y.slot; });
    do {
        staging_slots s(3);
        BOOST_TEST(text_of(s.adopt(found, {true, true, true})) == "0:a:10 2:a:20");
        BOOST_TEST((s.slot_of("a") == 1));
    } while (std::next_permutation(found.begin(), found.end(),
                                   [](const auto& x, const auto& y) { return x.slot < y.slot; }));
}

BOOST_AUTO_TEST_CASE(leftovers_in_a_slot_in_use_are_neither_adopted_nor_swept) {
    staging_slots s(2);
    s.take(0, {"b"});
    BOOST_TEST(s.adopt({{0, "a", 1}, {0, "c", 1}}, {true, false}).empty());
    BOOST_TEST(!s.slot_of("a").has_value());
}

BOOST_AUTO_TEST_CASE(leftovers_of_a_file_that_goes_by_another_slot_now_are_swept) {
    staging_slots s(2);
    s.take(0, {"a"});
    BOOST_TEST(text_of(s.adopt({{1, "a", 1}}, {true})) == "1:a:1");
}

// An earlier process may have had more slots.
BOOST_AUTO_TEST_CASE(leftovers_in_a_slot_that_is_no_more_are_swept) {
    staging_slots s(2);
    BOOST_TEST(text_of(s.adopt({{2, "a", 1}}, {true})) == "2:a:1");
    BOOST_TEST(!s.anything_left());
}

BOOST_AUTO_TEST_SUITE_END()
