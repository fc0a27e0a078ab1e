// Looking at thousands of rows through the HTTP server of the real program.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(http_rows)

namespace {

// Rows that nobody works on: every second one is of another archive, every third of ours is of another day.
struct site_with_history : site {
    static constexpr int rows = 6000;

    site_with_history() {
        std::vector<catalog_row> history;
        for (int i = 0; i < rows; ++i) {
            catalog_row row;
            row.local_path = "/data/" + std::to_string(i % 4000);
            row.local_md5sum = std::string(32, 'a');
            row.archive_name = i % 2 == 0 ? archive : "other";
            row.remote_path = (i % 3 == 0 ? "17000/a b+c/" : "17001/") + std::to_string(i);
            row.timestamp = 1.7e9 + i;
            row.ignore = true;
            history.push_back(row);
        }
        catalog().create_tables();
        catalog().insert(history);
    }

    // Every id of a listing, page after page; the number of pages.
    std::pair<std::vector<std::int64_t>, int> listed(std::string target) {
        std::pair<std::vector<std::int64_t>, int> all;
        while (!target.empty()) {
            const auto answer = http().get(target);
            BOOST_REQUIRE_MESSAGE(answer.status == 200, answer.body);
            const auto page = answer.json().as_object();
            for (const auto& file : page.at("files").as_array())
                all.first.push_back(file.at("id").as_int64());
            ++all.second;
            const auto& next = page.at("next");
            target = next.is_null() ? "" : std::string(next.as_string());
        }
        return all;
    }

    std::vector<std::int64_t> ids(const std::string& where) {
        std::vector<std::int64_t> found;
        for (const auto& row : catalog().rows(where)) found.push_back(row.id);
        return found;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_long_list_is_read_page_by_page, site_with_history) {
    start();
    const auto compare = [&](const std::string& query, const std::string& where, int pages) {
        BOOST_TEST_CONTEXT(query) {
            const auto [found, count] = listed("/files?" + query);
            BOOST_TEST(count == pages);
            const auto expected = ids(where);
            BOOST_REQUIRE(!expected.empty());
            BOOST_TEST((found == expected));
        }
    };
    compare("limit=1000", "1", 6);
    compare("archive=timestreams", "archive_name = 'timestreams'", 30);
    compare("archive=timestreams&limit=999", "archive_name = 'timestreams'", 4);
    compare("state=ignored&archive=timestreams&limit=1000", "archive_name = 'timestreams'", 3);
    compare("remote_prefix=17000%2Fa%20b%2Bc%2F&limit=700", "remote_path LIKE '17000/a b+c/%'", 3);
    compare("remote_prefix=17000%2Fa%20b%2Bc%2F&archive=timestreams&limit=300",
            "remote_path LIKE '17000/a b+c/%' AND archive_name = 'timestreams'", 4);
    compare("local_path=%2Fdata%2F1000", "local_path = '/data/1000'", 1);
    compare("after=5990", "id > 5990", 1);
    BOOST_TEST(listed("/files?state=failed").first.empty());
    BOOST_TEST(listed("/files?state=verified&archive=timestreams").first.empty());
    BOOST_TEST(listed("/files?local_path=/data/none").first.empty());
}

BOOST_FIXTURE_TEST_CASE(a_row_that_comes_while_one_reads_is_neither_lost_nor_seen_twice, site_with_history) {
    start();
    const auto first = http().get("/files?limit=1000").json().as_object();
    auto row = catalog().row(7);
    row.id = 0;
    const auto new_id = catalog().insert(row);
    const auto [rest, pages] = listed(std::string(first.at("next").as_string()));
    BOOST_TEST(pages == 6);
    BOOST_TEST(rest.front() == 1001);
    BOOST_TEST(rest.back() == new_id);
    BOOST_TEST(rest.size() == 5001U);
}

BOOST_FIXTURE_TEST_CASE(days_are_listed_with_what_blocks_them, site) {
    options["--max-copy-attempts"] = "1";
    auto missing = make_file("missing", "17000/hk/missing", "x");
    std::filesystem::remove(missing.local_path);
    catalog().create_tables();
    const auto lost = catalog().insert(missing);
    start();
    add_file("fine", "17000/hk/fine", "content");
    add_file("other-day", "17001/hk/fine", "content");
    await_condition("finalization_blocked");
    await_finalized(17001);
    const auto days = http().get("/timecodes?archive=timestreams").json().at("timecodes").as_array();
    BOOST_REQUIRE(days.size() >= 2U);
    const auto& blocked = days[0].as_object();
    BOOST_TEST(blocked.at("timecode").as_int64() == 17000);
    BOOST_TEST(blocked.at("completed").as_bool());
    BOOST_TEST(!blocked.at("finalized").as_bool());
    BOOST_TEST(blocked.at("files").as_int64() == 2);
    BOOST_TEST(blocked.at("failed").as_int64() == 1);
    const auto& blocking = blocked.at("blocking").as_array();
    BOOST_REQUIRE(blocking.size() == 1U);
    BOOST_TEST(blocking[0].at("id").as_int64() == lost);
    BOOST_TEST(blocking[0].at("state").as_string() == "failed");
    BOOST_TEST(!blocking[0].at("last_error").is_null());
    BOOST_TEST(days[1].at("finalized").as_bool());
    BOOST_TEST(days[1].at("revision").as_int64() == 1);
    BOOST_TEST(http().get("/timecodes?archive=other").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
