#include "engine/model/names.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "tests/support/hostile_texts.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(names)

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

BOOST_AUTO_TEST_CASE(what_is_cut_is_utf8_still) {
    BOOST_TEST(beginning_of("abc", 3) == "abc");
    BOOST_TEST(beginning_of("abc", 2) == "ab");
    BOOST_TEST(beginning_of("a\u00e9", 2) == "a");
    BOOST_TEST(beginning_of("\u65e5", 2) == "");
    BOOST_TEST(shortened("short", 20, "short") == "short");
    for (std::size_t most = 20; most < 60; ++most) {
        std::string text;
        while (text.size() < 100) text += "a\u65e5";
        const auto cut = shortened(text, most, text);
        BOOST_TEST(cut.size() <= most);
        BOOST_TEST(is_utf8(cut));
        BOOST_TEST(cut != shortened(text + "b", most, text + "b"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
