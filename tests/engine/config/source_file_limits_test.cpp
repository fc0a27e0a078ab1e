// Texts that are YAML and would never end, or fill the memory, where they are read (spec, Configuration
// file).
#include "engine/config/source_file.hpp"

#include <sys/stat.h>
#include <yaml-cpp/yaml.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(yaml_limits)

namespace {

std::string mistake_in(const std::string& text) {
    auto left = most_values;
    const auto mistake = exceeds_limits(text, left);
    return mistake ? std::to_string(mistake->line) + ": " + mistake->detail : "";
}

std::string many(int n, const std::string& text) {
    std::string all;
    for (int i = 0; i < n; ++i) all += text;
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_people_write_is_within_limits) {
    for (const auto* text :
         {"", "# nothing\n", "a: 1\n", "--- {a: [1, 2]}\n...\n", "a: &a [1]\nb: *a\nc: *a\n"})
        BOOST_TEST(mistake_in(text) == "");
    BOOST_TEST(mistake_in("a: [" + many(90'000, "1,") + "]") == "");
    BOOST_TEST(mistake_in(many(49, "[") + "[1]" + many(49, "]")) == "");
}

BOOST_AUTO_TEST_CASE(a_text_whose_documents_never_end_is_refused) {
    for (const auto* text : {"{a: 1}\n,", "{a: 1},,,", "[a]\n,\n"})
        BOOST_TEST(mistake_in(text).find("expected one document, a second one begins here") !=
                   std::string::npos);
    BOOST_TEST(mistake_in("a: 1\n---\nb: 2\n") == "2: expected one document, a second one begins here");
}

BOOST_AUTO_TEST_CASE(a_value_that_holds_itself_is_refused) {
    for (const auto* text : {"b: 1\na: &a [*a]", "b: 1\na: &a {x: *a}", "b: 1\na: &a {x: [1, {y: *a}]}"})
        BOOST_TEST(mistake_in(text) == "2: a value that holds itself by an alias has no end");
}

BOOST_AUTO_TEST_CASE(aliases_are_counted_as_what_they_stand_for) {
    std::string bomb = "a: &a [1,1,1,1,1,1,1,1,1]\n";
    for (char name = 'b'; name < 'k'; ++name) {
        const std::string before(1, static_cast<char>(name - 1));
        bomb +=
            std::string(1, name) + ": &" + name + " [" + many(8, "*" + before + ",") + "*" + before + "]\n";
    }
    BOOST_TEST(mistake_in(bomb) == "6: expected at most 100000 values, aliases resolved");
    BOOST_TEST(mistake_in("a: [" + many(100'001, "1,") + "]") ==
               "1: expected at most 100000 values, aliases resolved");
}

BOOST_AUTO_TEST_CASE(levels_are_counted) {
    BOOST_TEST(mistake_in(many(100'000, "[")) == "1: expected at most 50 levels");
    BOOST_TEST(mistake_in(many(100'000, "{a: ")) == "1: expected at most 50 levels");
    BOOST_TEST(mistake_in(many(51, "- ")) == "1: expected at most 50 levels");
}

BOOST_AUTO_TEST_CASE(a_mistake_within_limits_names_file_and_line) {
    const scratch_directory scratch;
    const auto file = (scratch / "c.yaml").string();
    write_file(file, "b: 1\na: &a [*a]\n");
    reading_budget left;
    BOOST_TEST(load_yaml(file, left).error().text() ==
               "cannot use " + file + ":2: a value that holds itself by an alias has no end");
}

BOOST_AUTO_TEST_CASE(a_file_without_an_end_is_refused) {
    const auto read = read_text_file("/dev/zero");
    BOOST_TEST((read.error().code == failure_code::invalid));
    BOOST_TEST(read.error().text() ==
               "cannot read /dev/zero: expected a file of at most 4194304 bytes, got more");
}

BOOST_AUTO_TEST_CASE(a_pipe_that_nobody_writes_to_is_empty) {
    const scratch_directory scratch;
    const auto pipe = (scratch / "pipe").string();
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    BOOST_TEST(read_text_file(pipe).value() == "");
}

BOOST_AUTO_TEST_SUITE_END()
