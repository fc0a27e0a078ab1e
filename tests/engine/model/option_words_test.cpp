#include "engine/model/option_words.hpp"

#include <boost/test/unit_test.hpp>
#include <map>

#include "engine/model/shown_text.hpp"
#include "tests/support/hostile_texts.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(option_words)

BOOST_AUTO_TEST_CASE(times_have_units) {
    const std::map<std::string, double> known{
        {"90", 90},   {"90s", 90},    {"15m", 900},  {"2h", 7200},       {"7d", 604800}, {"0", 0},
        {"0.5", 0.5}, {"1.5h", 5400}, {"1e3", 1000}, {"604800", 604800}, {"0d", 0}};
    for (const auto& [text, seconds] : known) {
        const auto read = read_duration(text);
        BOOST_REQUIRE_MESSAGE(read.has_value(), text);
        BOOST_TEST(*read == seconds, text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_none) {
    for (const char* text :
         {"",   "s",   "d",     "-1",   "-1d", "+5",  " 5",   "5 ",     "5 s",   "5 m",  "1w",  "1D",
          "1M", "5ms", "1h30m", "soon", "nan", "inf", "infd", "1e308d", "1e999", "0x10", "5s5", "1,5"})
        BOOST_TEST(!read_duration(text).has_value(), "'" << text << "'");
    using namespace std::string_literals;
    BOOST_TEST(!read_duration("5\0"s).has_value());
}

BOOST_AUTO_TEST_CASE(a_time_that_is_shown_is_read_as_the_same) {
    for (const double seconds : {0.0, 0.1, 1.0, 90.0, 604800.0, 1e9, 1.0 / 3})
        BOOST_TEST(read_duration(show_duration(seconds)).value_or(-1) == seconds, show_duration(seconds));
    BOOST_TEST(show_duration(60) == "60s");
}

BOOST_AUTO_TEST_CASE(dates_are_iso_8601_or_seconds) {
    const std::map<std::string, double> known{{"0", 0},
                                              {"1700000000.5", 1700000000.5},
                                              {"1e3", 1000},
                                              {"1970-01-01", 0},
                                              {"2026-11-28", 1795824000},
                                              {"2024-02-29", 1709164800},
                                              {"2026-11-28T23:15", 1795907700},
                                              {"2026-11-28T23:15:01Z", 1795907701},
                                              {"2026-11-28 23:15:01.25", 1795907701.25},
                                              {"2026-11-28T23:15+09:00", 1795875300},
                                              {"2026-11-28T23:15:00-0330", 1795920300},
                                              {"2026-11-28T23:15:00+01", 1795904100},
                                              {"1969-12-31T23:00-02:00", 3600}};
    for (const auto& [text, when] : known) {
        const auto read = read_date(text);
        BOOST_REQUIRE_MESSAGE(read.has_value(), text);
        BOOST_TEST(*read == when, text << ": " << std::fixed << *read);
    }
    for (const char* text : {"",
                             "now",
                             "-1",
                             "1e12",
                             "nan",

                             "2026-11",
                             "2026-13-01",
                             "2026-02-29",
                             "2026-11-31",
                             "2026-1-1",
                             "26-11-28",
                             "2026/11/28",
                             "20261128T231500Z",
                             "2026-11-28T",
                             "2026-11-28T23",
                             "2026-11-28T24:00",
                             "2026-11-28T23:60",
                             "2026-11-28T23:15:60",
                             "2026-11-28T23:15:1",
                             "2026-11-28T23:15:011",
                             "2026-11-28T23:15:",
                             "2026-11-28T23:15Zx",
                             "2026-11-28T23:15+",
                             "2026-11-28T23:15+9",
                             "2026-11-28T23:15+15:00",
                             "2026-11-28T23:15 UTC",
                             "2026-11-28Z",
                             " 2026-11-28",
                             "2026-11-28 ",
                             "2026-+1-28",
                             "1969-12-31",
                             "90s",
                             "7d"})
        BOOST_TEST(!read_date(text).has_value(), "'" << text << "'");
}

BOOST_AUTO_TEST_CASE(rates_may_say_that_they_are_rates) {
    for (const auto& [text, rate] : std::map<std::string, std::string>{{"800", "800"},
                                                                       {"10M", "10M"},
                                                                       {"10MiB", "10MiB"},
                                                                       {"10MB/s", "10MB"},
                                                                       {"1.5m/s", "1.5m"},
                                                                       {"0", "0"}})
        BOOST_TEST(read_rate(text).value_or("none") == rate, text);
    for (const char* text : {"", "/s", "800/s", "10MB/h", "10MB/s/s", "10 MB", "banana", "banana/s", "100"})
        BOOST_TEST(read_rate(text).has_value() == (std::string(text) == "100"), text);
}

BOOST_AUTO_TEST_CASE(flags_and_words_are_read_in_any_case) {
    for (const char* text : {"true", "Yes", "ON"}) BOOST_TEST(read_flag(text).value_or(false), text);
    for (const char* text : {"false", "NO", "oFf"}) BOOST_TEST(!read_flag(text).value_or(true), text);
    for (const char* text : {"", "1", "0", "y", "truee", "tru"})
        BOOST_TEST(!read_flag(text).has_value(), text);
    const std::vector<std::string> words{"text", "JSON"};
    BOOST_TEST(read_word("Text", words).value_or("") == "text");
    BOOST_TEST(read_word("json", words).value_or("") == "JSON");
    for (const char* text : {"", "tex", "texts", "t"}) BOOST_TEST(!read_word(text, words).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_name_is_judged_by_what_it_becomes) {
    for (const std::string fine :
         {"smurf", "a b", "-", "$(id)", "quote\"'x", "a.b", "gr\u00fc\u00dfe", "\U0001f52d"})
        BOOST_TEST(!why_no_name(fine), fine);
    BOOST_TEST(!why_no_name(std::string(255, 'a')));
    const auto refused = [](const std::string& name, const std::string& because) {
        const auto why = why_no_name(name);
        BOOST_REQUIRE_MESSAGE(why, shown_name(name));
        BOOST_TEST(why->find(because) != std::string::npos, *why);
    };
    refused("", "must not be empty");
    refused("a/b", "cannot hold '/'");
    refused(std::string("a\0b", 3), "NUL");
    refused(".hidden", "cannot begin with a dot");
    refused("a\xff", "not valid UTF-8");
    for (const char* name : {"new\nline", "\x1b[31m", "\x7f", "\u009b31m", "\u202e", "\ufffe", "\u2028"})
        refused(name, "cannot be seen");
    refused(std::string(256, 'a'), "256 bytes long");
    for (const auto& text : hostile_bytes())
        BOOST_TEST(why_no_name(text).has_value() == (text.empty() || !is_printable(text)), shown_name(text));
}

BOOST_AUTO_TEST_CASE(an_hour_of_every_day_is_of_utc_or_local_and_is_shown_as_it_is_read) {
    for (int minutes = 0; minutes < 24 * 60; ++minutes)
        for (const bool local : {false, true}) {
            const daily_time when{minutes, local};
            BOOST_REQUIRE((read_daily_time(show_daily_time(when)) == when));
        }
    BOOST_TEST(show_daily_time({485, true}) == "08:05 local");
    for (const char* none : {"", "8:00", "08:0", "24:00", "08:60", "08.00", "-8:00", "08:-1", "08:00:00",
                             "08:00 utc", "08:00local", " 08:00", "08:00 ", "local", "x8:00"})
        BOOST_TEST(!read_daily_time(none).has_value(), none);
}

// Each of them would be right if it were shorter, and is no reason to end.
BOOST_AUTO_TEST_CASE(values_of_any_length_are_refused_and_use_up_no_stack) {
    const auto long_of = [](char c) { return std::string(std::size_t{1} << 20, c); };
    for (const auto& text : {"u+" + long_of('r'), long_of('D') + "+x", "D" + long_of('0')})
        BOOST_TEST((!is_rsync_modes(text) && !is_rsync_modes("u+r," + text)));
    for (const auto& text : {long_of('1'), "." + long_of('5'), "1." + long_of('0') + "k"})
        BOOST_TEST((!is_rsync_rate(text) && !read_rate(text)));
    for (const auto& text :
         {"::" + long_of('1'), "u@[::1" + long_of('0') + "]", "::1%" + long_of('e'), long_of('h')})
        BOOST_TEST(!is_ssh_destination(text));
    // The longest that are taken.
    BOOST_TEST(is_rsync_modes("D" + std::string(63, '0')));
    BOOST_TEST(!is_rsync_modes("D" + std::string(64, '0')));
    BOOST_TEST(is_rsync_rate(std::string(63, '0') + "k"));
    BOOST_TEST(!is_rsync_rate(std::string(64, '0') + "k"));
    BOOST_TEST(is_ssh_destination("u@" + std::string(318, 'h')));
    BOOST_TEST(!is_ssh_destination("u@" + std::string(319, 'h')));
}

BOOST_AUTO_TEST_SUITE_END()
