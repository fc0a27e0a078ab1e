// What the program says of names that other programs chose: well-formed for those who read it, and nothing in
// it that a terminal obeys.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/tool.hpp"
#include "tests/support/what_program_says.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(hostile_output)

namespace {

// What in a text a terminal would obey, or a reader of UTF-8 refuse.
std::string spoiled(const std::string& text) {
    return what_program_says(R"(python3 -c '
import sys, unicodedata
text = sys.stdin.buffer.read().decode()
print(sorted({hex(ord(c)) for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
              and c not in "\n\t\r\u00ad\u0600"}))')",
                             text);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(logs_answers_and_tools_say_hostile_paths_well_formed, site) {
    options["--log-format"] = "json";
    options["--max-copy-attempts"] = "1";
    std::filesystem::create_directories(data);
    std::vector<catalog_row> rows;
    for (const char* bytes :
         {"inv\xff\xfe\xc3(", "\xe9t\xe9", "\u009b31m", "\u202egnp.exe", "\ufffe", "\x7f", "\r over",
          "\x1b]0;title\x07", "\\u0041", "\U000e0041", "\n2026-11-28 00:00:00.000Z critical forged"}) {
        rows.push_back(make_file("there", std::to_string(timecode_now()) + "/x" + bytes, ""));
        rows.back().local_path = (data / "nope").string() + bytes;
    }
    catalog().insert(rows);
    start();
    const auto count = std::to_string(rows.size());
    wait_until("all have failed", [&] {
        return status().at("archives").at(archive).at("files_failed").as_int64() ==
               static_cast<std::int64_t>(rows.size());
    });
    const auto files = http().get("/files?limit=1000").body;
    BOOST_TEST(what_program_says("jq '.files | length'", files) == count + "\n");
    BOOST_TEST(spoiled(files) == "[]\n");

    const tool tools(*this);
    for (const tool::arguments& words : {tool::arguments{"list", archive, "--all"},
                                         {"list", archive, "--all", "--json"},
                                         {"status"},
                                         {"explain", rows[rows.size() - 1].local_path},
                                         {"check", rows[rows.size() - 2].local_path},
                                         {"list", "no\x1b[31m"},
                                         {"\x1b[31m"},
                                         {"run", "--archive-name", "\x9b/"},
                                         {"ignore", "1\x1b"},
                                         {"add", "/nope/\u202e", "a", archive}}) {
        auto with = words;
        if (words.front() == "status") with.insert(with.end(), {"--http", options.at("--http-listen")});
        const auto told = tools.on_terminal(with);
        BOOST_TEST(told.out != "");
        BOOST_TEST(spoiled(told.out) == "[]\n", with.front() << ": " << told.out);
    }
    stop();
    const auto lines = daemon().log();
    BOOST_TEST(spoiled(lines) == "[]\n");
    BOOST_TEST(
        what_program_says(R"(jq -s '[.[] | select(.kind == "failed" and .archive == "timestreams" and .id > 0)
                                   | .path] | unique | length')",
                          lines) == count + "\n");
    BOOST_TEST(what_program_says(R"(jq -s '[.[] | select(.kind == "files_failed")] | length > 0')", lines) ==
               "true\n");
}

BOOST_FIXTURE_TEST_CASE(the_text_log_has_a_zone_and_one_line_for_each_message, site) {
    options["--db-path"] = (scratch / "no\n2026-11-28 forged\x1b[2J\u202e\xff/db").string();
    BOOST_TEST(start_unready().wait() == exited_with(1));
    const auto lines = daemon().log();
    BOOST_TEST(spoiled(lines) == "[]\n");
    BOOST_TEST(what_program_says(R"(grep -vcE '^[0-9-]{10} [0-9:.]{12}Z (info|error) ')", lines) ==
                   "status 256: 0\n",
               lines);
}

BOOST_FIXTURE_TEST_CASE(names_that_spoil_output_are_refused, configured_site) {
    for (const char* name : {R"("\e[31m")", R"("\x7f")", R"("\uFFFE")", R"("\u202e")", R"("\u0085")"}) {
        configure({archive_text(name)});
        const auto text = said(2, {"--check-config"});
        BOOST_TEST(holds(text, ":7: archives[0].name: "), text);
        BOOST_TEST(holds(text, "cannot be seen"), text);
        BOOST_TEST(spoiled(text) == "[]\n", text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
