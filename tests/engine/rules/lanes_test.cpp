#include "engine/rules/lanes.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(lanes_of_an_archive)

namespace {

constexpr double MB = 1e6;
constexpr double look = 0.5;  // s between two things that are told

// What so many lanes carry together, bytes/s.
using link_rate = std::function<double(std::size_t lanes)>;

link_rate latency_bound(double each) {
    return [=](std::size_t lanes) { return each * static_cast<double>(lanes); };
}
link_rate bandwidth_bound(double whole, double each = 1e12) {
    return [=](std::size_t lanes) { return std::min(whole, each * static_cast<double>(lanes)); };
}
// Processors here, which more processes only keep from their work.
link_rate processor_bound(double whole) {
    return [=](std::size_t lanes) { return whole / (1 + 0.03 * static_cast<double>(lanes)); };
}

struct archive_model {
    explicit archive_model(std::size_t first) : ladder(first) {}
    lane_ladder ladder;
    double sent = 0;
    std::size_t in_flight = 0;

    void pass(double now, double rate) {
        sent += rate * look;
        in_flight = ladder.lanes();
        ladder.tell(now, static_cast<std::uint64_t>(sent), in_flight, true);
    }
};

struct course {
    double now = 0;
    std::vector<std::size_t> lanes{};

    // What it came to: neighbours are tried now and then.
    std::size_t last() const {
        const auto from = lanes.size() - std::min<std::size_t>(lanes.size(), 60);
        std::map<std::size_t, std::size_t> times;
        for (auto at = from; at < lanes.size(); ++at) ++times[lanes[at]];
        return std::ranges::max_element(times, {}, [](const auto& t) { return t.second; })->first;
    }
    double mean(const link_rate& link) const {
        double all = 0;
        for (const auto n : lanes) all += link(n);
        return all / static_cast<double>(lanes.size());
    }
};

// A backlog over a link for so long.
course run(archive_model& archive, const link_rate& link, double seconds, double from = 0) {
    course c{from};
    for (; c.now < from + seconds; c.now += look) {
        archive.pass(c.now, link(archive.in_flight));
        c.lanes.push_back(archive.ladder.lanes());
    }
    return c;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_begins_where_it_is_told_to) {
    BOOST_TEST(lane_ladder(8).lanes() == 8U);
    BOOST_TEST(lane_ladder(5).lanes() == 4U);
    BOOST_TEST(lane_ladder(0).lanes() == 1U);
    BOOST_TEST(lane_ladder(100).lanes() == lane_ladder::most_lanes);
}

BOOST_AUTO_TEST_CASE(over_a_long_link_lanes_grow_to_the_most) {
    archive_model archive(8);
    const auto c = run(archive, latency_bound(13 * MB), 60);
    BOOST_TEST(c.last() == 16U);
    archive_model from_one(1);
    BOOST_TEST(run(from_one, latency_bound(13 * MB), 80).last() == 16U);
}

// As measured: lanes of one connection at 150 ms.
BOOST_AUTO_TEST_CASE(lanes_that_carry_a_little_less_each_are_still_worth_having) {
    const link_rate measured = [](std::size_t lanes) {
        return 13.5 * MB * std::pow(static_cast<double>(lanes), 0.82);
    };
    archive_model archive(8);
    BOOST_TEST(run(archive, measured, 60).last() == 16U);
}

BOOST_AUTO_TEST_CASE(where_one_lane_fills_the_link_few_are_used) {
    for (const auto& link : {bandwidth_bound(100 * MB), bandwidth_bound(1 * MB), processor_bound(400 * MB)})
        for (const std::size_t first : {1U, 4U, 8U, 16U}) {
            archive_model archive(first);
            BOOST_TEST(run(archive, link, 60).last() <= 2U);
        }
}

BOOST_AUTO_TEST_CASE(it_stays_where_lanes_begin_to_fill_the_link) {
    for (const double each : {10.0, 15.0, 20.0, 30.0, 45.0}) {
        const auto link = bandwidth_bound(100 * MB, each * MB);
        for (const std::size_t first : {1U, 8U, 16U}) {
            archive_model archive(first);
            run(archive, link, 120);
            const auto later = run(archive, link, 600, 120);
            BOOST_TEST(later.mean(link) > 80 * MB, each << " MB/s a lane, from " << first);
            BOOST_TEST(later.last() <= 12U);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_lossy_link_is_no_reason_to_give_up_lanes) {
    std::mt19937 random(7);
    double worst = 1;
    for (int round = 0; round < 50; ++round) {
        std::lognormal_distribution<double> luck(0, 0.35);
        const link_rate link = [&](std::size_t lanes) {
            double all = 0;
            for (std::size_t i = 0; i < lanes; ++i) all += 3 * MB * luck(random);
            return all;
        };
        archive_model archive(8);
        run(archive, link, 120);
        const auto later = run(archive, link, 600, 120);
        worst = std::min(worst, later.mean(latency_bound(3 * MB)) / (48 * MB));
    }
    BOOST_TEST(worst > 0.8);
}

BOOST_AUTO_TEST_CASE(two_archives_share_a_link_evenly_and_do_not_race_for_it) {
    for (const double each : {1e6, 12.0, 30.0}) {
        archive_model one(8), other(8);
        double all_one = 0, all_other = 0;
        for (double now = 0; now < 900; now += look) {
            const auto lanes = static_cast<double>(one.in_flight + other.in_flight);
            const double a_lane = std::min(each * MB, 100 * MB / std::max(1.0, lanes));
            one.pass(now, a_lane * static_cast<double>(one.in_flight));
            other.pass(now + 0.1, a_lane * static_cast<double>(other.in_flight));
            BOOST_TEST(one.ladder.lanes() + other.ladder.lanes() < 28U);
        }
        all_one = one.sent, all_other = other.sent;
        BOOST_TEST(all_one + all_other > 0.85 * 900 * 100 * MB, each);
        BOOST_TEST(all_one / (all_one + all_other) > 0.3, each);
        BOOST_TEST(all_one / (all_one + all_other) < 0.7, each);
    }
}

BOOST_AUTO_TEST_CASE(a_link_that_changes_is_measured_anew) {
    archive_model archive(8);
    const auto far = run(archive, latency_bound(13 * MB), 90);
    BOOST_TEST(far.last() == 16U);
    const auto soon = run(archive, bandwidth_bound(50 * MB), 20, far.now);
    BOOST_TEST(soon.lanes.back() < 16U);  // long before the best one is doubted by itself
    const auto near = run(archive, bandwidth_bound(50 * MB), 100, soon.now);
    BOOST_TEST(near.last() <= 2U);
    BOOST_TEST(run(archive, latency_bound(13 * MB), 120, near.now).last() == 16U);
}

BOOST_AUTO_TEST_CASE(lanes_that_are_not_all_busy_tell_nothing) {
    archive_model archive(8);
    for (double now = 0; now < 300; now += look) {
        archive.sent += 1 * MB;
        archive.ladder.tell(now, static_cast<std::uint64_t>(archive.sent), 7, true);   // one is being filled
        archive.ladder.tell(now, static_cast<std::uint64_t>(archive.sent), 8, false);  // nothing waits
        archive.ladder.tell(now, static_cast<std::uint64_t>(archive.sent), 12, true);  // of another rung
        BOOST_TEST(archive.ladder.lanes() == 8U);
    }
}

BOOST_AUTO_TEST_CASE(what_is_in_flight_when_the_number_changes_tells_nothing) {
    archive_model archive(8);
    // Buffers take much at once.
    const auto c = run(archive, [&](std::size_t) { return 0.0; }, lane_ladder::settling);
    archive.sent += 1000 * MB;
    run(archive, latency_bound(13 * MB), 8, c.now);
    BOOST_TEST(archive.ladder.lanes() == 12U);
    run(archive, latency_bound(13 * MB), 8, c.now + 8);
    BOOST_TEST(archive.ladder.lanes() == 16U);  // it was not taken for what eight carry
}

BOOST_AUTO_TEST_CASE(what_memory_allows_is_the_most) {
    archive_model archive(8);
    archive.ladder.allow(5);
    BOOST_TEST(archive.ladder.lanes() == 4U);
    BOOST_TEST(run(archive, latency_bound(13 * MB), 200).last() == 4U);
    archive.ladder.allow(3);
    BOOST_TEST(archive.ladder.lanes() == 2U);
    archive.ladder.allow(0);
    BOOST_TEST(archive.ladder.lanes() == 1U);
    archive.ladder.allow(100);
    BOOST_TEST(run(archive, latency_bound(13 * MB), 400, 200).last() == 16U);
}

BOOST_AUTO_TEST_CASE(most_of_the_time_the_best_number_is_used) {
    archive_model archive(8);
    const auto link = bandwidth_bound(100 * MB, 13 * MB);
    run(archive, link, 120);
    const auto later = run(archive, link, 1200, 120);
    BOOST_TEST(later.mean(link) > 93 * MB);
}

BOOST_AUTO_TEST_SUITE_END()
