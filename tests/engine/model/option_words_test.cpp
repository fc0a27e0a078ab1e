#include "engine/model/option_words.hpp"

#include <boost/test/unit_test.hpp>
#include <map>

using namespace suprsync;

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

BOOST_AUTO_TEST_SUITE_END()
