// What archives did over time, as the catalog keeps it: minutes for some time, hours for longer.
#include <boost/test/unit_test.hpp>

#include "engine/rules/history_steps.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_history_rows)

namespace {

constexpr epoch_seconds now = 1'700'002'800;  // an hour's begin
constexpr double day = 86400;

history_point minute_at(epoch_seconds at, std::uint64_t bytes = 100) {
    history_point p;
    p.at = at;
    p.seconds = 60;
    p.sent_bytes = bytes;
    p.verified_bytes = bytes + 1;
    p.verified_files = 2;
    p.waiting_files = 3;
    p.failed_files = 4;
    p.verified_after.observe(5);
    p.free_here = std::uint64_t{6} << 40;
    return p;
}

struct history_database : ready_database {
    void record(epoch_seconds at, epoch_seconds when, const std::string& name = archive,
                std::uint64_t bytes = 100) {
        ask(catalog().record_history({{name, minute_at(at, bytes)}}, when)).value();
    }
    std::vector<history_point> seen(epoch_seconds from, epoch_seconds to, double step,
                                    epoch_seconds when = now, const std::string& name = archive) {
        return ask(catalog().history({name, {from, to, step}, when})).value();
    }
    std::int64_t rows(int span) {
        return foreign().number("SELECT count(*) FROM suprsync_history WHERE span = " + std::to_string(span));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_minute_is_read_as_it_was_recorded, history_database) {
    auto other = minute_at(now, 7);
    other.free_there = 8;
    other.free_here.reset();
    ask(catalog().record_history({{archive, minute_at(now)}, {"other", other}}, now)).value();
    BOOST_TEST((seen(now, now + 60, 60) == std::vector{minute_at(now)}));
    BOOST_TEST((seen(now, now + 60, 60, now, "other") == std::vector{other}));
    BOOST_TEST((seen(now, now + 3600, 3600) == std::vector{minute_at(now)}));
    BOOST_TEST(seen(now + 60, now + 120, 60).empty());
    BOOST_TEST(seen(now, now + 60, 60, now, "none").empty());
}

BOOST_FIXTURE_TEST_CASE(what_two_daemons_saw_of_a_minute_is_one, history_database) {
    record(now, now);
    record(now, now);
    const auto both = seen(now, now + 60, 60);
    BOOST_REQUIRE(both.size() == 1U);
    BOOST_TEST((both[0] == together(minute_at(now), minute_at(now))));
}

BOOST_FIXTURE_TEST_CASE(steps_are_put_together_of_minutes_and_of_hours, history_database) {
    for (int n = 0; n < 180; ++n)
        if (n != 7) record(now + n * 60, now + n * 60);
    const auto fives = seen(now, now + 3 * 3600, 300);
    BOOST_REQUIRE(fives.size() == 36U);
    BOOST_TEST(fives[0].sent_bytes == 500U);
    BOOST_TEST(fives[0].verified_after.count() == 5U);
    BOOST_TEST(fives[1].sent_bytes == 400U);
    BOOST_TEST(fives[1].seconds == 240);
    const auto hours = seen(now, now + 3 * 3600, 3600);
    BOOST_REQUIRE(hours.size() == 3U);
    BOOST_TEST(hours[0].sent_bytes == 5900U);
    BOOST_TEST(hours[0].seconds == 59 * 60);
    BOOST_TEST(hours[1].verified_files == 120);
    BOOST_TEST(seen(now - 3600, now + 3 * 3600, 4 * 3600).size() == 2U);
    // Part by part as all at once.
    BOOST_TEST(seen(now, now + 3 * 3600, 60).size() == 179U);
}

BOOST_FIXTURE_TEST_CASE(more_rows_than_are_read_at_once_are_all_there, history_database) {
    std::vector<archive_minute> all;
    for (int n = 0; n < 2500; ++n) all.push_back({archive, minute_at(now + n * 60)});
    ask(catalog().record_history(all, now)).value();
    BOOST_TEST(seen(now, now + 2500 * 60, 60).size() == 2500U);
    // A step over the border of two readings is one.
    const auto steps = seen(now, now + 2500 * 60, 7 * 60);
    BOOST_TEST(steps.size() == 358U);
    std::uint64_t sum = 0;
    for (const auto& step : steps) sum += step.sent_bytes;
    BOOST_TEST(sum == 250'000U);
}

BOOST_FIXTURE_TEST_CASE(where_minutes_are_over_hours_are_told, history_database) {
    record(now, now);
    record(now + 60, now + 60);
    const auto later = now + 14.5 * day;
    record(later, later);
    const auto found = seen(now, later + 60, 60, later);
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0].sent_bytes == 200U);
    BOOST_TEST(found[1].sent_bytes == 100U);
    BOOST_TEST(rows(60) == 1);
    BOOST_TEST(rows(3600) == 2);
    // After two years nothing is left.
    const auto latest = now + 731 * day;
    record(latest, latest, "other");
    record(latest + 60, latest + 60, "other");
    BOOST_TEST(seen(now, now + 3600, 3600, latest).empty());
    BOOST_TEST(rows(60) == 2);
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_history WHERE archive = 'data'") == 1);
}

// A transaction stays short, however much is too old at once.
BOOST_FIXTURE_TEST_CASE(what_is_too_old_is_removed_some_at_a_time, history_database) {
    std::vector<archive_minute> all;
    for (int n = 0; n < 1000; ++n) all.push_back({archive, minute_at(now + n * 60)});
    ask(catalog().record_history(all, now)).value();
    const auto later = now + 20 * day;
    std::int64_t left = 1000;
    for (int n = 1; left > 0; ++n) {
        record(later + n * 60, later + n * 60, "other");
        const auto now_left =
            foreign().number("SELECT count(*) FROM suprsync_history WHERE archive = 'data' AND span = 60");
        BOOST_TEST(now_left < left);
        BOOST_TEST(left - now_left <= 200);
        left = now_left;
    }
    // What waits to be removed is told no more.
    BOOST_TEST(seen(now, now + 3600, 60, later).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_locked_catalog_costs_the_row_and_no_more, open_database) {
    options.client_patience = std::chrono::milliseconds(50);
    make_ready();
    foreign().execute("BEGIN IMMEDIATE");
    const auto refused = ask(catalog().record_history({{archive, minute_at(now)}}, now));
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::locked));
    foreign().execute("COMMIT");
    BOOST_TEST(ask(catalog().record_history({{archive, minute_at(now)}}, now)).has_value());
}

BOOST_FIXTURE_TEST_CASE(who_only_reads_sees_it_too, history_database) {
    record(now, now);
    foreign().insert(row_of(5));  // taken in, in memory
    close();
    options.read_only = true;
    open().value();
    BOOST_TEST(seen(now, now + 60, 60).size() == 1U);
    BOOST_TEST(counts().value().files == 1);
    BOOST_TEST(!ask(catalog().record_history({{archive, minute_at(now)}}, now)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
