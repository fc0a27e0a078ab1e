#include "engine/rules/registration_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

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

BOOST_AUTO_TEST_SUITE(registration_rules)

BOOST_AUTO_TEST_CASE(remote_paths_that_are_accepted) {
    for (const std::string path :
         {"a", "17000/smurf/a.g3", "a/...", "a/..b", "a/b..", ".a", "a/.b", "-a", "a b", "a\nb", "'\"$(x);`",
          "\u00e9", "\xff\xfe", "~", "a\\..\\b", "a:b", "*"})
        BOOST_TEST(check_remote_path(path).has_value(), "'" << path << "'");
}

BOOST_AUTO_TEST_CASE(remote_paths_that_are_refused) {
    using namespace std::string_literals;
    for (const auto& path :
         {""s, "/"s, "/a"s, "//a"s, "."s, ".."s, "./a"s, "../a"s, "a/."s, "a/.."s, "a/./b"s, "a/../b"s,
          "a/../../b"s, "a//b"s, "a/"s, "a//"s, "a\0b"s, "\0"s, "a/\0"s}) {
        const auto checked = check_remote_path(path);
        BOOST_TEST(!checked.has_value(), "'" << path << "'");
        if (checked) continue;
        BOOST_TEST((checked.error().code == failure_code::invalid));
        BOOST_TEST((checked.error().text().find("remote_path") != std::string::npos));
        BOOST_TEST(!checked.error().detail.empty());
    }
}

BOOST_AUTO_TEST_CASE(lengths_end_where_file_systems_end) {
    const std::string longest(longest_component, 'a');
    BOOST_TEST(check_remote_path(longest).has_value());
    BOOST_TEST(check_remote_path("x/" + longest + "/y").has_value());
    BOOST_TEST(!check_remote_path(longest + "a").has_value());
    BOOST_TEST(!check_remote_path("x/" + longest + "a").has_value());
    std::string deep;
    while (deep.size() < longest_remote_path - 1) deep += "a/";
    deep.resize(longest_remote_path - 1, 'a');
    deep += "a";
    BOOST_TEST(deep.size() == longest_remote_path);
    BOOST_TEST(check_remote_path(deep).has_value());
    BOOST_TEST(!check_remote_path(deep + "a").has_value());
    BOOST_TEST(!check_remote_path(deep + "/a").has_value());
    BOOST_TEST(!check_remote_path(std::string(1u << 20, 'a')).has_value());
}

// What is shown of a long path goes into JSON: it is cut between characters.
BOOST_AUTO_TEST_CASE(a_refusal_of_a_long_path_is_utf8_where_the_path_is) {
    for (const std::string start : {"", "a", "aa", "aaa"}) {
        std::string path = start;
        while (path.size() <= longest_remote_path) path += "\U0001f52d";
        const auto checked = check_remote_path(path);
        BOOST_REQUIRE(!checked.has_value());
        BOOST_TEST(is_utf8(checked.error().text()));
        BOOST_TEST(checked.error().text().size() < 400U);
    }
}

BOOST_AUTO_TEST_CASE(local_paths) {
    using namespace std::string_literals;
    for (const auto& path : {"/a"s, "/"s, "/a b"s, "/\n"s, "/..a"s, "/a/..."s, "/a../b"s})
        BOOST_TEST(check_local_path(path).has_value(), "'" << path << "'");
    for (const auto& path : {""s, "a"s, "./a"s, "../a"s, "~/a"s, " /a"s, "/a\0b"s, "\0/a"s, "/a/../b"s,
                             "/.."s, "/a/.."s, "//../a"s}) {
        const auto checked = check_local_path(path);
        BOOST_TEST(!checked.has_value(), "'" << path << "'");
        if (!checked) BOOST_TEST((checked.error().text().find("local_path") != std::string::npos));
    }
}

BOOST_AUTO_TEST_CASE(one_file_has_one_plain_path) {
    for (const char* spelling : {"/a/b", "//a/b", "/a//b", "/a/./b", "/./a/b", "///a/.//././/b"})
        BOOST_TEST(plain_local_path(spelling) == "/a/b", spelling);
    for (const char* plain : {"/", "/a", "/.a", "/a.", "/a./b", "/..", "/a/../b", "/a/..b", "/a b/\n", ""})
        BOOST_TEST(plain_local_path(plain) == plain, plain);
    // What ends so is a directory, and stays one.
    BOOST_TEST(plain_local_path("/a//") == "/a/");
    BOOST_TEST(plain_local_path("/a/.") == "/a/.");
}

BOOST_AUTO_TEST_CASE(every_code_point_in_every_length) {
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

BOOST_AUTO_TEST_CASE(sequences_that_are_cut_or_spoiled) {
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

BOOST_AUTO_TEST_CASE(md5_sums) {
    const std::string good = "0123456789abcdef0123456789abcdef";
    BOOST_TEST(check_md5("").has_value());
    BOOST_TEST(check_md5(good).has_value());
    for (const auto& bad :
         {good.substr(1), good + "0", std::string("0123456789ABCDEF0123456789abcdef"),
          std::string("0123456789abcdeg0123456789abcdef"), " " + good.substr(1), std::string(32, '\0')}) {
        const auto checked = check_md5(bad);
        BOOST_TEST(!checked.has_value(), bad);
        if (!checked) BOOST_TEST((checked.error().text().find("local_md5sum") != std::string::npos));
    }
}

BOOST_AUTO_TEST_CASE(what_lies_below_a_local_root) {
    const std::vector<std::string> roots{"/data", "/mnt/a b"};
    for (const char* path : {"/data/x", "/data/x/y", "/data", "/mnt/a b/c"})
        BOOST_TEST(lies_below_any(path, roots), path);
    for (const char* path :
         {"/", "/dat", "/database/x", "/data2", "/mnt", "/mnt/a", "/mnt/a bc", "/x/data/y", ""})
        BOOST_TEST(!lies_below_any(path, roots), path);
    BOOST_TEST(lies_below_any("/x", {"/"}));
    BOOST_TEST(!lies_below_any("/x", {}));
}

BOOST_AUTO_TEST_SUITE_END()
