#include "engine/config/configuration.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(configuration)

namespace {

archive_configuration archive(const std::string& name, const std::string& base) {
    archive_configuration a;
    a.name = name;
    a.remote_basedir = base;
    a.instance_id = "srv20";
    a.suprsync_file_root = "/data/so/suprsync";
    return a;
}

daemon_configuration good() {
    daemon_configuration c;
    c.db_path = "/data/so/suprsync.db";
    c.instance_id = "srv20";
    c.archives = {archive("smurf", "/archive/smurf")};
    return c;
}

using change = std::function<void(daemon_configuration&, archive_configuration&)>;
using C = daemon_configuration;
using A = archive_configuration;

result<void> checked(const change& apply) {
    auto c = good();
    apply(c, c.archives[0]);
    return check(c);
}

void refused(const char* option, const change& apply, const char* part = "") {
    const auto r = checked(apply);
    BOOST_TEST(!r.has_value(), option << " is accepted");
    if (r) return;
    BOOST_TEST((r.error().code == failure_code::invalid));
    BOOST_TEST(r.error().subject == option);
    BOOST_TEST((r.error().text().find(option) != std::string::npos), r.error().text());
    BOOST_TEST((r.error().detail.find(part) != std::string::npos), r.error().text());
    BOOST_TEST(!r.error().detail.empty());
}

void accepted(const change& apply) {
    const auto r = checked(apply);
    BOOST_TEST(r.has_value(), (r ? "" : r.error().text()));
}

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_agent) {
    const archive_configuration a;
    BOOST_TEST(a.max_copy_attempts == 5);
    BOOST_TEST(a.stall_timeout == 300);
    BOOST_TEST(a.sleep_time == 60);
    BOOST_TEST(a.chmod == "g+rwX,o+rX");
    BOOST_TEST(!a.concurrency.has_value());
    BOOST_TEST(!a.compression);
    BOOST_TEST((!a.delete_local_after && !a.copy_timeout && !a.cmd_timeout && !a.files_per_batch));
    BOOST_TEST((!a.ssh_host && !a.ssh_key && !a.bwlimit));
    BOOST_TEST((a.recheck_remote == recheck_kind::md5));
    BOOST_TEST((a.verify_from == verify_kind::cache));
    const daemon_configuration d;
    BOOST_TEST(d.http_listen.empty());
    BOOST_TEST(d.http_socket_mode == 0660U);
    BOOST_TEST(d.shutdown_grace == 10);
    BOOST_TEST((!d.once && !d.db_echo));
}

BOOST_AUTO_TEST_CASE(a_good_configuration_is_accepted) {
    accepted([](C&, A&) {});
    accepted([](C&, A& a) { a.ssh_host = "user@host.example", a.ssh_key = "/dev/null"; });
    accepted([](C&, A& a) { a.delete_local_after = 0; });
    accepted([](C&, A& a) { a.copy_timeout = 0.5, a.cmd_timeout = 5, a.files_per_batch = 1; });
    accepted([](C&, A& a) { a.concurrency = 64; });
    accepted([](C&, A& a) { a.remote_staging_dir = "/archive/staging"; });
    accepted([](C& c, A&) { c.shutdown_grace = 0; });
    accepted([](C& c, A& a) { c.local_roots = a.local_roots = {"/data", "/"}; });
}

BOOST_AUTO_TEST_CASE(required_options_are_required) {
    refused("--db-path", [](C& c, A&) { c.db_path = ""; }, "required");
    refused("--suprsync-file-root", [](C&, A& a) { a.suprsync_file_root = ""; }, "required");
    refused("--archive-name", [](C& c, A&) { c.archives.clear(); }, "required");
    refused("--archive-name", [](C&, A& a) { a.name = ""; }, "required");
    refused("--remote-basedir", [](C&, A& a) { a.remote_basedir = ""; }, "required");
    refused("--instance-id", [](C&, A& a) { a.instance_id = ""; }, "required");
}

BOOST_AUTO_TEST_CASE(paths_are_absolute) {
    using namespace std::string_literals;
    for (const auto& bad : {"data/x"s, "./x"s, "../x"s, "~/x"s, "/a\0b"s}) {
        refused("--db-path", [&](C& c, A&) { c.db_path = bad; });
        refused("--suprsync-file-root", [&](C&, A& a) { a.suprsync_file_root = bad; });
        refused("--remote-basedir", [&](C&, A& a) { a.remote_basedir = bad; });
        refused("--remote-staging-dir", [&](C&, A& a) { a.remote_staging_dir = bad; });
        refused("--local-root", [&](C&, A& a) { a.local_roots = {"/data", bad}; });
        refused("--local-root", [&](C& c, A&) { c.local_roots = {"/data", bad}; });
    }
    refused("--local-root", [](C&, A& a) { a.local_roots = {""}; });
    refused("--remote-staging-dir", [](C&, A& a) { a.remote_staging_dir = ""; });
}

BOOST_AUTO_TEST_CASE(the_root_directory_is_no_base) {
    for (const char* root : {"/", "//", "/.", "/a/.."})
        refused("--remote-basedir", [&](C&, A& a) { a.remote_basedir = root; }, "root directory");
}

// Names that are refused: empty, with '/' or NUL, or beginning with a dot.
BOOST_AUTO_TEST_CASE(names_become_path_components) {
    using namespace std::string_literals;
    for (const auto& bad : {""s, "/"s, "a/b"s, "a\0b"s, "."s, ".."s, ".a"s}) {
        BOOST_TEST(!check_name("--x", bad).has_value(), "'" << bad << "'");
        refused("--archive-name", [&](C&, A& a) { a.name = bad; });
        refused("--instance-id", [&](C&, A& a) { a.instance_id = bad; });
    }
    for (const auto& fine : {"smurf"s, "a.b"s, "a b"s, "-a"s, "\u00e9"s, "a'\"$"s})
        BOOST_TEST(check_name("--x", fine).has_value(), fine);
}

BOOST_AUTO_TEST_CASE(ssh_host_and_key_are_checked) {
    for (const char* bad : {"", "-oProxyCommand=x", "user@host name", "host;x", "host:path", "us/er@host",
                            "$x", "a\nb", "`x`", "'x'", "\"x\"", "a\\b"})
        refused("--ssh-host", [&](C&, A& a) { a.ssh_host = bad; });
    for (const char* fine : {"so@fe80::1", "so@[::1]", "::1", "u@fe80::1%eth0"})
        accepted([&](C&, A& a) { a.ssh_host = fine; });
    refused("--ssh-key", [](C&, A& a) { a.ssh_key = "/dev/null"; }, "--ssh-host");
    refused("--ssh-key", [](C&, A& a) { a.ssh_host = "u@h", a.ssh_key = "/nowhere/id"; }, "/nowhere/id");
    refused(
        "--ssh-key", [](C&, A& a) { a.ssh_host = "u@h", a.ssh_key = "/" + std::string(300, 'k'); },
        "cannot be looked at: File name too long");
}

// All of their syntax: tests/net/rsync/rsync_syntax_test.cpp.
BOOST_AUTO_TEST_CASE(modes_and_rates_that_rsync_does_not_take_are_refused) {
    refused("--bwlimit", [](C&, A& a) { a.bwlimit = "banana"; }, "banana");
    refused("--chmod", [](C&, A& a) { a.chmod = "banana"; }, "banana");
    refused(
        "--remote-suprsync", [](C&, A& a) { a.remote_suprsync = ""; },
        "expected a path, or the name of a program, got ''");
    accepted([](C&, A& a) { a.bwlimit = "1.5m", a.chmod = "D2775,F664"; });
    accepted([](C&, A& a) { a.chmod = "", a.max_copy_attempts = 0; });
}

BOOST_AUTO_TEST_CASE(of_a_value_of_any_length_the_beginning_is_told) {
    const std::string word(1 << 20, ' ');
    const std::vector<change> changes = {
        [&](C& c, A&) { c.db_path = word; },
        [&](C&, A& a) { a.suprsync_file_root = word; },
        [&](C&, A& a) { a.remote_basedir = word; },
        [&](C&, A& a) { a.remote_staging_dir = word; },
        [&](C&, A& a) { a.remote_staging_dir = a.remote_basedir + "/" + word; },
        [&](C& c, A& a) {
            a.remote_staging_dir = "/archive/other/" + word;
            c.archives.push_back(archive("other", "/archive/other"));
        },
        [&](C&, A& a) { a.ssh_host = word; },
        [&](C&, A& a) { a.ssh_host = "u@h", a.ssh_key = word; },
        [&](C&, A& a) { a.bwlimit = word; },
        [&](C&, A& a) { a.chmod = word; },
        [&](C&, A& a) { a.local_roots = {word}; }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto c = good();
        changes[i](c, c.archives[0]);
        const auto r = check(c);
        BOOST_REQUIRE_MESSAGE(!r.has_value(), "change " << i << " is accepted");
        BOOST_TEST(r.error().text().size() < 1500U, "of change " << i);
    }
}

BOOST_AUTO_TEST_CASE(durations_that_make_no_sense_are_refused) {
    for (const double bad : {0.0, -1.0, not_a_number, infinite}) {
        refused("--copy-timeout", [&](C&, A& a) { a.copy_timeout = bad; });
        refused("--cmd-timeout", [&](C&, A& a) { a.cmd_timeout = bad; });
        refused("--stall-timeout", [&](C&, A& a) { a.stall_timeout = bad; });
        refused("--sleep-time", [&](C&, A& a) { a.sleep_time = bad; });
    }
    for (const double bad : {-1.0, -0.001, not_a_number, infinite}) {
        refused("--delete-local-after", [&](C&, A& a) { a.delete_local_after = bad; });
        refused("--shutdown-grace", [&](C& c, A&) { c.shutdown_grace = bad; });
    }
}

BOOST_AUTO_TEST_CASE(counts_out_of_range_are_refused) {
    refused("--max-copy-attempts", [](C&, A& a) { a.max_copy_attempts = -1; });
    refused("--files-per-batch", [](C&, A& a) { a.files_per_batch = 0; });
    for (const std::size_t bad : {0U, 65U}) refused("--concurrency", [&](C&, A& a) { a.concurrency = bad; });
}

BOOST_AUTO_TEST_CASE(an_archive_is_configured_once) {
    refused(
        "--archive-name", [](C& c, A&) { c.archives.push_back(archive("smurf", "/archive/other")); },
        "smurf");
    accepted([](C& c, A&) { c.archives.push_back(archive("hk", "/archive/hk")); });
}

BOOST_AUTO_TEST_CASE(each_fault_says_which_archive_has_it) {
    auto c = good();
    c.archives.push_back(archive("hk", "/archive/hk"));
    BOOST_TEST(find_faults(c).empty());
    const auto told = [&] {
        std::vector<std::string> all;
        for (const auto& fault : find_faults(c))
            all.push_back((fault.archive ? std::to_string(*fault.archive) : "daemon") + ": " + fault.option);
        return all;
    };
    using texts = std::vector<std::string>;
    c.archives[1].copy_timeout = -1;
    BOOST_TEST(told() == texts{"1: copy-timeout"}, boost::test_tools::per_element());
    c.archives[1] = archive("smurf", "/archive/hk");
    BOOST_TEST(told() == texts{"1: archive-name"}, boost::test_tools::per_element());
    c.db_path = "";
    c.archives[0].concurrency = 0;
    c.archives[0].ssh_key = "/nowhere";
    c.archives[1].sleep_time = -1;
    const texts all{"daemon: db-path", "0: ssh-key", "0: concurrency", "1: sleep-time", "1: archive-name"};
    BOOST_TEST(told() == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(staging_lies_outside_the_base) {
    for (const char* bad : {"/archive/smurf", "/archive/smurf/", "/archive//smurf", "/archive/smurf/.",
                            "/archive/smurf/x", "/archive/x/../smurf/y"})
        refused("--remote-staging-dir", [&](C&, A& a) { a.remote_staging_dir = bad; });
    for (const char* fine : {"/archive", "/archive/smurf2", "/archive/.suprsync"})
        accepted([&](C&, A& a) { a.remote_staging_dir = fine; });
    // Of another archive, too: under a base directory nothing appears but registered files.
    refused("--remote-staging-dir", [](C& c, A& a) {
        c.archives.push_back(archive("hk", "/archive/hk"));
        c.archives[0].remote_staging_dir = "/archive/hk/staging";
        (void)a;
    });
    accepted([](C& c, A&) {
        c.archives.push_back(archive("hk", "/archive/hk"));
        c.archives[1].ssh_host = "u@h";
        c.archives[0].remote_staging_dir = "/archive/hk/staging";
    });
}

// What one archive proved, the other could move away as somebody else's, wherever staging lies.
BOOST_AUTO_TEST_CASE(base_directories_inside_one_another) {
    for (const char* inner : {"/archive/smurf/in", "/archive/smurf/a/b/", "/archive/x/../smurf/in"}) {
        refused("--remote-basedir", [&](C& c, A&) { c.archives.push_back(archive("in", inner)); }, "inside");
        refused(
            "--remote-basedir",
            [&](C& c, A&) { c.archives.insert(c.archives.begin(), archive("in", inner)); }, "inside");
        refused(
            "--remote-basedir",
            [&](C& c, A&) {
                c.archives.push_back(archive("in", inner));
                for (auto& one : c.archives) one.remote_staging_dir = "/archive/staging";
            },
            "inside");
    }
    for (const char* beside : {"/archive/smurf", "/archive/smurf/", "/archive/smurf2", "/archive/smur"})
        accepted([&](C& c, A&) { c.archives.push_back(archive("in", beside)); });
    accepted([](C& c, A&) {
        c.archives.push_back(archive("in", "/archive/smurf/in"));
        c.archives[1].ssh_host = "u@h";
    });
    refused("--remote-basedir", [](C& c, A&) {
        c.archives.push_back(archive("in", "/archive/smurf/in"));
        c.archives[0].ssh_host = c.archives[1].ssh_host = "u@h";
    });
}

BOOST_AUTO_TEST_CASE(destinations_are_equal_where_files_meet) {
    BOOST_TEST(archive("a", "/base").destination() == "/base");
    for (const char* same : {"/base/", "/base//", "/x/../base", "/base/."})
        BOOST_TEST(archive("a", same).destination() == "/base", same);
    auto remote = archive("a", "/base/");
    remote.ssh_host = "user@host";
    BOOST_TEST(remote.destination() == "user@host:/base");
}

BOOST_AUTO_TEST_SUITE_END()
