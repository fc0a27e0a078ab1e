#include "engine/rules/digest.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(digests)

namespace {

const notice_source here{"so1", "srv20"};
constexpr epoch_seconds day0 = 1'700'006'400;  // 2023-11-15 00:00Z
constexpr double h = 3600;
constexpr daily_time at_eight{8 * 60, false};
constexpr daily_time local_eight{8 * 60, true};

digest_archive smurf() {
    digest_archive one;
    one.name = "smurf";
    one.totals = {1500, 2'500'000'000, 700, 900'000'000, 30, 4'000'000};
    one.waiting = 12;
    one.bytes_waiting = 3'000'000;
    one.failed = 1;
    one.oldest = day0 + 6 * h;
    one.finalized_until = day0;
    return one;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_mark_is_read_as_it_was_recorded) {
    digest_mark mark{
        19676, day0 + 0.5, {{"smurf", {1, 2, 3, 4, 9, 10}}, {"two words", {5, 6, 7, 8, 0, 0}}, {"leer", {}}}};
    const auto read = read_mark(record_of(mark));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == mark));
    mark = {-3, 0, {}};
    BOOST_TEST((*read_mark(record_of(mark)) == mark));
    // As one was recorded before there were proofs.
    const auto earlier = read_mark("19676 5.500 \n1 2 3 4 5 smurf\n");
    BOOST_REQUIRE(earlier.has_value());
    BOOST_TEST((*earlier == digest_mark{19676, 5.5, {{"5 smurf", {1, 2, 3, 4, 0, 0}}}}));
    for (const char* none : {"1 2 proofs\n1 2 3 4 smurf\n", "1 2 proof\n", "", "x", "1", "1 2", "1 nan \n",
                             "1 2 x\n", "1 2 \n1 2 3 smurf\n", "1 2 \n1 2 3 4 \n", "1 2 \nsmurf 1 2 3 4\n"})
        BOOST_TEST(!read_mark(none).has_value(), none);
}

BOOST_AUTO_TEST_CASE(a_day_begins_at_the_hour_of_utc_or_of_the_time_zone) {
    for (const double offset : {-11 * h, 0.0, 9 * h, 5.5 * h}) {
        const auto day = digest_day(at_eight, day0 + 8 * h, offset);
        BOOST_TEST(digest_day(at_eight, day0 + 8 * h - 1, offset) == day - 1);
        BOOST_TEST(digest_day(at_eight, day0 + 32 * h - 1, offset) == day);
        BOOST_TEST(digest_day(at_eight, day0 + 32 * h, offset) == day + 1);
        const auto local = digest_day(local_eight, day0 + 8 * h - offset, offset);
        BOOST_TEST(digest_day(local_eight, day0 + 8 * h - offset - 1, offset) == local - 1);
        BOOST_TEST(digest_day(local_eight, day0 + 32 * h - offset - 1, offset) == local);
    }
}

// A clock that goes on by minutes over 400 days, with restarts, and a time zone that changes twice a year.
BOOST_AUTO_TEST_CASE(there_is_one_digest_a_day_whatever_the_time_zone_does) {
    for (const int minutes : {0, 90, 150, 179, 480, 1439})
        for (const bool local : {false, true}) {
            const daily_time when{minutes, local};
            const auto offset = [](epoch_seconds now) {
                return static_cast<int>((now - day0) / (182 * 24 * h)) % 2 == 0 ? 1 * h : 2 * h;
            };
            digest_mark last{digest_day(when, day0, offset(day0)), day0, {}};
            int sent = 0;
            for (epoch_seconds now = day0; now < day0 + 400 * 24 * h; now += 300) {
                const auto day = digest_day(when, now, offset(now));
                if (!is_due(last, day)) continue;
                if (sent > 0) BOOST_TEST(now - last.at >= 22 * h);
                ++sent;
                last = *read_mark(record_of({day, now, {}}));
            }
            BOOST_TEST(sent >= 399, minutes << (local ? " local" : ""));
            BOOST_TEST(sent <= 400, minutes << (local ? " local" : ""));
        }
}

BOOST_AUTO_TEST_CASE(it_is_due_once_a_day_and_after_a_clock_that_was_ahead) {
    const digest_mark last{100, 0, {}};
    BOOST_TEST(!is_due(last, 100));
    BOOST_TEST(!is_due(last, 99));  // the hour that comes twice when summer ends
    BOOST_TEST(is_due(last, 101));
    BOOST_TEST(is_due(last, 150));  // the machine was off
    BOOST_TEST(is_due(last, 98));
}

BOOST_AUTO_TEST_CASE(it_tells_what_was_done_since_the_last_one_what_waits_and_what_stands) {
    const digest_mark last{
        1, day0 - 16 * h, {{"smurf", {500, 500'000'000, 600, 800'000'000, 10, 1'000'000}}}};
    const auto told =
        digest_notice({}, last, {smurf()}, {{"paused", "smurf", "by request", day0}}, day0 + 8 * h, here);
    BOOST_TEST(told.subject ==
               "1,000 files (2.0 GB) delivered since 2023-11-14 08:00:00Z, 1 condition holds (srv20 at so1)");
    BOOST_TEST(
        told.text ==
        R"(smurf: 1,000 files (2.0 GB) delivered and verified, 20 files (3.0 MB) proven again, 100 files (100.0 MB) deleted here, 12 files (3.0 MB) to go, 1 failed, the oldest that is not verified was registered 2 h ago, finalized until 2023-11-15 00:00:00Z
! paused of smurf, since 8 h ago: by request
)");
    BOOST_TEST(
        written(told, "json", here)
            .text.find(
                R"("since":1699948800.000,"archives":[{"archive":"smurf","files_verified":1000,"bytes_verified":2000000000,"files_proven":20,"bytes_proven":3000000,"files_deleted":100,"bytes_deleted":100000000,"files_to_go":12,"bytes_to_go":3000000,"files_failed":1,"oldest_unverified":1700028000.000,"finalized_until":1700006400.000}],"conditions":[{"kind":"paused","archive":"smurf","since":1700006400.000,"message":"by request"}])") !=
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_quiet_day_is_told_as_one) {
    digest_archive quiet;
    quiet.name = "hk";
    const auto told = digest_notice({}, {1, day0, {{"hk", {}}}}, {quiet}, {}, day0 + 24 * h, here);
    BOOST_TEST(told.subject ==
               "0 files delivered since 2023-11-15 00:00:00Z, nothing stands in the way (srv20 at so1)");
    BOOST_TEST(told.text ==
               "hk: 0 files delivered and verified, nothing waits, no day finalized\nNo condition holds.");
}

// A catalog that was put back from a backup knows of fewer files.
BOOST_AUTO_TEST_CASE(nothing_is_negative) {
    const digest_mark last{
        1, day0, {{"smurf", {9999, 9'999'999'999, 9999, 9'999'999'999, 9999, 9'999'999'999}}}};
    const auto told = digest_notice({}, last, {smurf()}, {}, day0 + 24 * h, here);
    BOOST_TEST(told.text.starts_with("smurf: 0 files delivered and verified, 12 files"), told.text);
}

BOOST_AUTO_TEST_CASE(an_entry_with_archives_is_told_of_those_and_of_the_whole_daemon) {
    notify_configuration entry;
    entry.archives = {"smurf"};
    auto other = smurf();
    other.name = "hk";
    const auto told = digest_notice(entry, {1, day0, {}}, {smurf(), other},
                                    {{"paused", "hk", "m1", day0},
                                     {"slot_busy", "smurf", "m2", day0},
                                     {"disk_nearly_full", "", "m3", day0}},
                                    day0 + 24 * h, here);
    BOOST_TEST(told.text.find("hk") == std::string::npos, told.text);
    BOOST_TEST(told.text.find("m1") == std::string::npos, told.text);
    BOOST_TEST(told.text.find("! slot_busy of smurf") != std::string::npos, told.text);
    BOOST_TEST(told.text.find("! disk_nearly_full, since 1 d ago: m3") != std::string::npos, told.text);
}

BOOST_AUTO_TEST_SUITE_END()
