#include "engine/model/text.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(text)

namespace {

// An encoder of its own, which also makes what must not be there: overlong forms and surrogates.
std::string encode(std::uint32_t point, int length) {
    const auto byte = [](std::uint32_t b) { return static_cast<char>(static_cast<unsigned char>(b)); };
    std::string text;
    if (length == 1) return {byte(point)};
    const std::uint32_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    text += byte(lead[length] | point >> (6 * (length - 1)));
    for (int i = length - 2; i >= 0; --i) text += byte(0x80 | (point >> (6 * i) & 0x3f));
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(is_utf8_knows_every_code_point_in_every_length) {
    for (std::uint32_t point = 0; point < 0x200000; point += point < 0x3000 ? 1 : 7) {
        const bool surrogate = point >= 0xd800 && point <= 0xdfff;
        const int shortest = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        for (int length = 1; length <= 4; ++length) {
            const int bits = length == 1 ? 7 : length == 2 ? 11 : length == 3 ? 16 : 21;
            if (point >> bits != 0) continue;
            const bool valid = length == shortest && !surrogate && point <= 0x10ffff;
            const auto text = encode(point, length);
            BOOST_REQUIRE_MESSAGE(is_utf8(text) == valid, std::hex << point << " in " << length);
            BOOST_REQUIRE(is_utf8("a" + text + "\u00e9") == valid);
        }
    }
}

BOOST_AUTO_TEST_CASE(is_utf8_refuses_sequences_that_are_cut_or_spoiled) {
    for (const std::uint32_t point : {0xe9u, 0x20acu, 0x1f52du}) {
        const int length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        const auto whole = encode(point, length);
        BOOST_TEST(is_utf8(whole));
        for (std::size_t keep = 1; keep < whole.size(); ++keep) {
            BOOST_TEST(!is_utf8(whole.substr(0, keep)));
            BOOST_TEST(!is_utf8(whole.substr(0, keep) + "a"));
            BOOST_TEST(!is_utf8(whole.substr(keep)));
        }
        for (std::size_t at = 1; at < whole.size(); ++at)
            for (int byte = 0; byte < 256; ++byte)
                if (byte < 0x80 || byte > 0xbf) {
                    auto spoiled = whole;
                    spoiled[at] = static_cast<char>(byte);
                    BOOST_REQUIRE(!is_utf8(spoiled));
                }
    }
    BOOST_TEST(is_utf8(""));
    for (int byte = 0x80; byte < 256; ++byte) BOOST_TEST(!is_utf8(std::string(1, static_cast<char>(byte))));
}

BOOST_AUTO_TEST_CASE(the_length_of_the_first_sequence) {
    BOOST_TEST(utf8_sequence("") == 0u);
    BOOST_TEST(utf8_sequence("ab") == 1u);
    BOOST_TEST(utf8_sequence("\u00e9a") == 2u);
    BOOST_TEST(utf8_sequence("\u20aca") == 3u);
    BOOST_TEST(utf8_sequence("\U0001f52da") == 4u);
    BOOST_TEST(utf8_sequence("\xff") == 0u);
}

BOOST_AUTO_TEST_CASE(lower_changes_ascii_letters_alone) {
    BOOST_TEST(lower("AZaz09-_\u00c9") == "azaz09-_\u00c9");
}

BOOST_AUTO_TEST_CASE(an_md5_sum_is_32_hexadecimal_digits_in_lower_case) {
    const std::string good = "0123456789abcdef0123456789abcdef";
    BOOST_TEST(is_md5(good));
    for (const auto& bad : {std::string(), good.substr(1), good + "0", good.substr(1) + "g",
                            good.substr(1) + "A", good.substr(1) + "\n"})
        BOOST_TEST(!is_md5(bad), bad);
}

BOOST_AUTO_TEST_CASE(the_directory_of_a_path) {
    BOOST_TEST(directory_of("/a/b") == "/a");
    BOOST_TEST(directory_of("/b") == "/");
    BOOST_TEST(directory_of("b") == ".");
    BOOST_TEST(directory_of("a/b/c") == "a/b");
}

BOOST_AUTO_TEST_CASE(a_number_is_the_whole_text_and_within_its_bounds) {
    BOOST_TEST(read_number<long>("-12").value_or(0) == -12);
    BOOST_TEST(read_number<long>("1", 1, 64).value_or(0) == 1);
    BOOST_TEST(read_number<long>("64", 1, 64).value_or(0) == 64);
    BOOST_TEST(read_number<double>("1.5").value_or(0) == 1.5);
    BOOST_TEST(read_number<unsigned short>("65535").value_or(0) == 65535);
    for (const char* text :
         {"", "0", "65", "-1", "+1", " 1", "1 ", "1.5", "0x1", "1e1", "one", "99999999999999999999"})
        BOOST_TEST(!read_number<long>(text, 1, 64).has_value(), "'" << text << "'");
    for (const char* text : {"", "inf", "-inf", "nan", "1e999", "1s", "-0.1"})
        BOOST_TEST(!read_number<double>(text, 0).has_value(), "'" << text << "'");
    BOOST_TEST(!read_number<unsigned short>("65536").has_value());
}

BOOST_AUTO_TEST_CASE(a_number_is_taken_off_the_beginning_of_a_text) {
    std::string_view text = "12 81a4 rest";
    BOOST_TEST(take_number<long>(text).value_or(0) == 12);
    BOOST_TEST(!take_number<long>(text).has_value());
    BOOST_TEST(text == " 81a4 rest");
    text.remove_prefix(1);
    BOOST_TEST(take_number<unsigned>(text, 16).value_or(0) == 0x81a4U);
    BOOST_TEST(text == " rest");
    text = "1.5s";
    BOOST_TEST(take_number<double>(text).value_or(0) == 1.5);
    BOOST_TEST(text == "s");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_path_is_its_last_component) {
    BOOST_TEST(name_of("/a/b") == "b");
    BOOST_TEST(name_of("b") == "b");
    BOOST_TEST(name_of("/b") == "b");
    BOOST_TEST(name_of("/a/") == "");
    BOOST_TEST(name_of("") == "");
}

BOOST_AUTO_TEST_CASE(a_first_line_ends_before_the_newline) {
    BOOST_TEST(first_line("a\nb\n") == "a");
    BOOST_TEST(first_line("a") == "a");
    BOOST_TEST(first_line("\na") == "");
    BOOST_TEST(first_line("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
