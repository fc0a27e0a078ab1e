#include "engine/rules/registration_rules.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/model/text.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(registration_rules)

BOOST_AUTO_TEST_CASE(remote_paths_that_are_accepted) {
    for (const std::string path : {"a",         "17000/smurf/a.g3",
                                   "a/...",     "a/..b",
                                   "a/b..",     ".a",
                                   "a/.b",      "-a",
                                   "a b",       "a\nb",
                                   "'\"$(x);`", "\u00e9",
                                   "\xff\xfe",  "~",
                                   "a\\..\\b",  "a:b",
                                   "*",         "./a",
                                   "a/.",       "a/./b",
                                   "a//b",      "a/",
                                   "a//",       ".//./a"})
        BOOST_TEST(check_remote_path(path).has_value(), "'" << path << "'");
}

BOOST_AUTO_TEST_CASE(remote_paths_that_are_refused) {
    using namespace std::string_literals;
    for (const auto& path :
         {""s, "/"s, "/a"s, "//a"s, "/./a"s, "."s, "./"s, ".//./"s, ".."s, "../a"s, "a/.."s, "a/../b"s,
          "a//../b"s, "./../a"s, "a/../../b"s, "a\0b"s, "\0"s, "a/\0"s}) {
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

BOOST_AUTO_TEST_CASE(one_destination_path_has_one_plain_name) {
    for (const char* spelling : {"a/b", "a//b", "./a/b", "a/./b", "a/b/", "a/b/.", ".//a/.//././/b//"})
        BOOST_TEST(plain_remote_path(spelling) == "a/b", spelling);
    for (const char* plain :
         {"a", ".a", "a.", "...", "..", "../a", "a/../b", "a/..b", "a b/\n", "/a", "/", ""})
        BOOST_TEST(plain_remote_path(plain) == plain, plain);
    for (const char* none : {".", "./", "././/"}) BOOST_TEST(plain_remote_path(none).empty(), none);
    BOOST_TEST(plain_remote_path("//a/.") == "/a");
}

BOOST_AUTO_TEST_CASE(a_remote_path_is_measured_as_it_is_stored) {
    std::string spelled;
    while (spelled.size() <= longest_remote_path) spelled += "././/";
    BOOST_TEST(check_remote_path(spelled + "a").has_value());
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

BOOST_AUTO_TEST_CASE(local_paths_are_absolute_and_lead_nowhere_else) {
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

BOOST_AUTO_TEST_CASE(md5_sums_are_32_hexadecimal_digits_or_none) {
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
    for (const char* root : {"/data", "/data/", "/data/.", "//data/./."})
        BOOST_TEST(spelled_below_any("/data/./x", {root}), root);
    BOOST_TEST(spelled_below_any("/x", {"/."}));
    BOOST_TEST(!spelled_below_any("/database/x", {"/data/."}));
}

BOOST_AUTO_TEST_SUITE_END()
