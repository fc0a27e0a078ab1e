// Which batches a plan makes of much, of little, and of what comes while others fly.
#include "engine/rules/planner.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/rules/planned.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(planner_shares)

using namespace test::planned;

BOOST_AUTO_TEST_CASE(many_bytes_are_shared_evenly) {
    auto l = limits();
    l.files_per_batch = 100;
    l.least_share = 20;
    std::vector<candidate> all;
    for (file_id id = 1; id <= 20; ++id) all.push_back(file(id, {5}));
    const auto made = plan_batches(all, l);
    BOOST_REQUIRE(made.batches.size() == 4U);
    for (const auto& b : made.batches) BOOST_TEST(b.files.size() == 5U);
    BOOST_TEST(ids(made.batches[0]) == (list{1, 2, 3, 4, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_files_of_few_bytes_are_not_shared) {
    auto l = limits();
    l.files_per_batch = 10'000;
    l.bytes_per_batch = l.alone_above = 1'000'000;
    l.cost_of_a_file = 1'000;
    l.least_share = 20'001;
    std::vector<candidate> all;
    for (file_id id = 1; id <= 10'000; ++id) all.push_back(file(id, {2}));
    const auto made = plan_batches(all, l);
    BOOST_REQUIRE(made.batches.size() == 1U);
    BOOST_TEST(made.batches[0].files.size() == 10'000U);
}

BOOST_AUTO_TEST_CASE(very_many_files_are_shared_among_a_few_batches) {
    auto l = limits({0, 1, 2, 3, 4, 5});
    l.files_per_batch = 10'000;
    l.bytes_per_batch = 10'000;
    l.least_files = 10;
    l.most_shares_of_files = 4;
    std::vector<candidate> all;
    const auto shares = [&](std::size_t count) {
        all.assign(count, file(1, {1}));
        std::vector<std::size_t> files;
        for (const auto& b : plan_batches(all, l).batches) files.push_back(b.files.size());
        return files;
    };
    using sizes = std::vector<std::size_t>;
    BOOST_TEST(shares(19) == (sizes{19}), boost::test_tools::per_element());
    BOOST_TEST(shares(20) == (sizes{10, 10}), boost::test_tools::per_element());
    BOOST_TEST(shares(400) == (sizes{100, 100, 100, 100}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_files_cost_counts_beside_their_bytes) {
    auto l = limits({0, 1});
    l.work_per_batch = 40;
    l.cost_of_a_file = 5;
    const auto made =
        plan_batches({file(1, {20}), file(2, {0}), file(3, {0}), file(4, {0}), file(5, {0}), file(6)}, l);
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(ids(made.batches[0]) == (list{2, 3, 4, 1}), boost::test_tools::per_element());
    BOOST_TEST(ids(made.batches[1]) == (list{5, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_batch_holds_less_where_more_are_in_flight_than_were_measured) {
    auto l = limits({0, 1, 2});
    l.work_per_batch = 60;
    l.least_share = 20;
    l.measured_together = 2;
    std::vector<candidate> all;
    for (file_id id = 1; id <= 20; ++id) all.push_back(file(id, {10}));
    l.in_flight = 1;  // and three more
    for (const auto& b : plan_batches(all, l).batches) BOOST_TEST(b.bytes == 30U);
    l.measured_together = 4;
    for (const auto& b : plan_batches(all, l).batches) BOOST_TEST(b.bytes == 60U);
}

BOOST_AUTO_TEST_CASE(within_a_batch_small_files_go_first) {
    const auto made =
        plan_batches({file(1, {30}), file(2, {1}), file(3, {30}), file(4, {2}), file(5, {1})}, limits());
    BOOST_REQUIRE(made.batches.size() == 1U);
    BOOST_TEST(ids(made.batches[0]) == (list{2, 5, 4, 1, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_batch_that_takes_more_than_others_can_wait_for_takes_no_large_file) {
    auto l = limits();
    l.alone_above = 25;
    const auto made = plan_batches({file(1, {25}), file(2, {26}), file(3, {25}), file(4, {25})}, l);
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(ids(made.batches[0]) == (list{1, 3, 4}), boost::test_tools::per_element());
    BOOST_TEST(!made.batches[0].large);
    BOOST_TEST(ids(made.batches[1]) == (list{2}), boost::test_tools::per_element());
    BOOST_TEST(made.batches[1].large);
}

BOOST_AUTO_TEST_CASE(little_work_is_not_divided) {
    auto l = limits();
    l.least_share = 4;
    std::vector<candidate> all;
    for (file_id id = 1; id <= 7; ++id) all.push_back(file(id));
    BOOST_TEST(plan_batches(all, l).batches.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_gets_no_batch_of_the_share_joins_a_fuller_one) {
    auto l = limits({0, 1});
    l.least_share = 2;
    // Two batches may start, and one of them is taken by the file that is compared.
    std::vector<candidate> all = {file(1, {1, true})};
    for (file_id id = 2; id <= 9; ++id) all.push_back(file(id));
    const auto made = plan_batches(all, l);
    BOOST_REQUIRE(made.batches.size() == 2U);
    BOOST_TEST(made.left == 0U);
    BOOST_TEST(made.batches[1].files.size() == 8U);
}

BOOST_AUTO_TEST_CASE(little_that_comes_while_brief_batches_fly_waits_for_the_next) {
    auto l = limits();
    l.least_share = 50;
    l.most_brief = 0;
    BOOST_TEST(plan_batches({file(1), file(2)}, l).left == 2U);
    l.most_brief = 1;
    const auto made = plan_batches({file(1), file(2), file(3, {1, true})}, l);
    BOOST_REQUIRE(made.batches.size() == 1U);
    BOOST_TEST(made.batches[0].brief);
    BOOST_TEST(ids(made.batches[0]) == (list{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(made.left == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_worth_a_batch_of_its_own_waits_for_no_brief_one) {
    auto l = limits();
    l.least_share = 50;
    l.most_brief = 0;
    for (const auto& worth_it : {traits{50}, traits{101}, traits{1, false, true}}) {
        const auto made = plan_batches({file(1, worth_it)}, l);
        BOOST_REQUIRE(made.batches.size() == 1U);
        BOOST_TEST(!made.batches[0].brief);
    }
    // Many small files are no reason to keep more processors busy.
    l.small_average = 10;
    std::vector<candidate> many;
    for (file_id id = 1; id <= 10; ++id) many.push_back(file(id, {9}));
    BOOST_TEST(plan_batches(many, l).batches.empty());
    l.small_average = 9;
    BOOST_TEST(plan_batches(many, l).batches.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
