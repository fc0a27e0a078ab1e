// When a day is announced, what the announcement says, and what does not hinder it.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(finalization)

namespace {

std::string line_of(const fs::path& path, const std::string& key) {
    std::istringstream in(read_file(path));
    std::string line;
    while (std::getline(in, line))
        if (line.starts_with(key + ":")) return line;
    return "";
}

std::size_t announcements(site& s) {
    return s.catalog().rows("remote_path LIKE '%_finalized.yaml' AND coalesce(\"ignore\", 0) = 0").size();
}

}  // namespace

BOOST_AUTO_TEST_CASE(announcements_have_subdirs_and_counts) {
    site s;
    s.add_file("1", "17000/smurf/crate/1.g3", "1");
    s.add_file("2", "17000/smurf/crate/2.g3", "2");
    s.add_file("3", "17000/hk/3.g3", "3");
    s.add_file("4", "17000/directly", "4");
    s.add_file("5", "17001/other/5", "5");
    s.add_file("6", "not-a-timecode/6", "6");
    s.add_file("7", "1700/7", "7");
    s.add_file("8", "170000/8", "8");
    s.start();
    const auto first = s.base / s.await_finalized(17000).remote_path;
    const auto second = s.base / s.await_finalized(17001).remote_path;
    s.await_all_verified();
    BOOST_TEST(line_of(first, "num_files") == "num_files: 4");
    const auto text = read_file(first);
    BOOST_TEST(text.find("hk") < text.find("smurf"));
    BOOST_TEST(text.find("directly") == std::string::npos);
    BOOST_TEST(text.find("revision") == std::string::npos);
    BOOST_TEST(line_of(second, "num_files") == "num_files: 1");
    BOOST_TEST(announcements(s) == 2U);
}

BOOST_AUTO_TEST_CASE(the_current_timecode_waits) {
    site s;
    const auto today = std::to_string(timecode_now());
    s.add_file("today", today + "/hk/a", "today");
    s.add_file("old", "17000/hk/a", "old");
    s.start();
    s.await_finalized(old_timecode);
    s.await_all_verified();
    s.stop();
    BOOST_TEST(announcements(s) == 1U);
}

BOOST_AUTO_TEST_CASE(a_newer_directory_with_data_completes_an_older_one_and_a_far_future_one_does_not) {
    site s;
    const int today = timecode_now();
    s.add_file("today", std::to_string(today) + "/hk/a", "today");
    s.add_file("far", "99999/hk/a", "far");
    s.start();
    s.await_all_verified();
    wait_until("the daemon is idle", [&] { return s.status().at("activity").as_string() == "idle"; });
    BOOST_TEST(announcements(s) == 0U);
    s.add_file("tomorrow", std::to_string(today + 1) + "/hk/a", "tomorrow");
    s.await_finalized(today);
    BOOST_TEST(announcements(s) == 1U);
}

BOOST_AUTO_TEST_CASE(ignored_files_neither_block_nor_count) {
    site s;
    s.add_file("a", "17000/hk/a", "a");
    auto ignored = s.make_file("ignored", "17000/ignored-directory/b", "b");
    ignored.ignore = true;
    s.catalog().insert(ignored);
    s.start();
    const auto text = read_file(s.base / s.await_finalized(old_timecode).remote_path);
    BOOST_TEST(text.find("num_files: 1\n") != std::string::npos);
    BOOST_TEST(text.find("ignored-directory") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_ignored_by_a_person_unblocks_its_day) {
    site s;
    s.options["--max-copy-attempts"] = "1";
    s.add_file("a", "17000/hk/a", "a");
    const auto bad = s.add_file("bad", "17000/hk/bad", "bad");
    fs::remove(s.data / "bad");
    s.start();
    s.await_condition("finalization_blocked");
    s.catalog().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = " + std::to_string(bad));
    s.await_finalized(old_timecode);
    s.await_no_condition("finalization_blocked");
    BOOST_TEST(s.daemon().lines_with("condition finalization_blocked") == 2U);
}

BOOST_AUTO_TEST_CASE(files_of_another_archive_do_not_count) {
    site s;
    s.add_file("a", "17000/hk/a", "a");
    auto other = s.make_file("other", "17000/smurf/b", "b");
    other.archive_name = "smurf";  // nobody serves it: it stays unsettled
    s.catalog().insert(other);
    s.start();
    const auto text = read_file(s.base / s.await_finalized(old_timecode).remote_path);
    BOOST_TEST(text.find("num_files: 1\n") != std::string::npos);
    BOOST_TEST(text.find("smurf") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_late_file_is_announced_by_a_further_revision) {
    site s;
    s.add_file("a", "17000/hk/a", "a");
    s.start();
    const auto first = s.await_finalized(old_timecode, 1);
    s.await_verified(s.add_file("late", "17000/late/b", "b"));
    s.let_days_be_quiet();
    const auto second = s.await_finalized(old_timecode, 2);
    s.await_verified(s.add_file("later", "17000/later/c", "c"));
    s.let_days_be_quiet();
    const auto third = s.await_finalized(old_timecode, 3);
    BOOST_TEST(first.remote_path != second.remote_path);
    BOOST_TEST(second.remote_path != third.remote_path);
    BOOST_TEST(line_of(s.base / second.remote_path, "revision") == "revision: 2");
    BOOST_TEST(line_of(s.base / second.remote_path, "num_files") == "num_files: 2");
    BOOST_TEST(line_of(s.base / third.remote_path, "revision") == "revision: 3");
    BOOST_TEST(line_of(s.base / third.remote_path, "num_files") == "num_files: 3");
    const auto directories = s.catalog().timecodes(s.archive);
    BOOST_TEST(directories.front().finalized);
    BOOST_TEST(directories.front().finalize_file_id.value_or(0) == third.id);
    BOOST_TEST(s.daemon().lines_with("arrived for finalized timecode") == 2U);
    BOOST_TEST(s.status().at("archives").at(s.archive).at("late_files").to_number<int>() == 2);
}

BOOST_AUTO_TEST_CASE(a_late_file_while_the_daemon_is_down_is_announced_after_its_start) {
    site s;
    s.add_file("a", "17000/hk/a", "a");
    s.start();
    s.await_finalized(old_timecode, 1);
    s.stop();
    const auto late = s.add_file("late", "17000/late/b", "b");
    s.start();
    s.await_verified(late);
    // The day is not quiet yet, whoever asks, and is when the next daemon starts.
    BOOST_TEST(s.catalog().rows("remote_path LIKE '%_finalized.yaml'").size() == 1U);
    s.stop();
    s.let_days_be_quiet();
    s.start();
    s.await_finalized(old_timecode, 2);
}

BOOST_AUTO_TEST_CASE(an_announcement_that_could_not_be_delivered_for_a_day_is_issued_anew) {
    site s;
    const auto a = s.add_file("a", "17000/hk/a", "a");
    s.start();
    const auto first = s.await_finalized(old_timecode);
    s.stop();
    // As after an outage of two days: written and registered then, never delivered.
    s.catalog().execute(
        "UPDATE supersync_v0 SET remote_md5sum = NULL, copied = NULL, timestamp = timestamp - 200000 WHERE id = " +
        std::to_string(first.id));
    fs::remove(s.base / first.remote_path);
    s.start();
    const auto second = s.await_finalized(old_timecode, 2);
    BOOST_TEST(second.remote_path != first.remote_path);
    BOOST_TEST(s.catalog().row(first.id).ignore.value_or(false));
    BOOST_TEST(!fs::exists(s.base / first.remote_path));
    BOOST_TEST(s.catalog().row(a).verified());
    BOOST_TEST(s.catalog().timecodes(s.archive).front().finalize_file_id.value_or(0) == second.id);
}

BOOST_AUTO_TEST_CASE(a_back_dated_registration_is_a_condition) {
    site s;
    s.add_file("a", "17000/hk/a", "a");
    s.start();
    s.await_finalized(old_timecode);
    auto back_dated = s.make_file("back", std::to_string(timecode_now()) + "/hk/back", "b");
    back_dated.timestamp = now() - 10'000;
    const auto id = s.catalog().insert(back_dated);
    s.await_condition("back_dated_registration");
    BOOST_TEST(s.condition("back_dated_registration").at("message").as_string().find(back_dated.local_path) !=
               std::string::npos);
    s.await_verified(id);
}

BOOST_AUTO_TEST_CASE(finalized_until_is_just_before_the_oldest_unsettled_file) {
    site s;
    s.options["--max-copy-attempts"] = "1";
    auto bad = s.make_file("bad", std::to_string(timecode_now()) + "/hk/bad", "b");
    bad.timestamp = 1'700'000'000;
    fs::remove(bad.local_path);
    s.catalog().insert(bad);
    s.start();
    s.await_condition("files_failed");
    const auto status = s.status();
    BOOST_TEST(status.at("archive_stats").at(s.archive).at("finalized_until").to_number<double>() ==
               1'699'999'999);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
