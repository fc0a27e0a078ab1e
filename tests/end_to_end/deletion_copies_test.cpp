// Deletion under attack: between the proof of a copy and the deletion of the original something happens to
// the copy, or to the destination. Nothing is deleted of which the destination has not exactly this content.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"
#include "tests/end_to_end/verified_site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(deletion_copies)

BOOST_FIXTURE_TEST_CASE(a_copy_that_vanished_is_sent_again_once, verified_site) {
    const auto id = add("a", "content");
    verify();
    fs::remove(base / today("a"));
    begin_deletion();
    await_removed(id);
    BOOST_TEST(read_file(base / today("a")) == "content");
    BOOST_TEST(daemon().lines_with("vanished") >= 1U);
}

BOOST_FIXTURE_TEST_CASE(a_copy_that_vanishes_again_and_again_is_given_up_and_kept, verified_site) {
    const auto id = add("a", "content");
    verify();
    const auto copy = base / today("a");
    fs::remove(copy);
    // Deletion notices it, copies it anew; then it is taken away again before the next look.
    options["--delete-local-after"] = "0";
    start();
    wait_until("it is given up", [&] {
        fs::remove(copy);
        return catalog().row(id).removed.has_value() || file(id).at("state").as_string() == "failed";
    });
    // The race may be lost: then it was deleted while its copy was there.
    if (!catalog().row(id).removed) {
        BOOST_TEST(fs::exists(data / "a"));
        await_condition("copies_lost");
        // A retry by a person is heard.
        catalog().execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = " +
                          std::to_string(id));
        wait_until("it is copied", [&] { return fs::exists(copy); });
    }
}

BOOST_FIXTURE_TEST_CASE(a_day_that_was_removed_there_waits_for_a_word, verified_site) {
    const tool t(*this);
    const auto id = add("a", "content");
    verify();
    const auto day = std::to_string(timecode_now());
    fs::remove_all(base / day);
    begin_deletion();
    await_condition("day_removed");
    BOOST_TEST(fs::exists(data / "a"));
    BOOST_TEST(catalog().row(id).verified());
    BOOST_TEST(!fs::exists(base / day));
    const auto said = t.run({"accept-removal", archive, day, "--json"});
    BOOST_TEST(said.json().at("files").to_number<int>() == 2, said.err);
    await_removed(id);
    await_witness();
    await_no_condition("day_removed");
    BOOST_TEST(!fs::exists(data / "a"));
    BOOST_TEST(!fs::exists(base / day));
}

BOOST_FIXTURE_TEST_CASE(a_truncated_copy_is_failed_and_the_original_kept, verified_site) {
    const auto id = add("a", "content");
    verify();
    fs::resize_file(base / today("a"), 3);
    begin_deletion();
    await_condition("copies_lost");
    await_condition("files_failed");
    await_witness();
    BOOST_TEST(fs::exists(data / "a"));
    BOOST_TEST(!catalog().row(id).removed.has_value());
    BOOST_TEST(file(id).at("state").as_string() == "failed");
    BOOST_TEST(daemon().lines_with("other content stands at the destination") >= 1U);
}

BOOST_FIXTURE_TEST_CASE(a_corrupted_copy_of_the_same_size_is_found_with_md5, verified_site) {
    options["--recheck-remote"] = "md5";
    const auto id = add("a", "content");
    verify();
    write_file(base / today("a"), "c0ntent");
    begin_deletion();
    await_condition("copies_lost");
    await_witness();
    BOOST_TEST(fs::exists(data / "a"));
    BOOST_TEST(!catalog().row(id).removed.has_value());
}

BOOST_FIXTURE_TEST_CASE(while_the_destination_is_away_nothing_is_deleted, verified_site) {
    use_ssh();
    verify();
    stop_sshd();
    begin_deletion();
    await_condition("destination_unreachable");
    BOOST_TEST(fs::exists(data / "witness"));
    start_sshd();
    await_witness();
    await_no_condition("destination_unreachable");
    BOOST_TEST(!fs::exists(data / "witness"));
}

BOOST_AUTO_TEST_CASE(nothing_is_deleted_when_the_destination_went_away_after_verification) {
    site s;
    s.use_ssh();
    s.options["--delete-local-after"] = "0.5";
    auto row = s.make_file("a", "17000/hk/a", "content");
    row.deletable = false;
    const auto id = s.catalog().insert(row);
    s.start();
    s.await_verified(id);
    s.stop_sshd();
    s.catalog().execute("UPDATE supersync_v0 SET deletable = 1 WHERE id = " + std::to_string(id));
    s.await_condition("destination_unreachable");
    BOOST_TEST(fs::exists(s.data / "a"));
    BOOST_TEST(!s.catalog().row(id).removed.has_value());
    s.start_sshd();
    wait_until("it is deleted", [&] { return !fs::exists(s.data / "a"); });
    s.await_no_condition("destination_unreachable");
    BOOST_TEST(read_file(s.base / "17000/hk/a") == "content");
}

BOOST_FIXTURE_TEST_CASE(another_base_directory_than_before_pauses_the_archive, verified_site) {
    verify();
    fs::rename(base, destination / "elsewhere");
    fs::create_directory(base);  // as the mount point below a file system that is not mounted
    const auto fresh = add("fresh", "fresh");
    begin_deletion();
    await_condition("base_directory");
    BOOST_TEST(status().at("archives").at(archive).at("paused").as_bool());
    BOOST_TEST(fs::exists(data / "witness"));
    BOOST_TEST(files_below(base).empty());
    // Put right, and resumed by a person.
    fs::remove_all(base);
    fs::rename(destination / "elsewhere", base);
    BOOST_TEST(http().post("/archives/" + archive + "/resume", std::string("{}")).status == 200);
    await_witness();
    await_verified(fresh);
    await_no_condition("base_directory");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
