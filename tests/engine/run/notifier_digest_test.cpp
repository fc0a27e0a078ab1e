// The digest of a day: at its hour, once, over restarts.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/notifier_world.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(notifier_digests)

namespace {

// The clock of these tests begins at 2023-11-15 12:06:40Z, 3,200 s before that.
notify_configuration at_one() {
    auto entry = told_by("mail");
    entry.on = {"digest"};
    entry.digest_at = daily_time{13 * 60, false};
    return entry;
}

// Another start of the daemon, on the same catalog.
struct restarted : kept_sender {
    explicit restarted(notifier_world& w)
        : daemon(
              w.loop.get_executor(), notifier_world::telling({at_one()}), w.catalog, w.disk, w.time,
              [] { return 0.0; },
              [&w](const archive_configuration&) {
                  return std::make_unique<fake_transport>(w.loop, w.disk);
              }) {
        sender.time = &w.time;
        daemon.tell_through(sender, "so1");
        boost::asio::co_spawn(w.loop, daemon.run(), [this](std::exception_ptr, bool) { ended = true; });
        settle(w.loop);
    }
    suprsync::daemon daemon;
    bool ended = false;
};

void end(notifier_world& w) {
    w.served.stop();
    for (int i = 0; i < 20 && !w.ended; ++i) w.time.advance(1);
    BOOST_REQUIRE(w.ended.has_value());
}

std::string record(notifier_world& w) { return w.ask(w.catalog.real().last_digest("crate1 13:00")).value(); }

}  // namespace

BOOST_AUTO_TEST_CASE(it_comes_at_its_hour_once_a_day_with_what_was_done_since_the_last) {
    notifier_world w({at_one()});
    w.catalog.told_of_changes = 0.1;
    w.begin();
    w.time.advance(60);
    const auto id = w.add("a");
    w.time.advance(5);
    BOOST_TEST(w.verified(id));
    w.catalog.told_of_changes = 600;
    BOOST_TEST(w.sender.all.empty());
    w.time.advance(3600);
    BOOST_REQUIRE(w.sender.all.size() == 1U);
    const auto told = w.sender.all[0].json();
    BOOST_TEST(told.at("event").as_string() == "digest");
    const auto& archives = told.at("archives").as_array();
    BOOST_REQUIRE(archives.size() == 2U);
    BOOST_TEST(archives[0].at("archive").as_string() == "smurf");
    BOOST_TEST(archives[0].at("files_verified").as_int64() >= 1);
    const auto recorded = read_mark(record(w));
    BOOST_REQUIRE(recorded.has_value());
    BOOST_TEST(recorded->at == told.at("time").to_number<double>());

    // At most once a day.
    w.time.advance(12 * 3600);
    BOOST_TEST(w.sender.all.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_restart_tells_it_not_again_and_tells_the_one_that_was_missed) {
    notifier_world w({at_one()});
    w.begin();
    w.time.advance(3600);
    BOOST_TEST(w.sender.all.size() == 1U);
    end(w);
    {
        restarted again(w);
        w.time.advance(3600);
        BOOST_TEST(again.sender.all.empty());
        again.daemon.stop();
        for (int i = 0; i < 20 && !again.ended; ++i) w.time.advance(1);
    }
    // It does not run when the hour of the next day comes.
    w.time.advance(24 * 3600);
    restarted late(w);
    w.time.advance(60);
    BOOST_TEST(late.sender.all.size() == 1U);
    late.daemon.stop();
    for (int i = 0; i < 20 && !late.ended; ++i) w.time.advance(1);
}

BOOST_AUTO_TEST_CASE(it_is_recorded_before_it_is_told_and_waits_where_it_cannot_be_recorded) {
    notifier_world w({at_one()});
    w.begin();
    w.time.advance(60);
    w.catalog.fail_next("record_digest", disk_error());
    w.time.advance(3212 - 60);
    BOOST_TEST(w.catalog.count("record_digest") == 2U);
    BOOST_TEST(w.sender.all.empty());
    w.time.advance(60);
    BOOST_TEST(w.sender.all.size() == 1U);
    std::string at_telling;
    w.sender.answer = [&](const auto&) {
        at_telling = "told";
        return std::nullopt;
    };
    const auto before = record(w);
    w.time.advance(24 * 3600);
    BOOST_TEST(at_telling == "told");
    BOOST_TEST(record(w) != before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
