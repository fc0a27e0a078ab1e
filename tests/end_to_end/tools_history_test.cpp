// `suprsync history`: what it draws on a terminal, as fields and as JSON, and what it refuses.
#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "tests/end_to_end/tool.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_history)

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A catalog in which two archives have minutes of the last hours: the disk here fills, and one of them sends.
struct catalog_with_past : site {
    tool t{*this};
    const double minute = std::floor(now() / 60) * 60;

    catalog_with_past() {
        for (const std::string name : {"smurf", "timestreams"}) {
            catalog_row row;
            row.local_path = (data / name).string();
            row.remote_path = "17000/" + name;
            row.archive_name = name;
            row.timestamp = 1'600'000'000;
            row.local_md5sum = row.remote_md5sum.emplace(32, 'a');
            row.deletable = true;
            catalog().insert(row);
        }
        t.prepare_catalog();
        for (int ago = 240; ago >= 0; --ago)
            if (ago < 60 || ago > 90)
                catalog().execute("INSERT INTO suprsync_history VALUES ('smurf', 60, " + at(ago) +
                                  ", 60, 600000000, 300000000, 2, 7, 1, '48:1 63:1', " +
                                  std::to_string(1'200'000'000'000 + ago * 2'000'000'000LL) + ", NULL)");
    }
    std::string at(int minutes_ago) const {
        return std::to_string(static_cast<std::int64_t>(minute) - minutes_ago * 60);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(is_drawn_on_a_terminal_with_when_the_disk_is_full, catalog_with_past) {
    const auto said = t.on_terminal({"history", "smurf", "--since", "4h"});
    BOOST_TEST(said.exit == exited_with(0), said.out);
    BOOST_TEST(holds(said.out, "smurf: 4 h"), said.out);
    BOOST_TEST(holds(said.out, "a column is"), said.out);
    BOOST_TEST(holds(said.out, "█"), said.out);
    BOOST_TEST(holds(said.out, "10.0 MB/s at last"), said.out);
    BOOST_TEST(holds(said.out, "7 files at last, 7 files at most"), said.out);
    BOOST_TEST(holds(said.out, "half within 4.5 s, 99 of 100 within 1 min"), said.out);
    BOOST_TEST(holds(said.out, "1.2 TB free, full in 10 h at this rate; 0 B proven and deletable"), said.out);
    BOOST_TEST(holds(said.out, "not known now"), said.out);
    // The half hour of which nothing is known is left free.
    BOOST_TEST(holds(said.out, "█  █") == false, said.out);
    const auto all = t.on_terminal({"history"});
    BOOST_TEST(holds(all.out, "smurf: "), all.out);
    BOOST_TEST(holds(all.out, "timestreams: "), all.out);
    BOOST_TEST(holds(all.out, "nothing is known of this time"), all.out);
}

BOOST_FIXTURE_TEST_CASE(is_fields_elsewhere_and_json_where_wanted, catalog_with_past) {
    const auto fields = t.run({"history", "smurf", "--since", "2h", "--step", "1m"}).out;
    const std::string headers =
        "ARCHIVE\tAT\tSECONDS\tSENT\tVERIFIED\tFILES\tWAITING\tFAILED\tP50\tP99\tFREE HERE\tFREE THERE\n";
    BOOST_TEST(fields.starts_with(headers), fields);
    BOOST_TEST(
        holds(fields, "\nsmurf\t" + at(5) +
                          ".000\t60.000\t600000000\t300000000\t2\t7\t1\t4.467\t60.097\t1210000000000\t\n"),
        fields);
    const auto lines = std::count(fields.begin(), fields.end(), '\n');
    BOOST_TEST(lines >= 89);
    BOOST_TEST(lines <= 93);
    const auto told = t.run({"history", "--step", "5m", "--json"}).json().as_array();
    BOOST_REQUIRE(told.size() == 2U);
    BOOST_TEST(told[0].at("archive").as_string() == "smurf");
    BOOST_TEST(told[0].at("step").as_double() == 300);
    BOOST_TEST(!told[0].at("rows").as_array().empty());
    BOOST_TEST(told[0].at("forecast").at("here").at("full_in").as_double() > 30'000);
    BOOST_TEST(told[1].at("rows").as_array().empty());
    BOOST_TEST(told[1].at("forecast").at("here").is_null());
    // A date is one, too.
    const auto since = t.run({"history", "smurf", "--since", at(10), "--json"}).json().as_array();
    BOOST_TEST(since[0].at("rows").as_array().size() >= 10U);
    BOOST_TEST(since[0].at("rows").as_array().size() <= 12U);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_is_refused_with_what_can, catalog_with_past) {
    const struct {
        tool::arguments words;
        int status;
        std::string says;
    } examples[] = {
        {{"history", "none"}, 1, "it has no files in this catalog; those that have: smurf, timestreams"},
        {{"history", "smurf", "timestreams"}, 2, "unexpected argument"},
        {{"history", "smurf", "--since", "soon"}, 2, "--since"},
        {{"history", "smurf", "--since", "2100-01-01"}, 2, "is to lie before 'to'"},
        {{"history", "smurf", "--step", "5s"}, 2, "--step"},
        {{"history", "smurf", "--step", "90s"}, 2, "whole number of minutes"},
        {{"history", "smurf", "--since", "30d", "--step", "1m"}, 2, "in steps of 1800 s"},
    };
    for (const auto& e : examples) {
        const auto said = t.run(e.words);
        BOOST_TEST(said.exit == exited_with(e.status), said.err);
        BOOST_TEST(holds(said.err, e.says), said.err);
        BOOST_TEST(said.out == "");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
