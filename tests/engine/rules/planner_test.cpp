#include "engine/rules/planner.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>

#include "tests/engine/rules/planned.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(planner)

using namespace test::planned;

BOOST_AUTO_TEST_CASE(no_work_makes_no_batch) {
    const auto made = plan_batches({}, limits());
    BOOST_TEST(made.batches.empty());
    BOOST_TEST(made.left == 0U);
}

BOOST_AUTO_TEST_CASE(small_files_travel_together_in_their_order) {
    const auto made = plan_batches({file(3), file(1), file(2)}, limits({7, 8}));
    BOOST_REQUIRE(made.batches.size() == 1U);
    BOOST_TEST(ids(made.batches[0]) == (list{3, 1, 2}), boost::test_tools::per_element());
    BOOST_TEST(made.batches[0].slot == 7);
    BOOST_TEST(made.batches[0].bytes == 3U);
    BOOST_TEST((made.batches[0].mode == stage_mode::resume));
}

BOOST_AUTO_TEST_CASE(a_batch_ends_at_its_number_of_files) {
    std::vector<candidate> all;
    for (file_id id = 1; id <= 25; ++id) all.push_back(file(id));
    const auto made = plan_batches(all, limits());
    BOOST_REQUIRE(made.batches.size() == 3U);
    BOOST_TEST(made.batches[0].files.size() == 10U);
    BOOST_TEST(made.batches[1].files.size() == 10U);
    BOOST_TEST(made.batches[2].files.size() == 5U);
    BOOST_TEST(ids(made.batches[0]).front() == 1);
}

BOOST_AUTO_TEST_CASE(a_batch_ends_at_its_bytes_and_takes_exactly_that_many) {
    const auto made = plan_batches({file(1, {60}), file(2, {40}), file(3, {1})}, limits());
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(ids(made.batches[0]) == (list{2, 1}), boost::test_tools::per_element());
    BOOST_TEST(made.batches[0].bytes == 100U);
    BOOST_TEST(ids(made.batches[1]) == (list{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_large_file_travels_alone) {
    const auto made = plan_batches(
        {file(1, {0}), file(2, {101}), file(3, {1}), file(4, {1}), file(5, {1u << 30})}, limits());
    BOOST_REQUIRE(made.batches.size() == 3U);
    BOOST_TEST(ids(made.batches[0]) == (list{1, 3, 4}), boost::test_tools::per_element());
    BOOST_TEST(ids(made.batches[1]) == (list{2}), boost::test_tools::per_element());
    BOOST_TEST(ids(made.batches[2]) == (list{5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_file_does_not_join_a_large_one) {
    const auto made = plan_batches({file(1, {101}), file(2, {0})}, limits());
    BOOST_REQUIRE(made.batches.size() == 2U);
}

BOOST_AUTO_TEST_CASE(large_files_leave_a_slot_to_small_ones) {
    auto l = limits();
    l.most_large = 3;
    std::vector<candidate> all;
    for (file_id id = 1; id <= 6; ++id) all.push_back(file(id, {1000}));
    all.push_back(file(7, {1}));
    const auto made = plan_batches(all, l);
    BOOST_REQUIRE(made.batches.size() == 4U);
    BOOST_TEST(ids(made.batches[3]) == (list{7}), boost::test_tools::per_element());
    BOOST_TEST(made.left == 3U);
    l.most_large = 0;
    BOOST_TEST(plan_batches(all, l).batches.size() == 1U);
}

BOOST_AUTO_TEST_CASE(finalization_files_do_not_wait_for_data) {
    const auto made =
        plan_batches({file(1, {1, false, true}), file(2), file(3, {1, false, true})}, limits({0, 1}));
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(ids(made.batches[0]) == (list{1, 3}), boost::test_tools::per_element());
    BOOST_TEST(ids(made.batches[1]) == (list{2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_compared_never_shares_a_process_with_what_is_resumed) {
    const auto made = plan_batches({file(1), file(2, {1, true}), file(3), file(4, {1, true})}, limits());
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(ids(made.batches[0]) == (list{1, 3}), boost::test_tools::per_element());
    BOOST_TEST((made.batches[0].mode == stage_mode::resume));
    BOOST_TEST(ids(made.batches[1]) == (list{2, 4}), boost::test_tools::per_element());
    BOOST_TEST((made.batches[1].mode == stage_mode::compare));
}

BOOST_AUTO_TEST_CASE(what_lies_partly_in_a_slot_goes_there) {
    const auto made = plan_batches({file(1, {1, false, false, 2}), file(2, {1, false, false, 2}), file(3),
                                    file(4, {1, false, false, 3})},
                                   limits());
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(made.batches[0].slot == 2);
    BOOST_TEST(ids(made.batches[0]) == (list{1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(made.batches[1].slot == 3);
    BOOST_TEST(ids(made.batches[1]) == (list{4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_lies_in_a_busy_slot_waits_and_delays_nobody) {
    const auto made = plan_batches({file(1, {1, false, false, 5}), file(2)}, limits({0}));
    BOOST_REQUIRE(made.batches.size() == 1U);
    BOOST_TEST(ids(made.batches[0]) == (list{2}), boost::test_tools::per_element());
    BOOST_TEST(made.left == 1U);
}

BOOST_AUTO_TEST_CASE(slots_are_used_in_the_order_given) {
    auto l = limits({5, 1, 3});
    l.files_per_batch = 1;
    const auto made = plan_batches({file(1), file(2), file(3)}, l);
    BOOST_REQUIRE(made.batches.size() == 3U);
    BOOST_TEST(made.batches[0].slot == 5);
    BOOST_TEST(made.batches[1].slot == 1);
    BOOST_TEST(made.batches[2].slot == 3);
}

BOOST_AUTO_TEST_CASE(nothing_starts_where_nothing_may) {
    auto none = limits();
    none.most_batches = 0;
    BOOST_TEST(plan_batches({file(1), file(2)}, none).left == 2U);
    BOOST_TEST(plan_batches({file(1), file(2)}, limits({})).left == 2U);
}

// Random worlds against what the header promises.
BOOST_AUTO_TEST_CASE(every_plan_keeps_every_promise) {
    std::mt19937 random(1);
    const auto upto = [&](unsigned n) { return random() % (n + 1); };
    for (int round = 0; round < 4000; ++round) {
        plan_limits l;
        l.files_per_batch = 1 + upto(4);
        l.bytes_per_batch = upto(40);
        l.work_per_batch = 1 + upto(60);
        l.cost_of_a_file = upto(5);
        l.alone_above = std::min<std::uint64_t>(l.bytes_per_batch, upto(40));
        l.least_share = 1 + upto(60);
        l.least_files = 1 + upto(10);
        l.small_average = upto(20);
        l.most_shares_of_files = 1 + upto(3);
        l.measured_together = 1 + upto(6);
        l.in_flight = upto(3);
        for (int slot = 0; slot < 6; ++slot)
            if (upto(1)) l.free_slots.push_back(slot);
        std::shuffle(l.free_slots.begin(), l.free_slots.end(), random);
        l.most_batches = upto(6);
        l.most_large = upto(3);
        l.most_brief = upto(3) == 0 ? upto(3) : 100;
        std::vector<candidate> all;
        for (file_id id = 1, n = static_cast<file_id>(upto(20)); id <= n; ++id)
            all.push_back(file(id, {upto(50), upto(3) == 0, upto(3) == 0,
                                    upto(2) == 0 ? std::optional(static_cast<int>(upto(5))) : std::nullopt}));
        const auto made = plan_batches(all, l);

        std::set<file_id> placed;
        std::set<int> slots;
        std::size_t large = 0, brief = 0;
        BOOST_REQUIRE(made.batches.size() <= l.most_batches);
        for (const auto& b : made.batches) {
            BOOST_REQUIRE(std::ranges::count(l.free_slots, b.slot) == 1);
            BOOST_REQUIRE(slots.insert(b.slot).second);
            BOOST_REQUIRE(!b.files.empty());
            BOOST_REQUIRE(b.files.size() <= l.files_per_batch);
            BOOST_REQUIRE(std::ranges::is_sorted(
                b.files, {}, [](const candidate& c) { return std::pair(c.local.size, c.item.row.id); }));
            std::uint64_t bytes = 0;
            for (const auto& f : b.files) {
                BOOST_REQUIRE(placed.insert(f.item.row.id).second);
                BOOST_REQUIRE(f.item.compare == (b.mode == stage_mode::compare));
                BOOST_REQUIRE(f.item.finalization == b.files.front().item.finalization);
                BOOST_REQUIRE((!f.staged_in || *f.staged_in == b.slot));
                bytes += f.local.size;
            }
            BOOST_REQUIRE(bytes == b.bytes);
            const auto work = bytes + b.files.size() * l.cost_of_a_file;
            BOOST_REQUIRE((b.files.size() == 1 || (bytes <= l.bytes_per_batch && work <= l.work_per_batch)));
            BOOST_REQUIRE(b.large == (b.files.back().local.size > l.alone_above));
            BOOST_REQUIRE((!b.large || b.files.size() == 1));
            large += b.large ? 1 : 0;
            brief += b.brief ? 1 : 0;
            BOOST_REQUIRE((!b.brief || bytes < l.least_share || bytes < b.files.size() * l.small_average));
        }
        BOOST_REQUIRE(large <= l.most_large);
        BOOST_REQUIRE(brief <= l.most_brief);
        BOOST_REQUIRE(placed.size() + made.left == all.size());
        // Whoever was left had no place: no batch to join, none to open.
        if (l.most_brief < 100) continue;
        for (const auto& c : all) {
            if (placed.contains(c.item.row.id)) continue;
            const bool is_large = c.local.size > l.alone_above;
            const bool slot_free = std::ranges::any_of(l.free_slots, [&](int slot) {
                return !slots.contains(slot) && (!c.staged_in || *c.staged_in == slot);
            });
            BOOST_REQUIRE(
                (!slot_free || made.batches.size() == l.most_batches || (is_large && large == l.most_large)));
            for (const auto& b : made.batches)
                BOOST_REQUIRE((is_large || b.large || b.files.size() == l.files_per_batch ||
                               b.bytes + c.local.size > l.bytes_per_batch ||
                               (b.bytes + c.local.size + (b.files.size() + 1) * l.cost_of_a_file) *
                                       (l.in_flight + l.most_batches) >
                                   l.work_per_batch * std::min(l.measured_together, l.in_flight + 1) ||
                               b.files.front().item.compare != c.item.compare ||
                               b.files.front().item.finalization != c.item.finalization ||
                               (c.staged_in && *c.staged_in != b.slot)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
