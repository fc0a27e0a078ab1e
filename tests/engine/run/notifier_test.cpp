// Who is told of what happens, and that nothing waits for it.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/notifier_world.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(notifiers)

namespace {

constexpr const char* failed_kind = condition_kind::notification_failed;

struct two_told : notifier_world {
    two_told() : notifier_world({told_by("mail"), told_by("wall")}) {}
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_condition_is_told_when_it_begins_and_when_it_ends, notifier_world) {
    begin();
    raise("slot_busy");
    raise("slot_busy", "smurf", "met again");
    clear("slot_busy");
    BOOST_REQUIRE(sender.all.size() == 2U);
    const auto begun = sender.all[0].json();
    BOOST_TEST(begun.at("event").as_string() == "condition_begins");
    BOOST_TEST(begun.at("kind").as_string() == "slot_busy");
    BOOST_TEST(begun.at("archive").as_string() == "smurf");
    BOOST_TEST(begun.at("message").as_string() == "what to do");
    BOOST_TEST(begun.at("host").as_string() == "so1");
    BOOST_TEST(begun.at("instance_id").as_string() == "crate1");
    BOOST_TEST(sender.all[0].content_type == "application/json");
    BOOST_TEST(sender.all[1].event() == "condition_ends");
}

BOOST_AUTO_TEST_CASE(what_happened_before_the_start_is_told_and_what_is_not_wanted_is_not) {
    auto of_smurf = told_by("mail");
    of_smurf.on = {"condition_begins", "finalized"};
    of_smurf.archives = {"smurf"};
    of_smurf.kinds = {"slot_busy", "http_port_busy"};
    notifier_world w({of_smurf});
    w.served.conditions().raise("http_port_busy", "", "m");
    w.catalog.told_of_changes = 0.1;
    w.begin();
    w.raise("slot_busy", "timestreams");
    w.raise("paused", "smurf");
    w.raise("slot_busy", "smurf");
    w.clear("slot_busy", "smurf");
    BOOST_REQUIRE(w.sender.all.size() == 2U);
    BOOST_TEST(w.sender.all[0].kind() == "http_port_busy");
    BOOST_TEST(w.sender.all[1].kind() == "slot_busy");
    // A day of long ago is complete at once.
    w.disk.write("/data/old", "x", w.time.now() - 200);
    w.insert("/data/old", "16990/old", fake_md5("x"));
    w.time.advance(700);
    BOOST_REQUIRE(w.sender.all.size() == 3U);
    BOOST_TEST(w.sender.all[2].event() == "finalized");
    BOOST_TEST(w.sender.all[2].json().at("timecode").as_string() == "16990");
    BOOST_TEST(w.sender.all[2].json().at("num_files").as_int64() == 1);
}

BOOST_AUTO_TEST_CASE(beyond_the_bound_of_an_hour_there_is_one_summary) {
    auto entry = told_by("mail");
    entry.at_most = 3;
    notifier_world w({entry});
    w.begin();
    w.flap(20);
    BOOST_TEST(w.sender.all.size() == 3U);
    w.time.advance(3590);
    BOOST_TEST(w.sender.all.size() == 3U);
    w.time.advance(20);
    BOOST_REQUIRE(w.sender.all.size() == 4U);
    BOOST_TEST(w.sender.all[3].event() == "summary");
    BOOST_TEST(w.sender.all[3].json().at("count").as_int64() == 37);
    w.time.advance(7200);
    BOOST_TEST(w.sender.all.size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(who_cannot_be_told_is_a_condition_that_the_others_are_told_of, two_told) {
    begin();
    bool broken = true;
    sender.answer = [&](const auto& one) {
        return broken && one.by == "mail" ? refused_by_it() : std::nullopt;
    };
    raise("slot_busy");
    time.advance(20);
    BOOST_TEST(condition(failed_kind) == "");  // it is tried again by itself
    time.advance(120);
    BOOST_TEST(
        condition(failed_kind) ==
        "notify 1 (the command mail): cannot send a message by the command mail: exit 1: no; 1 message is not delivered. Mend it, and try it with: suprsync notify --test");
    const auto to_wall = sender.of("wall");
    BOOST_REQUIRE(to_wall.size() == 2U);
    BOOST_TEST(to_wall[0].kind() == "slot_busy");
    BOOST_TEST(to_wall[1].kind() == failed_kind);
    for (const auto& one : sender.of("mail")) BOOST_TEST(one.kind() == "slot_busy");

    broken = false;
    time.advance(600);
    BOOST_TEST(condition(failed_kind) == "");
    BOOST_TEST(sender.of("wall").back().event() == "condition_ends");
    const auto tries = sender.of("mail").size();
    time.advance(3600);
    BOOST_TEST(sender.of("mail").size() == tries, "what was taken is not sent again");
}

BOOST_FIXTURE_TEST_CASE(what_is_given_up_is_told_in_a_summary_as_soon_as_that_is_possible, notifier_world) {
    begin();
    bool broken = true;
    sender.answer = [&](const auto&) { return broken ? refused_by_it() : std::nullopt; };
    raise("slot_busy");
    clear("slot_busy");
    time.advance(3 * 3600);
    BOOST_TEST(condition(failed_kind).find("2 messages are not delivered") != std::string::npos,
               condition(failed_kind));
    BOOST_TEST(sender.all.back().event() == "summary");
    const auto tries = sender.all.size();
    BOOST_TEST(tries < 60U, "pauses grow");
    broken = false;
    time.advance(700);
    BOOST_TEST(condition(failed_kind) == "");
    BOOST_TEST(sender.all[tries].json().at("count").as_int64() == 2);
}

BOOST_FIXTURE_TEST_CASE(a_message_that_is_refused_for_good_is_not_sent_again, notifier_world) {
    begin();
    sender.answer = [&](const auto& one) {
        return one.event() == "summary" ? std::nullopt : refused_by_it(true);
    };
    raise("slot_busy");
    BOOST_TEST(condition(failed_kind) != "");
    time.advance(30);
    BOOST_TEST(sender.all.size() == 2U);
    BOOST_TEST(sender.all[1].event() == "summary");
    BOOST_TEST(condition(failed_kind) == "");
    // That this is over is not told to who failed: it would be refused, too, and so on.
    time.advance(3600);
    BOOST_TEST(sender.all.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(who_takes_for_ever_holds_up_nobody, two_told) {
    catalog.told_of_changes = 0.1;
    sender.holds = "mail";
    begin();
    raise("slot_busy");
    const auto id = add("a");
    time.advance(5);
    BOOST_TEST(verified(id));
    raise("paused");
    BOOST_TEST(sender.of("mail").size() == 1U);
    BOOST_TEST(sender.of("wall").size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(the_end_of_the_daemon_waits_three_seconds_and_no_longer, two_told) {
    sender.holds = "mail";
    begin();
    raise("slot_busy");
    served.stop();
    time.advance(notifier::time_at_the_end - 0.5);
    BOOST_TEST(!ended.has_value());
    time.advance(1);
    BOOST_TEST(ended.has_value());
    BOOST_TEST(sender.stopped);
}

BOOST_FIXTURE_TEST_CASE(what_waits_at_the_end_is_told_once_more_and_no_failure_is_waited_for, two_told) {
    begin();
    bool broken = true;
    sender.answer = [&](const auto& one) {
        return broken || one.by == "mail" ? refused_by_it() : std::nullopt;
    };
    raise("slot_busy");
    broken = false;
    served.stop();
    time.advance(1);
    BOOST_TEST(ended.has_value());
    BOOST_TEST(!sender.stopped);
}

BOOST_FIXTURE_TEST_CASE(a_reload_keeps_what_waits_for_those_that_stay, two_told) {
    begin();
    bool broken = true;
    sender.answer = [&](const auto&) { return broken ? refused_by_it() : std::nullopt; };
    raise("slot_busy");
    BOOST_TEST(sender.all.size() == 2U);
    // The first one goes, the second one stays, another one comes.
    reload({told_by("wall"), told_by("write")});
    broken = false;
    time.advance(600);
    BOOST_TEST(sender.of("mail").size() == 1U);
    BOOST_REQUIRE(sender.of("wall").size() == 2U);
    BOOST_TEST(sender.of("wall")[1].text == sender.of("wall")[0].text);
    BOOST_TEST(sender.of("write").empty());
    raise("paused");
    BOOST_TEST(sender.of("mail").size() == 1U);
    BOOST_TEST(sender.of("wall").size() == 3U);
    BOOST_TEST(sender.of("write").size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(who_failed_and_is_taken_out_of_the_configuration_is_no_condition_any_more,
                        notifier_world) {
    begin();
    sender.answer = [](const auto&) { return refused_by_it(true); };
    raise("slot_busy");
    BOOST_TEST(condition(failed_kind) != "");
    reload({});
    BOOST_TEST(condition(failed_kind) == "");
    raise("paused");
    BOOST_TEST(sender.all.size() == 1U);
}

BOOST_AUTO_TEST_CASE(without_anybody_to_tell_nothing_is_sent) {
    notifier_world w(std::vector<notify_configuration>{});
    w.begin();
    w.flap(3);
    w.time.advance(100);
    BOOST_TEST(w.sender.all.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
