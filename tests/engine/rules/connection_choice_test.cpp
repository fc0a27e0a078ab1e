#include "engine/rules/connection_choice.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(choosing_a_connection)

namespace {

using step = connection_choice::step;
using loads = std::vector<connection_load>;

std::string text(const connection_choice& c) {
    if (c.what == step::connect) return "connect";
    return (c.what == step::take ? "take " : "wait ") + std::to_string(c.which);
}

std::string chosen(const loads& l, bool transfer = true, const connection_limits& limits = {}) {
    return text(choose_connection(l, transfer, limits));
}

}  // namespace

BOOST_AUTO_TEST_CASE(where_there_is_none_one_is_made_and_waited_for) {
    BOOST_TEST(chosen({}) == "connect");
    BOOST_TEST(chosen({}, false) == "connect");
    BOOST_TEST(chosen({{false, 1, 1}}) == "wait 0");
    BOOST_TEST(chosen({{false, 1, 0}}, false) == "wait 0");
}

BOOST_AUTO_TEST_CASE(two_transfers_share_a_connection_and_the_third_makes_another) {
    BOOST_TEST(chosen({{true, 1, 1}}) == "take 0");
    BOOST_TEST(chosen({{true, 2, 2}}) == "connect");
    BOOST_TEST(chosen({{true, 2, 2}, {false, 1, 1}}) == "wait 1");
    BOOST_TEST(chosen({{true, 2, 2}, {false, 2, 2}}) == "connect");
    BOOST_TEST(chosen({{true, 2, 2}, {true, 0, 0}}) == "take 1");
}

BOOST_AUTO_TEST_CASE(eight_transfers_at_once_make_four_connections_at_once) {
    loads l{{true, 0, 0}};
    for (int i = 0; i < 8; ++i) {
        const auto c = choose_connection(l, true, {});
        if (c.what == step::connect)
            l.push_back({false, 1, 1});
        else
            ++l[c.which].channels, ++l[c.which].transfers;
    }
    BOOST_TEST(l.size() == 4U);
    for (const auto& load : l) BOOST_TEST(load.transfers == 2);
}

BOOST_AUTO_TEST_CASE(beyond_the_most_connections_transfers_are_spread) {
    loads l(4, {true, 2, 2});
    l[2] = {true, 3, 2};
    l[3] = {true, 2, 1};
    BOOST_TEST(chosen(l) == "take 3");
    l[3] = {true, 4, 3};
    BOOST_TEST(chosen(l) == "take 0");
}

BOOST_AUTO_TEST_CASE(commands_make_no_connection_while_one_has_room) {
    BOOST_TEST(chosen({{true, 7, 7}}, false) == "take 0");
    BOOST_TEST(chosen({{true, 7, 1}, {true, 6, 6}}, false) == "take 1");
    BOOST_TEST(chosen({{true, 8, 8}, {false, 0, 0}}, false) == "wait 1");
    BOOST_TEST(chosen({{true, 8, 8}}, false) == "connect");
}

BOOST_AUTO_TEST_CASE(where_all_are_full_there_is_another_whatever_the_most) {
    BOOST_TEST(chosen(loads(4, {true, 8, 4})) == "connect");
}

BOOST_AUTO_TEST_CASE(what_a_host_refused_is_not_asked_for_again) {
    connection_limits limits;
    limits.channel_refused(3);
    BOOST_TEST(limits.channels == 2);
    limits.channel_refused(8);  // of a connection that had them before
    BOOST_TEST(limits.channels == 2);
    BOOST_TEST(chosen({{true, 2, 0}}, false, limits) == "connect");
    limits.channel_refused(1);
    BOOST_TEST(limits.channels == 1);
    limits = {};
    limits.connection_refused(1);
    BOOST_TEST(chosen({{true, 2, 2}}, true, limits) == "take 0");
    BOOST_TEST(chosen({{true, 8, 2}}, true, limits) == "connect");
    limits.connection_refused(0);
    BOOST_TEST(limits.connections == 1);
}

BOOST_AUTO_TEST_CASE(every_choice_keeps_every_promise) {
    std::mt19937 random(3);
    const auto upto = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n + 1)); };
    for (int round = 0; round < 20'000; ++round) {
        connection_limits limits{1 + upto(7), 1 + upto(3), 1 + upto(3)};
        loads l(static_cast<std::size_t>(upto(5)));
        for (auto& load : l) {
            load = {upto(2) > 0, upto(8), 0};
            load.transfers = upto(load.channels);
        }
        const bool transfer = upto(1) > 0;
        const auto c = choose_connection(l, transfer, limits);
        const auto has_room = [&](const connection_load& load) { return load.channels < limits.channels; };
        const bool any_room = std::ranges::any_of(l, has_room);
        if (c.what == step::connect) {
            const bool for_transfers = transfer && static_cast<int>(l.size()) < limits.connections;
            BOOST_REQUIRE((!any_room || for_transfers));
            if (any_room)
                for (const auto& load : l)
                    BOOST_REQUIRE((!has_room(load) || load.transfers >= limits.transfers));
            continue;
        }
        const auto& chosen_one = l.at(c.which);
        BOOST_REQUIRE(has_room(chosen_one));
        BOOST_REQUIRE(chosen_one.connected == (c.what == step::take));
        for (const auto& load : l)
            if (load.connected == chosen_one.connected && has_room(load))
                BOOST_REQUIRE((transfer ? chosen_one.transfers <= load.transfers
                                        : chosen_one.channels <= load.channels));
        // It waits only where none with room stands, or one that stands would be shared by too many.
        if (c.what == step::wait)
            for (const auto& load : l)
                BOOST_REQUIRE(
                    (!load.connected || !has_room(load) || (transfer && load.transfers >= limits.transfers)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
