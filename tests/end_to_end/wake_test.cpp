// What is registered is seen at once: no test here could end within its limit by waiting for --sleep-time.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(wake)

namespace {

constexpr std::chrono::seconds far_below_sleep_time{60};

void await_idle(const site& s) {
    wait_until("the daemon is idle", [&] {
        const auto status = s.status();
        return status.at("activity").as_string() == "idle" &&
               status.at("archive_stats").at(s.archive).at("uncopied_files").to_number<int>() == 0;
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_row_inserted_by_another_process_is_seen) {
    site s;
    s.start();
    for (int i = 0; i < 3; ++i) {
        await_idle(s);
        const auto name = std::to_string(i);
        const auto id = s.add_file(name, std::to_string(timecode_now()) + "/hk/" + name, "content " + name);
        wait_until(
            "row " + name + " is verified", [&] { return s.catalog().row(id).verified(); },
            far_below_sleep_time);
        // From the commit to the proof of the copy; the transfer itself is the greater part of it.
        const auto row = s.catalog().row(id);
        BOOST_TEST_MESSAGE("copied " << *row.copied - row.timestamp << " s after its registration");
    }
}

BOOST_AUTO_TEST_CASE(a_posted_file_starts_at_once) {
    site s;
    s.start();
    await_idle(s);
    const auto row = s.make_file("a", std::to_string(timecode_now()) + "/hk/a", "content");
    const auto answer = s.http().post("/files", boost::json::value{{"local_path", row.local_path},
                                                                   {"remote_path", row.remote_path},
                                                                   {"archive_name", row.archive_name}});
    BOOST_REQUIRE_EQUAL(answer.status, 201);
    const auto id = answer.json().at("id").to_number<std::int64_t>();
    BOOST_TEST(s.catalog().row(id).remote_path == row.remote_path);
    wait_until("it is verified", [&] { return s.catalog().row(id).verified(); }, far_below_sleep_time);
    BOOST_TEST(s.file(id).at("state").as_string() == "verified");
}

BOOST_AUTO_TEST_CASE(many_are_posted_in_one_request) {
    site s;
    s.start();
    boost::json::array files;
    for (int i = 0; i < 100; ++i) {
        const auto name = "f" + std::to_string(i);
        const auto row = s.make_file(name, "17000/hk/" + name, "content " + name);
        files.push_back({{"local_path", row.local_path},
                         {"remote_path", row.remote_path},
                         {"archive_name", row.archive_name},
                         {"local_md5sum", row.local_md5sum},
                         {"timestamp", row.timestamp},
                         {"deletable", i % 2 == 0}});
    }
    const auto answer = s.http().post("/files", files);
    BOOST_REQUIRE_EQUAL(answer.status, 201);
    BOOST_TEST(answer.json().as_array().size() == 100U);
    s.await_finalized(old_timecode);
    BOOST_TEST(s.catalog().number("SELECT count(*) FROM supersync_v0 WHERE deletable = 0") == 50);
    s.check_delivered();

    // The same once more: settled registrations are new versions, and answered as such.
    const auto again = s.http().post("/files", boost::json::value(files.front()));
    BOOST_TEST(again.status == 201);
}

BOOST_AUTO_TEST_CASE(a_person_unignores_a_row_and_gives_attempts_back) {
    site s;
    auto ignored = s.make_file("ignored", std::to_string(timecode_now()) + "/ignored", "1");
    ignored.ignore = true;
    auto failed = s.make_file("failed", std::to_string(timecode_now()) + "/failed", "2");
    failed.failed_copy_attempts = 5;
    const auto ignored_id = s.catalog().insert(ignored);
    const auto failed_id = s.catalog().insert(failed);
    s.start();
    s.await_condition("files_failed");
    BOOST_TEST(s.file(ignored_id).at("state").as_string() == "ignored");
    BOOST_TEST(s.file(failed_id).at("state").as_string() == "failed");
    s.catalog().execute("UPDATE supersync_v0 SET \"ignore\" = 0 WHERE id = " + std::to_string(ignored_id));
    wait_until(
        "it is verified", [&] { return s.catalog().row(ignored_id).verified(); }, far_below_sleep_time);
    s.catalog().execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = " +
                        std::to_string(failed_id));
    wait_until("it is verified", [&] { return s.catalog().row(failed_id).verified(); }, far_below_sleep_time);
    s.await_no_condition("files_failed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
