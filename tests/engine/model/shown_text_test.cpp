// What leaves the program is read by the programs that people have, and by terminals, as it was meant.
#include "engine/model/shown_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/test/unit_test.hpp>
#include <set>

#include "engine/model/text.hpp"
#include "tests/support/hostile_texts.hpp"
#include "tests/support/what_program_says.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(shown_texts)

namespace {

using points = std::vector<unsigned>;

std::string encoded(unsigned point) {
    std::string text;
    const auto follow = [&](int shift) { text += static_cast<char>(0x80U | ((point >> shift) & 0x3fU)); };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) {
        text += static_cast<char>(0xc0U | point >> 6U);
    } else if (point < 0x10000) {
        text += static_cast<char>(0xe0U | point >> 12U);
        follow(6);
        return follow(0), text;
    } else {
        text += static_cast<char>(0xf0U | point >> 18U);
        follow(12);
        follow(6);
    }
    follow(0);
    return text;
}

// Code points, those of each text; a byte that is no UTF-8 is read as U+FFFD.
points points_of(std::string_view text) {
    points all;
    while (!text.empty()) {
        const auto length = utf8_sequence(text);
        unsigned point = static_cast<unsigned char>(text[0]);
        if (length == 0) point = 0xfffd;
        if (length > 1) point &= 0x7fU >> length;
        for (std::size_t i = 1; i < length; ++i)
            point = point << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
        all.push_back(point);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return all;
}

// Every character of the Basic Multilingual Plane and the ends of the others, a text each for 64 of them.
std::vector<std::string> whole_of_unicode() {
    std::vector<std::string> all;
    for (unsigned first = 1; first < 0x110000; first += first < 0xffc1 ? 64 : 0x10000) {
        std::string text;
        for (unsigned point = first; point < first + 64 && point < 0x110000; ++point)
            if (point < 0xd800 || point > 0xdfff) text += encoded(point);
        if (!text.empty()) all.push_back(text);
    }
    return all;
}

std::vector<std::string> all_texts() {
    auto all = hostile_bytes();
    for (auto& text : whole_of_unicode()) all.push_back(std::move(text));
    return all;
}

std::string as_points(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) all += fmt::format("[{}]\n", fmt::join(points_of(text), ","));
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(pyyaml_reads_what_was_written) {
    std::string document;
    for (const auto& text : all_texts()) document += "- " + yaml_text(text) + "\n";
    BOOST_TEST(what_program_says(
                   R"(python3 -c '
import sys, yaml
for text in yaml.safe_load(sys.stdin.buffer):
    print("[" + ",".join(str(ord(c)) for c in text) + "]")')",
                   document) == as_points(all_texts()));
    // It does refuse what is not escaped.
    BOOST_TEST(
        what_program_says("python3 -c 'import sys, yaml; yaml.safe_load(sys.stdin.buffer)'", "- \"\ufffe\"\n")
            .starts_with("status "));
}

BOOST_AUTO_TEST_CASE(jq_and_python_read_what_was_written) {
    std::string lines;
    for (const auto& text : all_texts()) lines += json_text(text) + "\n";
    BOOST_TEST(what_program_says("jq -c explode", lines) == as_points(all_texts()));
    BOOST_TEST(what_program_says(
                   R"(python3 -c '
import json, sys
for line in sys.stdin.buffer:
    print("[" + ",".join(str(ord(c)) for c in json.loads(line)) + "]")')",
                   lines) == as_points(all_texts()));
}

BOOST_AUTO_TEST_CASE(nothing_reaches_a_terminal_that_it_obeys_or_hides) {
    std::set<std::string> names;
    for (const auto& text : all_texts()) {
        for (const auto& shown : {shown_name(text), shown_line(text), json_text(text), yaml_text(text)})
            BOOST_TEST(is_printable(shown), shown);
        BOOST_TEST(names.insert(shown_name(text)).second, "two texts are shown as " << shown_name(text));
    }
    for (const unsigned point :
         {0x00U, 0x1fU, 0x7fU, 0x80U, 0x9fU, 0x61cU, 0x200bU, 0x200fU, 0x2028U, 0x202eU, 0x2060U, 0x2069U,
          0xfdd0U, 0xfdefU, 0xfeffU, 0xfffeU, 0x10fffeU, 0xe0001U})
        BOOST_TEST(!is_printable(encoded(point)), point);
    for (const char* text : {"", " ", "~", "\u00a0", "\u00e9", "\u200d", "\ufffd", "\U0001f600", "\u65e5"})
        BOOST_TEST(is_printable(text), text);
    BOOST_TEST(!is_printable("\xff"));
}

BOOST_AUTO_TEST_CASE(escapes_are_those_that_people_know) {
    BOOST_TEST(shown_name("a\\b\n\t\x1b\x7f\u009b\u202e\U000e0001\xff") ==
               R"(a\\b\n\t\x1b\x7f\u009b\u202e\U000e0001\xff)");
    BOOST_TEST(shown_line("a\\b\n") == R"(a\b\n)");
    BOOST_TEST(shown_lines("a\nb\x1b") == "a\nb\\x1b");
    BOOST_TEST(json_text("\"\\\n\x1b\U000e0001\xff") == "\"\\\"\\\\\\n\\u001b\\udb40\\udc01\ufffd\"");
    BOOST_TEST(yaml_text("\"\\\n\x1b\U000e0001\xff") == "\"\\\"\\\\\\n\\u001b\\U000e0001\ufffd\"");
}

BOOST_AUTO_TEST_CASE(what_is_cut_is_utf8_still) {
    BOOST_TEST(beginning_of("abc", 3) == "abc");
    BOOST_TEST(beginning_of("abc", 2) == "ab");
    BOOST_TEST(beginning_of("a\u00e9", 2) == "a");
    BOOST_TEST(beginning_of("\u65e5", 2) == "");
    BOOST_TEST(abridged("a\u00e9", 3) == "a\u00e9");
    BOOST_TEST(abridged("a\u00e9b", 2) == "a...");
    BOOST_TEST(expected_not("a number", "x") == "expected a number, got 'x'");
    BOOST_TEST(expected_not("a number", std::string(1 << 20, 'x')) ==
               "expected a number, got '" + std::string(80, 'x') + "...'");
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
