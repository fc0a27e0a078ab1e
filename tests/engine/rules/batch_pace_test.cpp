#include "engine/rules/batch_pace.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(batch_pace_measures)

namespace {

constexpr double MB = 1e6;

// What carries batches: each costs its start, its files, and its bytes at the rate of a lane or, with the
// others, of the link.
struct link_model {
    double start = 0.15;  // s
    double file = 0.0003;
    double lane = 200 * MB;  // bytes/s
    double whole = 1e12;

    double seconds(std::size_t files, std::uint64_t bytes, std::size_t together) const {
        return start + static_cast<double>(files) * file +
               static_cast<double>(bytes) / std::min(lane, whole / static_cast<double>(together));
    }
};

// A backlog of files of one size, `together` batches of it always in flight; how long each takes.
std::vector<double> backlog(batch_pace& pace, const link_model& link, std::uint64_t size, std::size_t batches,
                            std::size_t together, std::optional<double> copy_timeout = {}) {
    std::vector<double> took;
    for (std::size_t i = 0; i < batches; ++i) {
        auto l = pace.limits(copy_timeout);
        l.in_flight = together - 1;
        l.free_slots = {0};
        l.most_batches = 1;
        l.most_large = 1;
        std::vector<candidate> waiting(batch_pace::most_files);
        for (auto& c : waiting) c.local.size = size;
        const auto made = plan_batches(std::move(waiting), l);
        const auto& b = made.batches.at(0);
        took.push_back(link.seconds(b.files.size(), b.bytes, together));
        pace.took({b.files.size(), b.bytes, took.back(), together});
    }
    return took;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_batch_lasts_much_over_ten_seconds_whatever_the_link_and_the_files) {
    for (const double lane : {0.02, 0.3, 3.0, 14.0, 200.0, 2000.0})
        for (const double file : {0.0001, 0.0003, 0.005})
            for (const std::uint64_t size : {100U, 10'000U, 1'000'000U, 20'000'000U})
                for (const std::size_t together : {1U, 3U, 16U}) {
                    batch_pace pace;
                    const link_model link{0.15, file, lane * MB};
                    const auto took = backlog(pace, link, size, 12, together);
                    // One file may be more than that by itself.
                    const double one = link.seconds(1, size, together);
                    for (std::size_t i = 3; i < took.size(); ++i)
                        BOOST_TEST(took[i] <= std::max(13.0, one + 0.01),
                                   lane << " MB/s, " << file << " s, " << size << " bytes, " << together
                                        << " together: batch " << i << " took " << took[i]);
                }
}

BOOST_AUTO_TEST_CASE(a_backlog_goes_in_few_batches) {
    batch_pace pace;
    backlog(pace, link_model{}, 10'000, 1, 1);
    const auto took = backlog(pace, link_model{}, 10'000, 1, 1);
    BOOST_TEST(took[0] > 0.8);  // of 2,500 files
    batch_pace long_link;
    const link_model far{0.9, 0.0003, 13 * MB};
    backlog(long_link, far, 50'000, 4, 1);
    for (const auto seconds : backlog(long_link, far, 50'000, 4, 1)) BOOST_TEST(seconds > 5);
}

BOOST_AUTO_TEST_CASE(what_is_not_measured_yet_is_taken_as_slow) {
    const auto l = batch_pace().limits({});
    BOOST_TEST(l.work_per_batch == batch_pace::first_bytes);
    BOOST_TEST(l.measured_together == batch_pace::first_batches);
    BOOST_TEST(l.alone_above == batch_pace::first_bytes / 4);
    BOOST_TEST(l.files_per_batch == batch_pace::most_files_in_flight);
    BOOST_TEST(l.least_share == batch_pace::least_bytes_shared);
}

BOOST_AUTO_TEST_CASE(a_batch_lasts_a_quarter_of_the_copy_timeout_at_most) {
    const link_model link{0.15, 0.0003, 1 * MB};
    batch_pace pace;
    const auto took = backlog(pace, link, 10'000, 6, 1, 8);
    BOOST_TEST(took[0] < 8);                                                // nothing was measured before
    for (std::size_t i = 1; i < took.size(); ++i) BOOST_TEST(took[i] < 4);  // the start included
    BOOST_TEST(pace.limits(8).work_per_batch * 4 < pace.limits({}).work_per_batch + 1'000'000);
    BOOST_TEST(pace.limits(1'000).work_per_batch == pace.limits({}).work_per_batch);
    BOOST_TEST(pace.limits(0.001).files_per_batch == 1U);
}

BOOST_AUTO_TEST_CASE(the_start_of_a_small_batch_says_nothing_of_the_link) {
    batch_pace pace;
    backlog(pace, link_model{}, 10'000, 3, 1);
    const auto before = pace.limits({});
    pace.took({1, 10'000, 0.9, 1});
    pace.took({1, 50'000, 3.4, 1});  // the first one, which connects, over a long link
    pace.took({100, 5'000'000, 0.9, 1});
    pace.took({200, 2'000'000, 1.0, 1});
    BOOST_TEST(pace.limits({}).work_per_batch == before.work_per_batch);
    BOOST_TEST(pace.limits({}).cost_of_a_file == before.cost_of_a_file);
}

BOOST_AUTO_TEST_CASE(a_link_that_became_slow_makes_batches_small_and_one_that_recovers_large) {
    batch_pace pace;
    const link_model fast{0.15, 0.0003, 50 * MB}, slow{0.15, 0.0003, 0.5 * MB};
    backlog(pace, fast, 100'000, 5, 1);
    const auto large = pace.limits({}).work_per_batch;
    const auto took = backlog(pace, slow, 100'000, 3, 1);
    BOOST_TEST(took[0] > 100);  // the one that was in flight
    BOOST_TEST(took[1] < 13);
    backlog(pace, fast, 100'000, 3, 1);
    BOOST_TEST(pace.limits({}).work_per_batch > large / 2);
}

BOOST_AUTO_TEST_CASE(slow_files_are_told_from_slow_bytes) {
    batch_pace pace;
    const link_model files{0.15, 0.02, 500 * MB};  // a file system far away
    backlog(pace, files, 1'000, 8, 1);
    backlog(pace, files, 50'000'000, 4, 1);
    BOOST_TEST(pace.bytes_per_second(1) > 200 * MB);
    const auto took = backlog(pace, files, 1'000, 4, 1);
    BOOST_TEST(took.back() < 13);
    BOOST_TEST(took.back() > 5);
}

BOOST_AUTO_TEST_CASE(what_was_measured_with_few_is_shared_by_more) {
    batch_pace pace;
    const link_model link{0.15, 0.0003, 8 * MB};
    backlog(pace, link, 1'000'000, 4, 2);
    BOOST_TEST(pace.bytes_per_second(2) == pace.bytes_per_second(1));
    BOOST_TEST(std::abs(pace.bytes_per_second(4) - pace.bytes_per_second(2) / 2) < 1.0);
}

BOOST_AUTO_TEST_CASE(a_look_takes_no_more_than_finds_a_place) {
    BOOST_TEST(next_window(20'000, 10'000, 9'000, true) == 5'000U);
    BOOST_TEST(next_window(1'200, 1'200, 1'100, true) == 1'000U);
    BOOST_TEST(next_window(1'000, 1'000, 1'000, true) == 1'000U);
    BOOST_TEST(next_window(1'000, 1'000, 400, true) == 1'000U);
    BOOST_TEST(next_window(1'000, 1'000, 0, true) == 4'000U);
    BOOST_TEST(next_window(8'000, 8'000, 0, true) == batch_pace::most_files_in_flight);
    BOOST_TEST(next_window(1'000, 0, 0, true) == 1'000U);  // none of them could be tried
    // What it left then waits for others, not for a place.
    BOOST_TEST(next_window(20'000, 3'000, 3'000, false) == 20'000U);
}

BOOST_AUTO_TEST_SUITE_END()
