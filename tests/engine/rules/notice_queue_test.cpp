#include "engine/rules/notice_queue.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(notice_queues)

namespace {

using queue = notice_queue;
const notice_source here{"so1", "srv20"};
constexpr epoch_seconds wall = 1.7e9;

notice numbered(int n, const std::string& condition = "paused") {
    return notice_of({condition, "smurf", "message " + std::to_string(n), wall}, true, wall + n, here);
}

// Members of a document.
std::string member(const notice& one, const std::string& name) {
    for (const auto& [key, value] : one.members)
        if (key == name) return value;
    return "";
}

// What is sent at `now`, delivered at once.
std::vector<notice> send_all(queue& q, double now) {
    std::vector<notice> sent;
    while (const auto* one = q.next(now, wall + now)) {
        sent.push_back(*one);
        q.delivered();
    }
    return sent;
}

}  // namespace

BOOST_AUTO_TEST_CASE(messages_go_at_once_and_in_their_order) {
    queue q(20, here);
    BOOST_TEST(q.wait(0) == queue::never);
    BOOST_TEST(q.next(0, wall) == nullptr);
    for (int i = 0; i < 5; ++i) q.offer(numbered(i), i);
    BOOST_TEST(q.wait(5) == 0);
    const auto sent = send_all(q, 5);
    BOOST_REQUIRE(sent.size() == 5U);
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(sent[static_cast<std::size_t>(i)].text == "message " + std::to_string(i));
    BOOST_TEST(q.wait(5) == queue::never);
}

BOOST_AUTO_TEST_CASE(beyond_the_bound_one_summary_tells_all_when_the_hour_is_over) {
    queue q(3, here);
    for (int i = 0; i < 100; ++i) q.offer(numbered(i, i % 2 == 0 ? "paused" : "slot_busy"), 10);
    BOOST_TEST(send_all(q, 10).size() == 3U);
    BOOST_TEST(q.waiting() == 97U);
    BOOST_TEST(q.wait(10) == queue::hour);
    BOOST_TEST(q.next(10 + queue::hour - 1, wall) == nullptr);
    const auto sent = send_all(q, 10 + queue::hour);
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST((sent[0].what == notice::kind::summary));
    BOOST_TEST(member(sent[0], "count") == "97");
    BOOST_TEST(sent[0].subject == "97 messages in one (srv20 at so1)");
    BOOST_TEST(
        sent[0].text.find("\n48 times, last at 2023-11-14 22:14:58Z: paused of smurf (srv20 at so1)") !=
            std::string::npos,
        sent[0].text);
    BOOST_TEST(sent[0].text.find("\n49 times, last at 2023-11-14 22:14:59Z: slot_busy") != std::string::npos,
               sent[0].text);
    BOOST_TEST(q.waiting() == 0U);
    // It is one of the three of its hour.
    for (int i = 0; i < 5; ++i) q.offer(numbered(i), 20 + queue::hour);
    BOOST_TEST(send_all(q, 20 + queue::hour).size() == 2U);
}

// Whatever comes when, and whatever fails.
BOOST_AUTO_TEST_CASE(everything_is_told_once_one_by_one_or_in_a_summary) {
    std::mt19937 random(7);
    const auto chance = [&](double of) { return std::uniform_real_distribution<double>(0, 1)(random) < of; };
    for (const std::size_t most : {1U, 2U, 7U, 20U}) {
        queue q(most, here);
        std::size_t offered = 0, told = 0;
        double now = 1000;
        const auto work = [&] {
            while (const auto* one = q.next(now, wall)) {
                const auto count = one->what == notice::kind::summary ? std::stoul(member(*one, "count")) : 1;
                if (chance(0.3)) {
                    q.failed({chance(0.2), std::nullopt}, now, 0.5);
                } else {
                    told += count;
                    q.delivered();
                }
            }
        };
        for (int i = 0; i < 5000; ++i) {
            now += chance(0.1) ? 1000 : 3;
            if (now < 1e6 && chance(0.7)) {
                q.offer(numbered(i), now);
                ++offered;
            }
            work();
        }
        for (int i = 0; i < 1000 && q.waiting() > 0; ++i) {
            now += std::max(1.0, std::min(q.wait(now), queue::hour));
            work();
        }
        BOOST_TEST(q.waiting() == 0U, "at most " << most);
        BOOST_TEST(told == offered, "at most " << most);
    }
}

BOOST_AUTO_TEST_CASE(never_more_messages_than_the_bound_are_taken_up_within_an_hour) {
    std::mt19937 random(11);
    for (const std::size_t most : {1U, 3U, 10U}) {
        queue q(most, here);
        std::vector<double> sent;
        double now = 0;
        for (int i = 0; i < 20'000; ++i) {
            now += std::uniform_real_distribution<double>(0, 200)(random);
            q.offer(numbered(i), now);
            for (const auto& one : send_all(q, now)) (void)one, sent.push_back(now);
        }
        for (std::size_t i = most; i < sent.size(); ++i)
            BOOST_REQUIRE(sent[i] - sent[i - most] >= queue::hour);
        // And not fewer: there is always something to tell.
        BOOST_TEST(static_cast<double>(sent.size()) > 0.8 * static_cast<double>(most) * now / queue::hour);
    }
}

BOOST_AUTO_TEST_CASE(a_failure_is_tried_again_with_growing_pauses_and_given_up_after_an_hour) {
    queue q(20, here);
    q.offer(numbered(1), 0);
    double now = 0, before = 0;
    int tries = 0;
    while (true) {
        BOOST_REQUIRE(q.next(now, wall) != nullptr);
        BOOST_TEST(q.next(now, wall)->text == "message 1");
        const bool given_up = q.failed({}, now, 0.5);
        ++tries;
        BOOST_TEST(q.failing() == (tries >= queue::most_failures));
        const auto pause = q.wait(now);
        BOOST_TEST(pause >= before);
        BOOST_TEST(pause <= queue::longest_pause);
        BOOST_TEST(q.next(now + pause - 0.1, wall) == nullptr);
        if (given_up) break;
        before = pause;
        now += pause;
    }
    BOOST_TEST(now >= queue::patience);
    BOOST_TEST(tries > 8);
    // It is in a summary that is tried on.
    now += q.wait(now);
    const auto* summary = q.next(now, wall);
    BOOST_REQUIRE(summary != nullptr);
    BOOST_TEST((summary->what == notice::kind::summary));
    BOOST_TEST(member(*summary, "count") == "1");
    BOOST_TEST(q.failing());
    q.delivered();
    BOOST_TEST(!q.failing());
    BOOST_TEST(q.wait(now) == queue::never);
}

BOOST_AUTO_TEST_CASE(what_is_refused_for_good_is_not_tried_again_and_told_in_the_summary) {
    queue q(20, here);
    q.offer(numbered(1), 0);
    q.offer(numbered(2), 0);
    BOOST_TEST(q.next(0, wall)->text == "message 1");
    BOOST_TEST(q.failed({true, std::nullopt}, 0, 0.5));
    BOOST_TEST(q.failing());
    const auto now = q.wait(0);
    BOOST_TEST(now > 0);
    const auto sent = send_all(q, now);
    BOOST_REQUIRE(sent.size() == 2U);
    BOOST_TEST(sent[0].text == "message 2");
    BOOST_TEST(member(sent[1], "count") == "1");
}

BOOST_AUTO_TEST_CASE(who_says_when_to_come_again_is_asked_then_within_an_hour) {
    for (const auto& [said, waited] : {std::pair{120.0, 120.0}, {1e9, queue::hour}, {0.5, 7.5}}) {
        queue q(20, here);
        q.offer(numbered(1), 0);
        BOOST_TEST(q.next(0, wall) != nullptr);
        q.failed({false, said}, 0, 0.5);
        BOOST_TEST(q.wait(0) == waited);
    }
}

BOOST_AUTO_TEST_CASE(the_queue_and_a_summary_are_bounded) {
    queue q(1000, here);
    for (int i = 0; i < 5000; ++i) q.offer(numbered(i, "kind " + std::to_string(i)), 0);
    BOOST_TEST(q.waiting() == 5000U);
    const auto sent = send_all(q, 0);
    BOOST_REQUIRE(sent.size() == queue::most_waiting + 1);
    BOOST_TEST(member(sent.back(), "count") == std::to_string(5000 - queue::most_waiting));
    BOOST_TEST(sent.back().text.find(" of further kinds\n") != std::string::npos);
    BOOST_TEST(sent.back().text.size() < 20'000U);
}

// A summary that fails is not told twice, and what comes meanwhile joins it.
BOOST_AUTO_TEST_CASE(a_summary_that_is_given_up_is_part_of_the_next) {
    queue q(1, here);
    q.offer(numbered(1), 0);
    BOOST_TEST(send_all(q, 0).size() == 1U);
    q.offer(numbered(2), 1);
    q.offer(numbered(3), 2);
    BOOST_TEST(member(*q.next(queue::hour, wall), "count") == "2");
    q.offer(numbered(4), queue::hour);
    BOOST_TEST(q.waiting() == 3U);
    BOOST_TEST(q.failed({true, std::nullopt}, queue::hour, 0.5));
    BOOST_TEST(q.waiting() == 3U);
    const auto sent = send_all(q, 2 * queue::hour);
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(member(sent[0], "count") == "3");
    BOOST_TEST(sent[0].text.find("3 times, last at 2023-11-14 22:13:24Z: paused") != std::string::npos,
               sent[0].text);
}

BOOST_AUTO_TEST_SUITE_END()
