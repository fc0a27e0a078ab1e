// `suprsync doctor` against real set-ups, good and broken ones: it finds what is in the way, says what to do,
// and changes nothing, here or there.
#include <unistd.h>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <map>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(doctor)

namespace {

struct patient : site {
    // Exit status of the last run.
    process_exit end;
    std::string said;

    std::string run_doctor(const std::vector<std::string>& more = {}) {
        auto arguments = command();
        for (auto& word : arguments)
            if (word == "run") word = "doctor";
        arguments.insert(arguments.end(), more.begin(), more.end());
        fs::remove(scratch / "said");
        daemon_process program(arguments, environment, scratch / "said");
        end = program.wait();
        said = program.log();
        return said;
    }
    // The line of a check.
    std::string line(const std::string& check) const {
        for (std::size_t at = 0; at < said.size();) {
            const auto stop = said.find('\n', at);
            const auto whole = said.substr(at, stop - at);
            if (whole.find(check + ": ") != std::string::npos) return whole;
            at = stop == std::string::npos ? said.size() : stop + 1;
        }
        return "";
    }
    void fails(const std::string& check, const std::string& part) {
        run_doctor();
        BOOST_TEST(end == exited_with(1), said);
        const auto found = line(check);
        BOOST_TEST(found.starts_with("FAIL"), said);
        BOOST_TEST((found.find(part) != std::string::npos),
                   "'" << found << "' does not say '" << part << "'");
    }
    void warns(const std::string& check, const std::string& part) {
        run_doctor();
        BOOST_TEST(end == exited_with(0), said);
        const auto found = line(check);
        BOOST_TEST(found.starts_with("warn"), said);
        BOOST_TEST((found.find(part) != std::string::npos),
                   "'" << found << "' does not say '" << part << "'");
    }
    // Every name below the data, the destination and beside the catalog, with content and time.
    std::map<std::string, std::string> everything() const {
        std::map<std::string, std::string> all;
        for (const auto& entry : fs::recursive_directory_iterator(scratch.path())) {
            const auto name = entry.path().lexically_relative(scratch.path()).string();
            if (name.starts_with("sshd/") || name == "said" || name == "daemon.log") continue;
            auto& what = all[name];
            if (entry.is_regular_file()) what = md5_of_file(entry.path());
            what += " " + std::to_string(fs::last_write_time(entry.path()).time_since_epoch().count());
        }
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(before_the_first_start_everything_is_ok_and_nothing_is_made, patient) {
    use_ssh();
    const auto before = everything();
    run_doctor();
    BOOST_TEST(end == exited_with(0), said);
    for (const char* check :
         {"rsync here", "ssh here", "catalog", "finalization root", "local root", "modes", "ssh",
          "programs there", "clock there", "base directory", "space there", "staging"})
        BOOST_TEST(line(check).starts_with("ok"), check << " in " << said);
    BOOST_TEST((everything() == before));
    BOOST_TEST(!fs::exists(database));
    wait_until("nothing of it runs", [this] { return processes().empty(); });
}

BOOST_FIXTURE_TEST_CASE(a_site_that_has_worked_is_ok_and_stays_as_it_is, patient) {
    use_ssh();
    options["--delete-local-after"] = "604800";
    fs::create_directory(base);
    fs::permissions(base, fs::perms(0775));
    add_file("a", "17000/a/x", "content");
    start();
    await_finalized(17000);
    // While a daemon works it looks, too.
    run_doctor();
    BOOST_TEST(end == exited_with(0), said);
    BOOST_TEST(line("catalog").starts_with("ok"), said);
    stop();
    const auto before = everything();
    run_doctor();
    BOOST_TEST(end == exited_with(0), said);
    BOOST_TEST(said.find("FAIL") == std::string::npos, said);
    // Whether this machine's clock is synchronised is not the site's.
    auto of_the_site = said;
    const auto clock = line("clock here");
    BOOST_TEST(!clock.empty());
    of_the_site.erase(of_the_site.find(clock), clock.size());
    BOOST_TEST(of_the_site.find("warn") == std::string::npos, said);
    BOOST_TEST((everything() == before));
}

BOOST_FIXTURE_TEST_CASE(a_catalog_of_the_agent_stays_as_it_is, patient) {
    add_file("a", "17000/a/x", "content");
    const auto before = everything();
    run_doctor();
    BOOST_TEST(end == exited_with(0), said);
    BOOST_TEST(line("catalog").starts_with("ok"), said);
    BOOST_TEST((everything() == before));
}

BOOST_FIXTURE_TEST_CASE(each_archive_of_a_configuration_file_is_judged, patient) {
    const auto file = scratch / "suprsync.yaml";
    write_file(file, "db_path: " + database.string() + "\nsuprsync_file_root: " + finalization_root.string() +
                         "\narchives:\n  - {name: one, remote_basedir: " + (destination / "one").string() +
                         "}\n  - {name: two, remote_basedir: " + (scratch / "missing/two").string() + "}\n");
    options = {{"--config", file.string()}};
    run_doctor();
    BOOST_TEST(end == exited_with(1), said);
    BOOST_TEST(line("[one] base directory").starts_with("ok"), said);
    BOOST_TEST(line("[two] base directory").starts_with("FAIL"), said);
    options = {{"--config", (scratch / "nowhere.yaml").string()}};
    run_doctor();
    BOOST_TEST(end == exited_with(2), said);
}

BOOST_FIXTURE_TEST_CASE(an_ssh_that_would_ask_is_a_fault, patient) {
    use_ssh();
    forget_host_key();
    fails("ssh", "ost key");
}

BOOST_FIXTURE_TEST_CASE(an_ssh_that_does_not_answer_is_a_fault, patient) {
    use_ssh();
    stop_sshd();
    fails("ssh", "refused");
}

BOOST_FIXTURE_TEST_CASE(programs_that_are_missing_are_named, patient) {
    remote_path_variable = programs_without("flock").string();
    use_ssh();
    fails("programs there", "flock");
    environment["PATH"] = programs_without("rsync").string();
    fails("rsync here", "rsync");
}

BOOST_FIXTURE_TEST_CASE(base_directories_are_judged, patient) {
    options["--remote-basedir"] = (destination / "missing/base").string();
    fails("base directory", "parent");
    write_file(destination / "file", "x");
    options["--remote-basedir"] = (destination / "file").string();
    fails("base directory", "not a directory");
    options["--remote-basedir"] = base.string();
    add_file("a", "17000/a/x", "content");
    start();
    await_all_verified();
    stop();
    fs::rename(base, destination / "elsewhere");
    fails("base directory", "mounted");
    fs::create_directory(base);
    fails("base directory", "another directory");
}

BOOST_FIXTURE_TEST_CASE(missing_permissions_are_told, patient) {
    run_without_root();
    fs::create_directory(base);
    options["--delete-local-after"] = "60";
    fs::permissions(base, fs::perms(0555));
    fails("base directory", "may not write");
    fs::permissions(base, fs::perms(0777));
    fs::create_directory(finalization_root);
    fs::permissions(finalization_root, fs::perms(0555));
    fs::permissions(data, fs::perms(0555));
    if (geteuid() == 0) fs::permissions(scratch.path(), fs::perms(0755));
    fails("local root", "may not delete");
    BOOST_TEST(line("finalization root").starts_with("FAIL"), said);
    fs::permissions(data, fs::perms(0777));
    fs::permissions(finalization_root, fs::perms(0777));
}

BOOST_FIXTURE_TEST_CASE(staging_on_another_file_system_is_told, patient) {
    fs::create_directories(base);
    options["--remote-staging-dir"] = "/proc";
    warns("staging", "another file system");
}

BOOST_FIXTURE_TEST_CASE(catalogs_that_cannot_work_are_told, patient) {
    write_file(database, std::string(5000, 'x'));
    fails("catalog", "not a SQLite database");
    fs::remove(database);
    fs::create_directory(database);
    fails("catalog", "not a regular file");
    fs::remove(database);
    {
        foreign_writer other(database);
        other.execute("CREATE TABLE supersync_v0 (id INTEGER PRIMARY KEY, nonsense TEXT)");
    }
    fails("catalog", "nonsense");
    options["--db-path"] = (scratch / "missing/x.db").string();
    fails("catalog", "does not exist");
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_needs_recovery_is_left_alone, patient) {
    add_file("a", "17000/a/x", "content");
    start();
    await_all_verified();
    kill();
    const auto log_of_changes = fs::path(database.string() + "-wal");
    BOOST_REQUIRE(fs::exists(log_of_changes) && fs::file_size(log_of_changes) > 0);
    auto before = everything();
    run_doctor();
    BOOST_TEST(!line("catalog").starts_with("FAIL"), said);
    BOOST_TEST((everything() == before));
    fs::remove(database.string() + "-shm");
    before = everything();
    run_doctor();
    BOOST_TEST(line("catalog").starts_with("warn"), said);
    BOOST_TEST((everything() == before));
}

BOOST_FIXTURE_TEST_CASE(damage_is_found, patient) {
    std::vector<catalog_row> rows;
    for (int i = 0; i < 2000; ++i) rows.push_back(make_file("a", "17000/a/" + std::to_string(i), "content"));
    catalog().insert(rows);
    auto bytes = read_file(database);
    BOOST_REQUIRE(bytes.size() > 100'000U);
    for (std::size_t at = 40'000; at < 60'000; ++at) bytes[at] = 'x';
    write_file(database, bytes);
    fails("catalog", "damaged");
}

BOOST_FIXTURE_TEST_CASE(json_tells_the_same_as_text, patient) {
    options["--remote-basedir"] = (destination / "missing/base").string();
    const auto all = json::parse(run_doctor({"--json"})).as_array();
    BOOST_TEST(end == exited_with(1));
    bool found = false;
    for (const auto& one : all)
        if (one.at("check").as_string() == "base directory") {
            found = true;
            BOOST_TEST(one.at("result").as_string() == "FAIL");
            BOOST_TEST(one.at("archive").as_string() == archive);
            BOOST_TEST(one.at("text").as_string().find("parent") != std::string::npos);
        }
    BOOST_TEST(found);
}

BOOST_FIXTURE_TEST_CASE(side_tables_are_made_anew_when_no_daemon_works, patient) {
    add_file("a", "17000/a/x", "content");
    start();
    await_all_verified();
    run_doctor({"--rebuild-side-tables"});
    BOOST_TEST(end == exited_with(1), said);
    BOOST_TEST(said.find("cannot hold archive '" + std::string(archive) + "': it is held by process") !=
                   std::string::npos,
               said);
    stop();
    catalog().execute("UPDATE suprsync_meta SET value = '6.0' WHERE key = 'version'");
    fails("catalog", "suprsync doctor --rebuild-side-tables");
    run_doctor({"--rebuild-side-tables"});
    BOOST_TEST(end == exited_with(0), said);
    BOOST_TEST(said.find(" rows are indexed\nkept: the catalog's uuid ") != std::string::npos, said);
    BOOST_TEST(said.find("not kept") == std::string::npos, said);
    add_file("a", "17000/a/y", "content");
    start();
    await_all_verified();
}

BOOST_FIXTURE_TEST_CASE(wrong_command_lines_are_refused, patient) {
    run_doctor({"--nonsense"});
    BOOST_TEST(end == exited_with(2), said);
    run_doctor({"--help"});
    BOOST_TEST(end == exited_with(0));
    BOOST_TEST(said.find("usage: suprsync doctor") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
