// Two claims on one remote path, new versions of a file, and files that are not what was registered.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(claims)

namespace {

json::object registration(const catalog_row& row) {
    return {
        {"local_path", row.local_path}, {"remote_path", row.remote_path}, {"archive_name", row.archive_name}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(of_two_local_files_for_one_remote_path_the_first_holds_the_claim) {
    site s;
    const auto first = s.add_file("first", "17000/hk/a", "content of the first");
    const auto second = s.add_file("second", "17000/hk/a", "content of the second");
    destination_watcher watcher(s.base);
    s.start();
    s.await_verified(first);
    wait_until("the second is failed", [&] { return s.file(second).at("state").as_string() == "failed"; });
    BOOST_TEST(s.file(second).at("last_error").as_string().find("first") != std::string::npos);
    BOOST_TEST(s.catalog().row(second).failed_copy_attempts.value_or(0) == 5);
    BOOST_TEST(read_file(s.base / "17000/hk/a") == "content of the first");
    BOOST_TEST(fs::exists(s.data / "second"));
    const auto seen = watcher.stop();
    BOOST_TEST((seen.files.at("17000/hk/a") == std::set<std::string>{md5_of("content of the first")}));

    // Ignoring the first gives the claim to the second; what the first left there is kept.
    s.catalog().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = " + std::to_string(first));
    s.catalog().execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = " +
                        std::to_string(second));
    s.await_verified(second);
    BOOST_TEST(read_file(s.base / "17000/hk/a") == "content of the second");
}

BOOST_AUTO_TEST_CASE(over_http_the_second_claim_is_a_conflict) {
    site s;
    const auto first = s.make_file("first", "17000/hk/a", "content of the first");
    const auto second = s.make_file("second", "17000/hk/a", "content of the second");
    s.start();
    BOOST_TEST(s.http().post("/files", registration(first)).status == 201);
    const auto answer = s.http().post("/files", registration(second));
    BOOST_TEST(answer.status == 409);
    BOOST_TEST(answer.headers.at("content-type") == "application/problem+json");
    BOOST_TEST(answer.body.find("17000/hk/a") != std::string::npos);
    BOOST_TEST(s.catalog().rows("local_path = '" + second.local_path + "'").empty());
    // In an array the index is named, and nothing of it is registered.
    const auto third = s.make_file("third", "17000/hk/b", "third");
    const auto many = s.http().post("/files", json::array{registration(third), registration(second)});
    BOOST_TEST(many.status == 409);
    BOOST_TEST(many.json().at("index").to_number<int>() == 1);
    BOOST_TEST(s.catalog().rows("local_path = '" + third.local_path + "'").empty());
}

BOOST_AUTO_TEST_CASE(an_identical_registration_is_answered_with_the_one_that_exists) {
    site s;
    s.use_ssh();
    s.stop_sshd();  // so that it stays unsettled
    const auto row = s.make_file("a", "17000/hk/a", "content");
    s.start();
    const auto first = s.http().post("/files", registration(row));
    const auto second = s.http().post("/files", registration(row));
    BOOST_TEST(first.status == 201);
    BOOST_TEST(second.status == 200);
    BOOST_TEST(first.json().at("id") == second.json().at("id"));
    BOOST_TEST(s.catalog().rows().size() == 1U);
}

BOOST_AUTO_TEST_CASE(duplicate_rows_of_other_programs_do_no_harm) {
    site s;
    const auto row = s.make_file("a", "17000/hk/a", "content");
    s.catalog().insert({row, row, row});
    s.start();
    s.await_finalized(old_timecode);
    s.await_all_verified();
    const auto rows = s.catalog().rows("remote_path = '17000/hk/a'");
    BOOST_TEST(rows.back().verified());
    BOOST_TEST(s.catalog().row(rows.back().id).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(read_file(s.base / "17000/hk/a") == "content");
    BOOST_TEST(read_file(s.base / s.await_finalized(old_timecode).remote_path).find("num_files: 1\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_new_version_supersedes_the_delivered_one) {
    site s;
    s.options["--delete-local-after"] = "1000000";
    const auto first = s.add_file("a", "17000/hk/a", "version one");
    destination_watcher watcher(s.base);
    s.start();
    s.await_verified(first);
    const auto second = s.add_file("a", "17000/hk/a", "version two, longer");
    s.await_verified(second);
    BOOST_TEST(read_file(s.base / "17000/hk/a") == "version two, longer");
    // The earlier version that we delivered ourselves yields: nothing is set aside for it.
    for (const auto& entry : fs::recursive_directory_iterator(s.destination))
        BOOST_TEST(entry.path().string().find("/replaced/") == std::string::npos);
    s.await_finalized(old_timecode);
    s.stop();
    s.check_clean(watcher.stop());
}

BOOST_AUTO_TEST_CASE(of_unsettled_versions_only_the_newest_is_copied) {
    site s;
    const auto first = s.add_file("a", "17000/hk/a", "version one");
    const auto second = s.add_file("a", "17000/hk/a", "version two");
    s.start();
    s.await_verified(second);
    wait_until("the older one is ignored", [&] { return s.catalog().row(first).ignore.value_or(false); });
    BOOST_TEST(!s.file(first).at("ignore_reason").is_null());
    BOOST_TEST(read_file(s.base / "17000/hk/a") == "version two");
}

BOOST_AUTO_TEST_CASE(a_file_modified_after_its_registration_is_copied_as_it_now_is) {
    site s;
    auto row = s.make_file("a", "17000/hk/a", "as it was");
    row.timestamp = now() - 1000;
    write_file(row.local_path, "as it is now");
    set_mtime(row.local_path, now() - 500);
    const auto id = s.catalog().insert(row);
    s.start();
    s.await_verified(id);
    BOOST_TEST(read_file(s.base / "17000/hk/a") == "as it is now");
    BOOST_TEST(s.catalog().row(id).local_md5sum == md5_of("as it is now"));
}

BOOST_AUTO_TEST_CASE(a_file_that_differs_though_it_was_not_modified_is_corrupt_and_kept) {
    site s;
    s.options["--delete-local-after"] = "0";
    auto row = s.make_file("a", "17000/hk/a", "as it was");
    write_file(row.local_path, "as it wos");
    set_mtime(row.local_path, row.timestamp - 1000);
    const auto id = s.catalog().insert(row);
    const auto good = s.add_file("good", "17000/hk/good", "good");
    destination_watcher watcher(s.base);
    s.start();
    s.await_verified(good);
    wait_until("it is failed", [&] { return s.file(id).at("state").as_string() == "failed"; });
    BOOST_TEST(s.file(id).at("last_error").as_string().find("not modified") != std::string::npos);
    s.await_condition("files_failed");
    wait_until("the good one is deleted", [&] { return s.catalog().row(good).removed.has_value(); });
    BOOST_TEST(fs::exists(s.data / "a"));
    BOOST_TEST(s.daemon().lines_with(row.local_path) >= 1U);
    const auto seen = watcher.stop();
    BOOST_TEST(!seen.files.contains("17000/hk/a"));
    s.stop();
    s.check_clean(seen);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_being_written_waits_without_losing_attempts) {
    site s;
    s.options["--max-copy-attempts"] = "1";
    const auto path = s.data / "growing";
    write_file(path, "line\n");
    catalog_row row;
    row.local_path = path.string();
    row.archive_name = s.archive;
    row.remote_path = "17000/hk/growing";
    row.timestamp = now();
    row.local_md5sum = "";
    // The file grows each time that it is copied, for the first times.
    s.wrap("rsync", "$real \"$@\"\nstatus=$?\nif first; then echo more >> '" + path.string() +
                        "'; fi\nexit $status\n");
    const auto id = s.catalog().insert(row);
    s.start();
    s.await_verified(id);
    BOOST_TEST(s.catalog().row(id).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(read_file(s.base / "17000/hk/growing") == read_file(path));
    BOOST_TEST(read_file(path) == "line\nmore\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
