#include "engine/rules/planner.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(planner)

namespace {

struct traits {
    std::uint64_t size = 1;
    bool compare = false;
    bool finalization = false;
    std::optional<int> staged_in = {};
};

candidate file(file_id id, const traits& t = {}) {
    candidate c;
    c.item.row.id = id;
    c.item.row.remote_path = "17000/" + std::to_string(id);
    c.item.compare = t.compare;
    c.item.finalization = t.finalization;
    c.local.size = t.size;
    c.staged_in = t.staged_in;
    return c;
}

plan_limits limits(std::vector<int> slots = {0, 1, 2, 3}) {
    plan_limits l;
    l.files_per_batch = 10;
    l.bytes_per_batch = 100;
    l.most_batches = slots.size();
    l.most_large = slots.size();
    l.free_slots = std::move(slots);
    return l;
}

std::vector<file_id> ids(const batch& b) {
    std::vector<file_id> all;
    for (const auto& f : b.files) all.push_back(f.item.row.id);
    return all;
}

using list = std::vector<file_id>;

}  // namespace

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
    BOOST_TEST(ids(made.batches[0]) == (list{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(made.batches[0].bytes == 100U);
    BOOST_TEST(ids(made.batches[1]) == (list{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_large_file_travels_alone) {
    const auto made = plan_batches(
        {file(1, {1}), file(2, {101}), file(3, {1}), file(4, {0}), file(5, {1u << 30})}, limits());
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

BOOST_AUTO_TEST_CASE(much_work_is_shared_evenly) {
    auto l = limits();
    l.files_per_batch = 100;
    l.bytes_per_batch = 64 * cost_of_a_file;
    l.least_share = 4 * cost_of_a_file;
    std::vector<candidate> all;
    for (file_id id = 1; id <= 20; ++id) all.push_back(file(id, {0}));
    const auto made = plan_batches(all, l);
    BOOST_REQUIRE(made.batches.size() == 4U);
    for (const auto& b : made.batches) BOOST_TEST(b.files.size() == 5U);
    BOOST_TEST(ids(made.batches[0]) == (list{1, 2, 3, 4, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bytes_count_as_work_beside_the_number_of_files) {
    auto l = limits({0, 1});
    l.files_per_batch = 100;
    l.bytes_per_batch = 64 * cost_of_a_file;
    l.least_share = 4 * cost_of_a_file;
    const auto made = plan_batches({file(1, {7 * cost_of_a_file}), file(2, {0}), file(3, {0}), file(4, {0}),
                                    file(5, {0}), file(6, {0}), file(7, {0}), file(8, {0}), file(9, {0})},
                                   l);
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(ids(made.batches[0]) == (list{1}), boost::test_tools::per_element());
    BOOST_TEST(made.batches[1].files.size() == 8U);
}

BOOST_AUTO_TEST_CASE(little_work_is_not_divided) {
    auto l = limits();
    l.files_per_batch = 100;
    l.least_share = 4 * cost_of_a_file;
    std::vector<candidate> all;
    for (file_id id = 1; id <= 7; ++id) all.push_back(file(id, {0}));
    BOOST_TEST(plan_batches(all, l).batches.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_gets_no_batch_of_the_share_joins_a_fuller_one) {
    auto l = limits({0, 1});
    l.files_per_batch = 100;
    l.least_share = 2 * cost_of_a_file;
    // Two batches may start, and one of them is taken by the file that is compared.
    std::vector<candidate> all = {file(1, {0, true})};
    for (file_id id = 2; id <= 9; ++id) all.push_back(file(id, {0}));
    const auto made = plan_batches(all, l);
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(made.left == 0U);
    BOOST_TEST(made.batches[1].files.size() == 8U);
}

// Random worlds against what the header promises.
BOOST_AUTO_TEST_CASE(every_plan_keeps_every_promise) {
    std::mt19937 random(1);
    const auto upto = [&](unsigned n) { return random() % (n + 1); };
    for (int round = 0; round < 4000; ++round) {
        plan_limits l;
        l.files_per_batch = 1 + upto(4);
        l.bytes_per_batch = upto(40);
        l.least_share = 1 + upto(10) * cost_of_a_file;
        for (int slot = 0; slot < 6; ++slot)
            if (upto(1)) l.free_slots.push_back(slot);
        std::shuffle(l.free_slots.begin(), l.free_slots.end(), random);
        l.most_batches = upto(6);
        l.most_large = upto(3);
        std::vector<candidate> all;
        for (file_id id = 1, n = static_cast<file_id>(upto(20)); id <= n; ++id)
            all.push_back(file(id, {upto(50), upto(3) == 0, upto(3) == 0,
                                    upto(2) == 0 ? std::optional(static_cast<int>(upto(5))) : std::nullopt}));
        const auto made = plan_batches(all, l);

        std::set<file_id> placed;
        std::set<int> slots;
        std::size_t large = 0;
        BOOST_REQUIRE(made.batches.size() <= l.most_batches);
        for (const auto& b : made.batches) {
            BOOST_REQUIRE(std::ranges::count(l.free_slots, b.slot) == 1);
            BOOST_REQUIRE(slots.insert(b.slot).second);
            BOOST_REQUIRE(!b.files.empty());
            BOOST_REQUIRE(b.files.size() <= l.files_per_batch);
            BOOST_REQUIRE(std::ranges::is_sorted(ids(b)));
            std::uint64_t bytes = 0;
            for (const auto& f : b.files) {
                BOOST_REQUIRE(placed.insert(f.item.row.id).second);
                BOOST_REQUIRE(f.item.compare == (b.mode == stage_mode::compare));
                BOOST_REQUIRE(f.item.finalization == b.files.front().item.finalization);
                BOOST_REQUIRE((!f.staged_in || *f.staged_in == b.slot));
                bytes += f.local.size;
            }
            BOOST_REQUIRE(bytes == b.bytes);
            BOOST_REQUIRE((bytes <= l.bytes_per_batch || b.files.size() == 1));
            large += bytes > l.bytes_per_batch ? 1 : 0;
        }
        BOOST_REQUIRE(large <= l.most_large);
        BOOST_REQUIRE(placed.size() + made.left == all.size());
        // Whoever was left had no place: no batch to join, none to open.
        for (const auto& c : all) {
            if (placed.contains(c.item.row.id)) continue;
            const bool is_large = c.local.size > l.bytes_per_batch;
            const bool slot_free = std::ranges::any_of(l.free_slots, [&](int slot) {
                return !slots.contains(slot) && (!c.staged_in || *c.staged_in == slot);
            });
            BOOST_REQUIRE(
                (!slot_free || made.batches.size() == l.most_batches || (is_large && large == l.most_large)));
            for (const auto& b : made.batches)
                BOOST_REQUIRE((b.files.size() == l.files_per_batch ||
                               b.bytes + c.local.size > l.bytes_per_batch ||
                               b.files.front().item.compare != c.item.compare ||
                               b.files.front().item.finalization != c.item.finalization ||
                               (c.staged_in && *c.staged_in != b.slot)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
