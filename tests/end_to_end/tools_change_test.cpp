// `suprsync retry`, `ignore` and `unignore`: with the daemon running, which notices at once, and without.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_change)

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Files that are not there, registered for three remote paths; failed.
struct failed_files {
    site s;
    tool t{s};
    std::vector<std::int64_t> ids;

    failed_files() {
        for (const auto* path : {"17000/a", "17000/b", "17001/c"}) {
            catalog_row row;
            row.local_path = (s.data / path).string();
            row.remote_path = path;
            row.archive_name = s.archive;
            row.timestamp = 1'600'000'000;
            row.failed_copy_attempts = 5;
            ids.push_back(s.catalog().insert(row));
        }
    }
    void fill(const std::string& path) {
        write_file(s.data / path, "content");
        set_mtime(s.data / path, 1'500'000'000);
    }
    std::string word(std::size_t i) const { return std::to_string(ids[i]); }
    std::vector<std::int64_t> attempts() {
        std::vector<std::int64_t> all;
        for (const auto& row : s.catalog().rows()) all.push_back(row.failed_copy_attempts.value_or(0));
        return all;
    }
};

using numbers = std::vector<std::int64_t>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(retrying_gives_attempts_back, failed_files) {
    BOOST_TEST(t.run({"retry", s.archive, word(1)}).out == "1 file will be tried again now\n");
    BOOST_TEST((attempts() == numbers{5, 0, 5}));
    BOOST_TEST(t.run({"retry", s.archive, word(1)}).out ==
               "no such file has failed or waits to be tried again\n");
    BOOST_TEST(
        t.run({"retry", s.archive, "--prefix", "17000/", "--json"}).json().at("retried").to_number<int>() ==
        1);
    BOOST_TEST((attempts() == numbers{0, 0, 5}));
    s.catalog().execute("UPDATE supersync_v0 SET failed_copy_attempts = 5");
    BOOST_TEST(t.run({"retry", s.archive, "--all"}).out == "3 files will be tried again now\n");
    BOOST_TEST((attempts() == numbers{0, 0, 0}));
}

BOOST_FIXTURE_TEST_CASE(a_day_that_was_removed_there_is_decided_over, failed_files) {
    const auto none = t.run({"accept-removal", s.archive, "17000"});
    BOOST_TEST(none.exit == exited_with(1));
    BOOST_TEST(holds(none.err, "no removal at the destination waits for a decision"), none.err);
    s.catalog().execute("INSERT INTO suprsync_removed_days VALUES ('" + s.archive + "', 17000, 1, 0, 0)");
    BOOST_TEST(holds(t.run({"accept-removal", s.archive, "17001"}).err, "these do: 17000"));
    const auto done = t.run({"accept-removal", s.archive, "17000"});
    BOOST_TEST(done.exit == exited_with(0), done.err);
    BOOST_TEST(done.out.starts_with("the removal of 17000 at the destination is accepted"), done.out);
    BOOST_TEST(s.catalog().number("SELECT choice FROM suprsync_removed_days") == 1);
    for (const auto* wrong : {"1700", "17000/", "day"})
        BOOST_TEST(t.run({"accept-removal", s.archive, wrong}).exit == exited_with(2), wrong);
}

BOOST_FIXTURE_TEST_CASE(ignoring_keeps_the_reason, failed_files) {
    const auto said = t.run({"ignore", word(0), word(2), "--reason", "cosmic ray", "--json"});
    BOOST_TEST(said.exit == exited_with(0), said.err);
    const auto rows = said.json().as_array();
    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(rows[1].at("state").as_string() == "ignored");
    BOOST_TEST(rows[1].at("ignore_reason").as_string() == "cosmic ray");
    BOOST_TEST(s.catalog().row(ids[0]).ignore.value());
    BOOST_TEST(!s.catalog().row(ids[1]).ignore.value_or(false));
    BOOST_TEST(holds(t.run({"list", s.archive, "--state", "ignored"}).out, "\tcosmic ray\n"));
    BOOST_TEST(holds(t.run({"explain", (s.data / "17000/a").string()}).out, "ignored: cosmic ray\n"));
    const auto back = t.run({"unignore", word(0)});
    BOOST_TEST(holds(back.out, "\tfailed\t"), back.out);
    // An id that is given twice is one row.
    BOOST_TEST(t.run({"ignore", word(0), word(0), "--json"}).json().as_array().size() == 1U);
    BOOST_TEST(t.run({"unignore", word(0), word(0), "--json"}).json().as_array().size() == 1U);
    BOOST_TEST(!s.catalog().row(ids[0]).ignore.value());
    BOOST_TEST(!holds(back.out, "cosmic"));
}

BOOST_FIXTURE_TEST_CASE(a_running_daemon_notices_at_once, failed_files) {
    s.start();
    fill("17000/a");
    fill("17000/b");
    BOOST_TEST(t.run({"retry", s.archive, word(0)}).exit == exited_with(0));
    s.await_verified(ids[0]);
    // An ignored file is not copied, one that no longer is is.
    BOOST_TEST(t.run({"ignore", word(1)}).exit == exited_with(0));
    BOOST_TEST(t.run({"retry", s.archive, "--all", "--json"}).json().at("retried").to_number<int>() == 1);
    BOOST_TEST(t.run({"unignore", word(1)}).exit == exited_with(0));
    BOOST_TEST(t.run({"retry", s.archive, word(1)}).exit == exited_with(0));
    s.await_verified(ids[1]);
    BOOST_TEST(t.run({"ignore", word(2), "--reason", "never taken"}).exit == exited_with(0));
    s.await_all_verified();
    wait_until("the daemon counts nothing as uncopied", [&] {
        return s.status().at("archive_stats").at(s.archive).at("uncopied_files").to_number<int>() == 0;
    });
    BOOST_TEST(s.file(ids[2]).at("ignore_reason").as_string() == "never taken");
}

BOOST_FIXTURE_TEST_CASE(what_waits_for_a_paused_archive_is_told, failed_files) {
    s.start();
    for (int i = 0; i < 2; ++i)
        BOOST_TEST(s.http().post("/archives/" + s.archive + "/pause", std::string("{}")).status == 200);
    BOOST_TEST(s.condition("paused").at("count").to_number<int>() == 1);
    const std::string message(s.condition("paused").at("message").as_string());
    BOOST_TEST(s.daemon().lines_with("] is paused by request") == 1U);
    BOOST_TEST(t.run({"retry", s.archive, word(0)}).exit == exited_with(0));
    const auto path = (s.data / "17000/a").string();
    const auto when = "when the archive is resumed (suprsync resume " + s.archive + "): by request";
    BOOST_TEST(holds(t.run({"explain", path}).out, "next attempt  " + when + "\n"));
    BOOST_TEST(t.run({"explain", path, "--json"}).json().as_array()[0].at("next_attempt").as_string() ==
               when);
    s.stop();
    s.start();
    BOOST_TEST(s.condition("paused").at("message").as_string() == message);
    BOOST_TEST(s.http().post("/archives/" + s.archive + "/resume", std::string("{}")).status == 200);
    BOOST_TEST(!holds(t.run({"explain", path}).out, "resumed"));
}

BOOST_FIXTURE_TEST_CASE(wrong_command_lines_change_nothing, failed_files) {
    struct wrong {
        tool::arguments words;
        int status;
        std::string because;
    };
    catalog_row other;
    other.local_path = "/data/x";
    other.remote_path = "17000/x";
    other.archive_name = "hk";
    other.failed_copy_attempts = 5;
    const auto foreign = std::to_string(s.catalog().insert(other));
    for (const auto& w :
         std::vector<wrong>{{{"retry"}, 2, "too few arguments"},
                            {{"retry", s.archive}, 2, "Give their ids, --prefix P, --state S, or --all"},
                            {{"retry", s.archive, "--all", "--prefix", "1"}, 2, "exclude each other"},
                            {{"retry", s.archive, word(0), "--all"}, 2, "ids and --all exclude each other"},
                            {{"retry", s.archive, "--prefix", ""}, 2, "it is empty"},
                            {{"retry", s.archive, word(0), "x"}, 2, "'x' is no id"},
                            {{"retry", s.archive, word(0), "999"}, 1, "no row with this id"},
                            {{"retry", s.archive, word(0), foreign}, 1, "it belongs to archive hk"},
                            {{"retry", "none", "--all"}, 1, "it has no files in this catalog"},
                            {{"ignore"}, 2, "too few arguments: expected (ID... | ARCHIVE"},
                            {{"ignore", word(0), "1x"}, 2, "'1x' is no id"},
                            {{"ignore", word(0), "999"}, 1, "no row with this id"},
                            {{"unignore", word(0), "999"}, 1, "no row with this id"},
                            {{"unignore", word(0), "--reason", "x"}, 2, "reason"}}) {
        const auto said = t.run(w.words);
        BOOST_TEST(said.exit == exited_with(w.status), said.err);
        BOOST_TEST(holds(said.err, w.because), said.err);
        BOOST_TEST(said.out == "");
    }
    BOOST_TEST((attempts() == numbers{5, 5, 5, 5}));
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE \"ignore\"") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
