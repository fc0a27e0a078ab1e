// What the doctor makes of what was found at a destination: each state of affairs, and what it says is to be
// done.
#include "engine/rules/diagnosis.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/engine/rules/diagnosed.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(diagnosis)

namespace {

probed_destination good_destination() {
    probed_destination d;
    d.account = "user";
    d.clock_difference = 0.2;
    d.clock_uncertainty = 0.1;
    d.rsync_version = "rsync  version 3.2.7";
    d.base_exists = d.base_writable = true;
    d.base = "/archive/smurf";
    d.identity = {"abc", 7};
    d.mode = "2775";
    d.owner = "user:group";
    d.space = disk_space{500'000'000'000, 1'000'000'000'000, 1000, 10000};
    d.staging = "/archive/.suprsync";
    d.staging_nearest = "/archive";
    d.staging_writable = d.staging_same_file_system = true;
    return d;
}

// The one finding of a check; a failure of the test where there is none or are several.
finding one(const std::vector<finding>& all, const std::string& check) {
    finding found;
    int count = 0;
    for (const auto& f : all)
        if (f.check == check) {
            found = f;
            ++count;
        }
    BOOST_TEST(count == 1, check << " was said " << count << " times");
    return found;
}

void judged(const std::string& check, health how, const std::string& part,
            const std::function<void(probed_destination&, archive_configuration&, probed_archive&)>& change) {
    auto there = good_destination();
    auto archive = smurf();
    probed_archive known;
    change(there, archive, known);
    const auto f = one(judge_destination(archive, there, &known), check);
    BOOST_TEST(f.how == how, f.text);
    BOOST_TEST(f.archive == "smurf");
    BOOST_TEST((f.text.find(part) != std::string::npos), "'" << f.text << "' does not say '" << part << "'");
}

using D = probed_destination;
using A = archive_configuration;
using K = probed_archive;

}  // namespace

BOOST_AUTO_TEST_CASE(where_everything_is_in_place_everything_is_ok) {
    const auto all = judge_destination(smurf(), good_destination(), nullptr);
    for (const auto& f : all) BOOST_TEST(f.how == health::ok, f.check << ": " << f.text);
    for (const char* check :
         {"ssh", "programs there", "clock there", "base directory", "space there", "staging"})
        one(all, check);
    auto local = smurf();
    local.ssh_host.reset();
    for (const auto& f : judge_destination(local, good_destination(), nullptr))
        BOOST_TEST((f.check != "ssh" && f.check != "clock there"), f.check);
}

BOOST_AUTO_TEST_CASE(a_destination_that_does_not_answer_says_nothing_else) {
    auto there = good_destination();
    there.unreachable = failure{failure_code::connection, "connect to", "user@host", "Connection refused"};
    const auto all = judge_destination(smurf(), there, nullptr);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].how == health::failed);
    BOOST_TEST((all[0].text.find("Connection refused") != std::string::npos));
    BOOST_TEST(all[0].check == "ssh");
    there.unreachable =
        failure{failure_code::missing_program, "use", "user@host", "not installed there: rsync"};
    BOOST_TEST(one(judge_destination(smurf(), there, nullptr), "programs there").how == health::failed);
}

BOOST_AUTO_TEST_CASE(faults_of_programs_and_clock_at_the_destination_are_judged) {
    judged("programs there", health::failed, "flock", [](D& d, A&, K&) { d.no_locks = "there is no flock"; });
    judged("clock there", health::warning, "+90.0 s", [](D& d, A&, K&) { d.clock_difference = 90; });
    judged("clock there", health::warning, "-90.0 s", [](D& d, A&, K&) { d.clock_difference = -90; });
    judged("clock there", health::ok, "", [](D& d, A&, K&) { d.clock_difference = 60; });
    // What cannot be told for sure is not held against it.
    judged("clock there", health::ok, "",
           [](D& d, A&, K&) { d.clock_difference = 70, d.clock_uncertainty = 20; });
    judged("space there", health::failed, "make room", [](D& d, A&, K&) { d.space->bytes_free = 0; });
    judged("space there", health::failed, "make room", [](D& d, A&, K&) { d.space->inodes_free = 0; });
    judged("space there", health::warning, "nearly full",
           [](D& d, A&, K&) { d.space->bytes_free = 10'000'000'000; });
    judged("space there", health::warning, "nearly full", [](D& d, A&, K&) { d.space->inodes_free = 10; });
    judged("space there", health::ok, "",
           [](D& d, A&, K&) { d.space->inodes_free = d.space->inodes_total = 0; });
    judged("paused", health::warning, "by request",
           [](D&, A&, K& k) { k.paused = true, k.pause_reason = "by request"; });
}

BOOST_AUTO_TEST_CASE(faults_of_the_base_directory_are_judged) {
    const auto missing = [](D& d) { d.base_exists = d.base_writable = false, d.mode = d.owner = ""; };
    judged("base directory", health::failed, "not a directory",
           [](D& d, A&, K&) { d.base_error = "it is not a directory"; });
    judged("base directory", health::failed, "parent do not exist", [&](D& d, A&, K&) { missing(d); });
    judged("base directory", health::failed, "user may not make it",
           [&](D& d, A&, K&) { missing(d), d.parent_exists = true; });
    judged("base directory", health::ok, "made on first use",
           [&](D& d, A&, K&) { missing(d), d.parent_exists = d.parent_writable = true; });
    judged("base directory", health::failed, "mounted", [&](D& d, A&, K& k) {
        missing(d), d.parent_exists = d.parent_writable = true;
        k.has_verified = true;
    });
    judged("base directory", health::failed, "another directory",
           [](D&, A&, K& k) { k.base = base_identity{"abc", 8}; });
    judged("base directory", health::ok, "", [](D&, A&, K& k) { k.base = base_identity{"abc", 7}; });
    judged("base directory", health::failed, "user may not write",
           [](D& d, A&, K&) { d.base_writable = false; });
    judged("base directory", health::ok, "chmod g+w", [](D& d, A&, K&) { d.mode = "755"; });
}

BOOST_AUTO_TEST_CASE(directories_that_cannot_be_used_are_listed) {
    judged("directories below it", health::ok, "none", [](D&, A&, K&) {});
    const auto all = [](D& d, A&, K&) {
        d.unusable_directories = {{'l', "17999"}, {'u', "17998"}, {'x', "17000/a"}};
    };
    judged("directories below it", health::warning, "17999: a symbolic link", all);
    judged("directories below it", health::warning, "17998: the account may not write in it", all);
    judged("directories below it", health::warning, "17000/a: another file system", all);
    judged("directories below it", health::ok, "none", [](D& d, A& a, K&) {
        d.unusable_directories = {{'l', "17999"}};
        a.remote_links = links_kind::follow;
    });
}

BOOST_AUTO_TEST_CASE(a_file_system_that_ignores_case_is_a_warning) {
    judged("names", health::warning, "ignores case", [](D& d, A&, K&) { d.ignores_case = true; });
}

BOOST_AUTO_TEST_CASE(staging_is_a_warning_since_files_arrive_without_it) {
    judged("staging", health::warning, "another file system",
           [](D& d, A&, K&) { d.staging_same_file_system = false; });
    judged("staging", health::warning, "is a mount point",
           [](D& d, A&, K&) { d.staging_same_file_system = false, d.base_is_mount_point = true; });
    judged("staging", health::warning, "user may not write in /archive",
           [](D& d, A&, K&) { d.staging_writable = false; });
    judged(
        "staging", health::warning, "/base/.suprsync/id is no directory of the account's own; files would be",
        [](D& d, A&, K&) { d.staging_refused = "/base/.suprsync/id is no directory of the account's own"; });
    // On a mount point staging may have been given a place of its own.
    judged("staging", health::ok, "", [](D& d, A&, K&) { d.base_is_mount_point = true; });
}

BOOST_AUTO_TEST_CASE(a_base_directory_that_is_the_datas_own_fails) {
    auto there = good_destination();
    there.on_this_machine = true;
    there.device = 5;
    there.identity.inode = 77;
    probed_place elsewhere, same;
    elsewhere.exists = same.exists = true;
    elsewhere.path = "/elsewhere";
    elsewhere.device = same.device = 5;
    elsewhere.inode = 78;
    same.inode = 77;
    same.path = "/data";
    const auto fails = [&](const std::vector<probed_place>& local) {
        for (const auto& f : judge_destination(smurf(), there, nullptr, local))
            if (f.check == "copies" && f.how == health::failed)
                return f.text.find("/data") != std::string::npos &&
                       f.text.find("remote_basedir") != std::string::npos;
        return false;
    };
    BOOST_TEST(!fails({elsewhere}));
    BOOST_TEST(fails({elsewhere, same}));
    there.on_this_machine = false;
    BOOST_TEST(!fails({same}));
    there.on_this_machine = true;
    there.device = 6;
    BOOST_TEST(!fails({same}));
}

BOOST_AUTO_TEST_CASE(a_destination_that_cannot_tell_what_is_in_memory_is_told_where_that_matters) {
    auto there = good_destination();
    there.tells_what_is_in_memory = false;
    auto archive = smurf();
    const auto warns = [&] {
        for (const auto& f : judge_destination(archive, there, nullptr))
            if (f.check == "copies" && f.how == health::warning)
                return f.text.find("fincore") != std::string::npos;
        return false;
    };
    archive.delete_local_after = 0;
    BOOST_TEST(warns());
    archive.recheck_remote = recheck_kind::size;
    BOOST_TEST(!warns());
    archive.recheck_remote = recheck_kind::md5;
    archive.delete_local_after.reset();
    BOOST_TEST(!warns());
    archive.verify_from = verify_kind::disk;
    BOOST_TEST(warns());
}

BOOST_AUTO_TEST_CASE(what_carries_the_files_is_told_and_why) {
    auto archive = smurf();
    const auto says = [&](const std::string& version, const std::string& refused) {
        const auto f = judge_transfer(archive, version, refused);
        BOOST_TEST(f.how == health::ok);
        BOOST_TEST(f.check == "transfer");
        return f.text;
    };
    BOOST_TEST(says("1.2.3", "") == "by the suprsync 1.2.3 there");
    BOOST_TEST(says("", "suprsync is not installed there")
                   .starts_with("by rsync: suprsync is not installed there."));
    archive.remote_suprsync = "/opt/suprsync";
    BOOST_TEST((judge_transfer(archive, "", "it is not there").how == health::warning));
    archive.transfer = "rsync";
    BOOST_TEST(says("", "") == "by rsync, as transfer: rsync asks for");
}

BOOST_AUTO_TEST_SUITE_END()
