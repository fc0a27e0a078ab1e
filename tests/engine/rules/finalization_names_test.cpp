// Finalization files hold the names of archives, instances and directories, whatever these are.
#include <yaml-cpp/yaml.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include "engine/model/text.hpp"
#include "engine/rules/finalization.hpp"
#include "tests/support/hostile_texts.hpp"
#include "tests/support/what_program_says.hpp"

using namespace suprsync;
using suprsync::test::hostile_texts;
using suprsync::test::what_program_says;

BOOST_AUTO_TEST_SUITE(finalization_names)

namespace {

constexpr epoch_seconds at = 1700050000.25;  // timecode 17000

timecode_summary a_day() { return {16999, 12, {"smurf", "suprsync"}, 1, true, std::nullopt}; }

}  // namespace

BOOST_AUTO_TEST_CASE(odd_names_survive) {
    std::vector<std::string> odd{"a'b", "a #b", "#a", "true", "no", "17000", "1.5", "@a",  "`a`",
                                 "[a]", "|",    ">",  "?",    "on", ".nan",  "---", "...", "[a, b]"};
    for (auto& text : hostile_texts()) odd.push_back(std::move(text));
    std::string documents;
    for (const auto& name : odd) {
        auto s = a_day();
        s.subdirs = {name, "z"};
        const auto file = compose_finalization("/r", "i" + name, "a" + name, s, at, at);
        YAML::Node yaml;
        BOOST_REQUIRE_NO_THROW(yaml = YAML::Load(file.text));
        BOOST_TEST(yaml["instance_id"].as<std::string>() == "i" + name);
        BOOST_TEST(yaml["archive_name"].as<std::string>() == "a" + name);
        BOOST_TEST(yaml["subdirs"][0].Tag() == "!", file.text);
        BOOST_TEST(yaml["subdirs"][0].as<std::string>() == name);
        BOOST_TEST(yaml["subdirs"].size() == 2U);
        BOOST_TEST(yaml.size() == 7U);
        BOOST_TEST(file.remote_path ==
                   "17000/suprsync/i" + name + "/1700050000_a" + name + "_16999_finalized.yaml");
        documents += "---\n" + file.text;
    }
    // The program that downstream software reads them with.
    const auto read = what_program_says(
        R"(python3 -c '
import json, sys, yaml
print(json.dumps([d for d in yaml.safe_load_all(sys.stdin.buffer)]))')",
        documents);
    boost::system::error_code error;
    const auto parsed = boost::json::parse(read, error);
    BOOST_REQUIRE_MESSAGE(!error, read);
    BOOST_TEST(parsed.as_array().size() == odd.size());
    for (std::size_t i = 0; i < odd.size(); ++i) {
        const auto& d = parsed.at(i).as_object();
        BOOST_TEST(d.at("archive_name").as_string() == "a" + odd[i]);
        BOOST_TEST(d.at("instance_id").as_string() == "i" + odd[i]);
        BOOST_TEST(d.at("subdirs").at(0).as_string() == odd[i]);
        BOOST_TEST(d.at("subdirs").at(1).as_string() == "z");
        BOOST_TEST(d.at("timecode").as_int64() == 16999);
        BOOST_TEST(d.at("num_files").as_int64() == 12);
        BOOST_TEST(d.at("finalized_at").is_double());
    }
}

BOOST_AUTO_TEST_CASE(a_file_of_a_long_archive_name_has_a_name) {
    const std::string longest(255, 'a');
    const auto file = compose_finalization("/r", "i", longest, a_day(), at, at);
    const auto name = name_of(file.remote_path);
    BOOST_TEST(name.size() == 255U);
    BOOST_TEST(is_finalization_path(file.remote_path));
    BOOST_TEST(name.starts_with("1700050000_aaa"));
    const auto other = compose_finalization("/r", "i", longest.substr(1) + "b", a_day(), at, at);
    BOOST_TEST(name != name_of(other.remote_path));
    BOOST_TEST(YAML::Load(file.text)["archive_name"].as<std::string>() == longest);
}

// Rows of other programs may hold any bytes; the file must stay readable.
BOOST_AUTO_TEST_CASE(a_subdir_that_is_no_utf8_leaves_the_file_readable) {
    auto s = a_day();
    s.subdirs = {"\xff\xfe", "smurf"};
    const auto yaml = YAML::Load(compose_finalization("/r", "i", "a", s, at, at).text);
    BOOST_TEST(yaml["subdirs"].size() == 2U);
    BOOST_TEST(yaml["subdirs"][1].as<std::string>() == "smurf");
}

BOOST_AUTO_TEST_SUITE_END()
