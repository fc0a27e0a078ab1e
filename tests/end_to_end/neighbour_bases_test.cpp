// Base directories that lie inside one another without being spelled so, and other mounts below a base
// directory.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <utility>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/support/bind_mount.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(neighbour_bases)

namespace {

// "inner" leads into "outer", and both have copied something, so that it is known where they lie.
struct two_ways : configured_site {
    void begin(const std::string& of_outer = "", const std::string& of_inner = "") {
        configure({archive_text("outer", of_outer), archive_text("inner", of_inner)});
        insert();
        start();
        await_all_verified();
    }
    void insert() {
        add_to("inner", "17000/inner", "of the inner one");
        add_to("outer", "17000/outer", "of the outer one");
    }
    void make_link() {
        fs::create_directories(destination / "outer/sub");
        fs::create_directory_symlink("outer/sub", destination / "inner");
    }
    // The second file is not copied over the first, and told why with both paths.
    void one_owner() {
        const auto first = add_to("inner", "17001/x", "content of the first");
        await_verified(first);
        const auto second = add_to("outer", "sub/17001/x", "content of the second");
        const auto third = add_to("outer", "sub/17001/y", "a path of its own");
        await_verified(third);
        wait_until("the second is failed",
                   [&] { return site::file(second).at("state").as_string() == "failed"; });
        const std::string why(site::file(second).at("last_error").as_string());
        for (const char* part : {"sub/17001/x of archive outer", "17001/x of archive inner", "inner-x"})
            BOOST_TEST(holds(why, part), why);
        BOOST_TEST(read_file(destination / "outer/sub/17001/x") == "content of the first");
        BOOST_TEST(read_file(destination / "outer/sub/17001/y") == "a path of its own");
        BOOST_TEST(fs::exists(data / "outer-x"));
        BOOST_TEST(condition("content_replaced").is_null());
        for (const auto& entry : fs::recursive_directory_iterator(destination))
            BOOST_TEST(entry.path().string().find("/replaced/") == std::string::npos, entry.path());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_below_two_base_directories_by_a_symbolic_link_has_one_owner, two_ways) {
    make_link();
    begin();
    one_owner();
    BOOST_TEST(daemon().lines_with("outer/sub/") == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_host_by_another_name_is_the_same_machine, two_ways) {
    make_link();
    use_ssh();
    const auto by_name = by_ssh();
    auto by_number = by_name;
    const auto at = by_number.find('@') + 1;
    by_number.replace(at, by_number.find('\n') - at, "other-name");
    auto known = read_file(environment.at("SUPRSYNC_SSH_CONFIG"));
    const std::string host = "Host suprsync-test";
    known.replace(known.find(host), host.size(), host + " other-name");
    write_file(scratch / "other_ssh_config", known);
    environment["SUPRSYNC_SSH_CONFIG"] = (scratch / "other_ssh_config").string();
    begin(by_name, by_number);
    one_owner();
}

BOOST_FIXTURE_TEST_CASE(a_file_below_two_base_directories_by_a_bind_mount_has_one_owner, two_ways,
                        *only_where_file_systems_can_be_mounted()) {
    fs::create_directories(destination / "outer/sub");
    fs::create_directories(destination / "inner");
    const bind_mount mounted(destination / "outer/sub", destination / "inner");
    begin();
    one_owner();
    // Nothing can be linked into it from beside it.
    await_condition("staging_unavailable");
}

// The daemons know of each other by the catalog alone.
BOOST_FIXTURE_TEST_CASE(a_file_that_two_daemons_would_write_has_one_owner, two_ways) {
    make_link();
    configure({archive_text("outer"), archive_text("inner")});
    insert();
    options["--archive-name"] = "outer";
    const auto listening = std::exchange(options["--http-listen"], "unix:" + (scratch / "other").string());
    daemon_process other(command(), environment, scratch / "other.log");
    options["--archive-name"] = "inner";
    options["--http-listen"] = listening;
    start();
    await_all_verified();
    one_owner();
    other.signal(SIGTERM);
    BOOST_TEST(other.wait() == exited_with(0));
}

BOOST_FIXTURE_TEST_CASE(files_for_a_directory_that_is_another_mount_wait, site,
                        *only_where_file_systems_can_be_mounted()) {
    const auto beside = scratch / "beside";
    fs::create_directories(beside);
    fs::create_directories(base / "17000/mounted");
    bind_mount mounted(beside, base / "17000/mounted");
    options["--max-copy-attempts"] = "1";
    const auto waits = add_file("waits", "17000/mounted/x", "waits");
    const auto goes = add_file("goes", "17000/beside/x", "goes");
    start();
    await_verified(goes);
    await_condition("directory_unusable");
    const auto why = condition("directory_unusable").at("message");
    BOOST_TEST(holds(std::string(why.as_string()), "17000/mounted"), why);
    BOOST_TEST(holds(std::string(why.as_string()), "another file system"), why);
    BOOST_TEST(catalog().row(waits).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(fs::is_empty(beside));
    mounted.end();
    await_verified(waits);
    BOOST_TEST(catalog().row(waits).failed_copy_attempts.value_or(0) == 0);
    await_no_condition("directory_unusable");
}

BOOST_FIXTURE_TEST_CASE(the_doctor_lists_what_is_mounted_below_a_base_directory, site,
                        *only_where_file_systems_can_be_mounted()) {
    fs::create_directories(scratch / "beside");
    fs::create_directories(base / "17000/deep/er/mounted here");
    const bind_mount mounted(scratch / "beside", base / "17000/deep/er/mounted here");
    auto words = command();
    std::replace(words.begin(), words.end(), std::string("run"), std::string("doctor"));
    daemon_process doctor(words, environment, scratch / "said");
    BOOST_TEST(doctor.wait() == exited_with(0));
    const auto said = doctor.log();
    BOOST_TEST(holds(said, "17000/deep/er/mounted here: another file system"), said);
    BOOST_TEST(holds(said, "ok    MD5 here: "), said);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
