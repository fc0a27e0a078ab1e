// What a reader of the destination sees, and what stood there before us. (The same watcher runs in all other
// tests that transfer: killed, cut, stalled and flipped.)
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/site.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(clean_destination)

namespace {

std::vector<fs::path> replaced(const site& s) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(s.destination))
        if (entry.is_regular_file() && entry.path().string().find("/replaced/") != std::string::npos)
            found.push_back(entry.path());
    return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(other_content_at_the_final_path_is_kept_aside) {
    for (const bool remote : {false, true}) {
        BOOST_TEST_CONTEXT((remote ? "over ssh" : "locally")) {
            site s;
            if (remote) s.use_ssh();
            write_file(s.base / "17000/hk/a", "somebody else's");
            const auto id = s.add_file("a", "17000/hk/a", "ours");
            destination_watcher watcher(s.base);
            s.start();
            s.await_verified(id);
            BOOST_TEST(read_file(s.base / "17000/hk/a") == "ours");
            const auto aside = replaced(s);
            BOOST_REQUIRE(aside.size() == 1U);
            BOOST_TEST(read_file(aside.front()) == "somebody else's");
            BOOST_TEST(aside.front().string().find("/replaced/" + std::to_string(id) + "-") !=
                       std::string::npos);
            BOOST_TEST(s.daemon().lines_with("other content stood at 17000/hk/a: it was moved to ") == 1U);
            s.await_finalized(old_timecode);
            s.stop();
            s.check_clean(watcher.stop(), {{"17000/hk/a", {md5_of("somebody else's")}}});
        }
    }
}

BOOST_AUTO_TEST_CASE(the_right_content_at_the_final_path_counts_as_delivered) {
    site s;
    write_file(s.base / "17000/hk/a", "the same");
    struct stat before{};
    BOOST_REQUIRE(stat((s.base / "17000/hk/a").c_str(), &before) == 0);
    const auto id = s.add_file("a", "17000/hk/a", "the same");
    s.start();
    s.await_verified(id);
    struct stat after{};
    BOOST_REQUIRE(stat((s.base / "17000/hk/a").c_str(), &after) == 0);
    BOOST_TEST(before.st_ino == after.st_ino);
    BOOST_TEST(replaced(s).empty());
    // The day's finalization file may be on its way.
    wait_until("nothing is staged", [&] { return s.staged_files().empty(); });
}

BOOST_AUTO_TEST_CASE(leftovers_of_files_that_nobody_waits_for_are_swept) {
    site s;
    s.use_ssh();
    s.options["--shutdown-grace"] = "0";
    s.options["--bwlimit"] = "1000";
    const auto id = s.add_file("a", "17000/hk/a", random_content(20'000'000, 1));
    destination_watcher watcher(s.base);
    s.start();
    wait_until("something is staged", [&] { return !s.staged_files().empty(); });
    s.stop();
    BOOST_TEST(s.staged_files().size() == 1U);
    s.catalog().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = " + std::to_string(id));
    s.start();
    wait_until("staging is empty", [&] { return s.staged_files().empty(); });
    s.stop();
    s.check_clean(watcher.stop());
    BOOST_TEST(!fs::exists(s.base / "17000"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_ignored_while_it_is_copied_is_not_published) {
    site s;
    s.use_ssh();
    s.options["--bwlimit"] = "4000";
    const auto id = s.add_file("a", "17000/hk/a", random_content(8'000'000, 1));
    s.start();
    wait_until("something is staged", [&] { return !s.staged_files().empty(); });
    s.catalog().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = " + std::to_string(id));
    wait_until("the daemon is idle and staging empty",
               [&] { return s.status().at("activity").as_string() == "idle" && s.staged_files().empty(); });
    BOOST_TEST(!fs::exists(s.base / "17000/hk/a"));
    BOOST_TEST(!s.catalog().row(id).verified());
}

BOOST_AUTO_TEST_CASE(modes_are_as_chmod_says_and_the_base_directory_keeps_its_own) {
    for (const bool remote : {false, true}) {
        BOOST_TEST_CONTEXT((remote ? "over ssh" : "locally")) {
            site s;
            if (remote) s.use_ssh();
            fs::create_directories(s.base);
            fs::permissions(s.base, fs::perms(0751));
            const auto id = s.add_file("private", "17000/one/two/private", "content");
            fs::permissions(s.data / "private", fs::perms(0600));
            s.start();
            s.await_verified(id);
            s.await_finalized(old_timecode);
            BOOST_TEST(mode_of(s.base) == 0751U);
            BOOST_TEST(mode_of(s.base / "17000/one/two/private") == 0664U);
            for (const char* directory : {"17000", "17000/one", "17000/one/two"})
                BOOST_TEST((mode_of(s.base / directory) & 0777) == 0775U, directory);
            for (const auto& entry : fs::recursive_directory_iterator(s.base))
                if (entry.is_directory()) BOOST_TEST((mode_of(entry.path()) & 0075) == 0075U, entry.path());
        }
    }
}

BOOST_AUTO_TEST_CASE(modes_are_as_another_chmod_says) {
    site s;
    s.options["--chmod"] = "D2750,F640";
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.await_verified(id);
    BOOST_TEST(mode_of(s.base / "17000/hk/a") == 0640U);
    BOOST_TEST(mode_of(s.base / "17000/hk") == 02750U);
    BOOST_TEST(mode_of(s.base / "17000") == 02750U);
}

BOOST_AUTO_TEST_CASE(the_group_of_a_setgid_base_directory_is_inherited,
                     *only_root_can("give a directory to any group")) {
    site s;
    fs::create_directories(s.base);
    BOOST_REQUIRE(chown(s.base.c_str(), 0, 12345) == 0);
    fs::permissions(s.base, fs::perms(02775));
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.await_verified(id);
    for (const char* path : {"17000", "17000/hk", "17000/hk/a"}) {
        struct stat seen{};
        BOOST_REQUIRE(stat((s.base / path).c_str(), &seen) == 0);
        BOOST_TEST(seen.st_gid == 12345U, path);
    }
    BOOST_TEST((mode_of(s.base / "17000/hk") & 02000) == 02000U);
}

BOOST_AUTO_TEST_CASE(staging_on_another_file_system_falls_back_and_says_so) {
    // Some other file system than that of the scratch directory.
    char name[] = "/tmp/suprsync-test-XXXXXX";
    char memory[] = "/dev/shm/suprsync-test-XXXXXX";
    site s;
    char* other = s.scratch.path().string().starts_with("/dev/shm") ? name : memory;
    BOOST_REQUIRE(mkdtemp(other) != nullptr);
    struct remover {
        fs::path path;
        ~remover() { fs::remove_all(path); }
    } at_the_end{other};
    struct stat here{}, there{};
    BOOST_REQUIRE(stat(s.destination.c_str(), &here) == 0 && stat(other, &there) == 0);
    BOOST_REQUIRE_MESSAGE(here.st_dev != there.st_dev, "this machine has one file system only");

    s.options["--remote-staging-dir"] = std::string(other) + "/staging";
    const auto id = s.add_file("a", "17000/hk/a", random_content(100'000, 1));
    s.start();
    s.await_verified(id);
    s.await_condition("staging_unavailable");
    BOOST_TEST(s.condition("staging_unavailable").at("message").as_string().find("remote_staging_dir") !=
               std::string::npos);
    s.await_finalized(old_timecode);
    s.check_delivered();
    BOOST_TEST(mode_of(s.base / "17000/hk/a") == 0664U);
}

BOOST_AUTO_TEST_CASE(staging_that_may_not_be_made_falls_back_and_says_so) {
    site s;
    fs::create_directories(s.base);
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.run_without_root();
    fs::permissions(s.destination, fs::perms(0555));
    s.start();
    s.await_verified(id);
    s.await_condition("staging_unavailable");
    s.await_finalized(old_timecode);
    s.check_delivered();
    s.stop();
    // Permitted, staging is used again.
    fs::permissions(s.destination, fs::perms(0755));
    s.start();
    const auto next = s.add_file("b", "17000/hk/b", "content of b");
    s.await_verified(next);
    BOOST_TEST(s.condition("staging_unavailable").is_null());
}

BOOST_AUTO_TEST_CASE(without_flock_there_is_no_staging) {
    site s;
    s.options["--transfer"] = "rsync";
    s.environment["PATH"] = s.programs_without("flock").string();
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.start();
    s.await_verified(id);
    s.await_condition("staging_unavailable");
    BOOST_TEST(s.condition("staging_unavailable").at("message").as_string().find("flock") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(several_catalogs_send_into_one_base_directory) {
    site one;
    site two;
    two.options["--remote-basedir"] = one.base.string();
    two.options["--instance-id"] = "the-other-instance";
    fs::create_directories(one.base);
    destination_watcher watcher(one.base);
    for (int i = 0; i < 200; ++i) {
        const auto name = "17000/one/" + std::to_string(i);
        one.add_file(name, name, random_content(5000, static_cast<std::uint64_t>(i)));
        const auto other = "17000/two/" + std::to_string(i);
        two.add_file(other, other, random_content(5000, 1000 + static_cast<std::uint64_t>(i)));
    }
    one.start();
    two.start();
    one.await_finalized(old_timecode);
    two.await_finalized(old_timecode);
    one.stop();
    two.stop();
    std::map<std::string, std::set<std::string>> of_two;
    for (const auto& row : two.catalog().rows()) of_two[row.remote_path] = {row.local_md5sum};
    one.check_clean(watcher.stop(), of_two);
    const auto found = files_below(one.base);
    for (auto* s : {&one, &two})
        for (const auto& row : s->catalog().rows()) BOOST_TEST(found.at(row.remote_path) == row.local_md5sum);
    BOOST_TEST(one.staged_files().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
