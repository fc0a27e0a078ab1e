// Options and catalogs that cannot work: the program says what is wrong and does not start, or says it as a
// condition where it can heal; what was there stays as it was.
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

namespace {

struct strict_site : site {
    // The program ends with `status` and says all of `says`; no catalog and no destination is made.
    void does_not_start(int status, const std::vector<std::string>& says,
                        const std::vector<std::string>& added = {}) {
        fs::remove(log);
        auto arguments = command();
        arguments.insert(arguments.end(), added.begin(), added.end());
        daemon_process program(arguments, environment, log);
        const auto end = program.wait();
        const auto said = program.log();
        BOOST_TEST(end == exited_with(status), end << " instead of " << status << ", saying: " << said);
        for (const auto& word : says)
            BOOST_TEST(said.find(word) != std::string::npos,
                       "'" << said << "' does not say '" << word << "'");
        BOOST_TEST(!fs::exists(base));
    }
    void does_not_start_with(const std::string& option, const std::string& value,
                             const std::vector<std::string>& says = {}) {
        const auto before = options;
        options[option] = value;
        auto all = says;
        all.push_back(option);
        does_not_start(2, all);
        BOOST_TEST(!fs::exists(database), option << " " << value << " made a catalog");
        options = before;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_options)

BOOST_FIXTURE_TEST_CASE(required_options_are_required, strict_site) {
    for (const std::string required :
         {"--archive-name", "--remote-basedir", "--db-path", "--suprsync-file-root"}) {
        const auto before = options;
        options.erase(required);
        does_not_start(2, {required});
        options = before;
    }
}

BOOST_FIXTURE_TEST_CASE(values_must_make_sense, strict_site) {
    does_not_start_with("--archive-name", "with/slash");
    does_not_start_with("--archive-name", ".hidden");
    does_not_start_with("--instance-id", "..");
    does_not_start_with("--remote-basedir", "relative/base");
    does_not_start_with("--remote-basedir", "/");
    does_not_start_with("--db-path", "relative.db");
    does_not_start_with("--suprsync-file-root", "relative");
    does_not_start_with("--local-root", "relative");
    does_not_start_with("--ssh-host", "user@host; touch x");
    does_not_start_with("--ssh-host", "-oProxyCommand=x");
    does_not_start_with("--ssh-key", (scratch / "key").string(), {"--ssh-host"});
    does_not_start_with("--delete-local-after", "-1");
    does_not_start_with("--delete-local-after", "soon");
    does_not_start_with("--max-copy-attempts", "-1");
    does_not_start_with("--max-copy-attempts", "many");
    does_not_start_with("--copy-timeout", "-1");
    does_not_start_with("--cmd-timeout", "-5");
    does_not_start_with("--stall-timeout", "0");
    does_not_start_with("--sleep-time", "nan");
    does_not_start_with("--files-per-batch", "-1");
    does_not_start_with("--concurrency", "0");
    does_not_start_with("--log-level", "loud");
    does_not_start_with("--log-format", "xml");
    does_not_start_with("--http-listen", "nonsense");
    does_not_start_with("--http-listen", "127.0.0.1:99999");
    does_not_start_with("--http-listen", "0.0.0.0:0", {"token"});
    does_not_start_with("--http-token-file", data.string(), {"Is a directory"});
    does_not_start_with("--bwlimit", "banana", {"a rate as rsync knows it"});
    does_not_start_with("--chmod", "banana", {"modes as rsync knows them"});
    does_not_start_with("--http-listen", "unix:relative", {"an absolute path"});
    for (const auto* name : {"a b", "host:80", "[::1]", "a/b"})
        does_not_start_with("--http-host-name", name, {"without a port"});
    write_file(scratch / "token", "one\ntwo\n");
    does_not_start_with("--http-token-file", (scratch / "token").string(), {"one token"});
    does_not_start_with("--http-tls-certificate", (scratch / "token").string(),
                        {"--http-tls-key, which is missing"});
    does_not_start_with("--http-tls-key", (scratch / "token").string(),
                        {"--http-tls-certificate, which is missing"});
}

BOOST_FIXTURE_TEST_CASE(unknown_options_and_stray_words_are_refused, strict_site) {
    does_not_start(2, {"--no-such-option"}, {"--no-such-option"});
    does_not_start(2, {"stray"}, {"stray"});
    BOOST_TEST(!fs::exists(database));
}

// As with the agent, whose site files say things twice.
BOOST_FIXTURE_TEST_CASE(of_a_repeated_option_the_last_one_counts, strict_site) {
    auto arguments = command();
    for (const char* word : {"--archive-name", "second", "--once", "--once", "--compression", "--compression",
                             "--local-root", "/one", "--log-level", "nonsense", "--log-level", "info"})
        arguments.push_back(word);
    arguments.push_back("--check-config");
    daemon_process program(arguments, environment, log);
    BOOST_TEST(program.wait() == exited_with(0), program.log());
    BOOST_TEST(program.lines_with("archive second to") == 1U, program.log());
    does_not_start(2, {"--archive-name"}, {"--archive-name", "second", "--archive-name", "a/b"});
}

BOOST_FIXTURE_TEST_CASE(a_staging_directory_inside_the_base_directory_is_refused, strict_site) {
    does_not_start_with("--remote-staging-dir", (base / "staging").string(), {"base directory"});
}

BOOST_FIXTURE_TEST_CASE(a_busy_port_that_was_asked_for_is_a_failure, strict_site) {
    options["--http-listen"] = "127.0.0.1:0";
    start();
    const auto line = daemon().await_line("listening on http://127.0.0.1:");
    const auto port = line.substr(line.find("127.0.0.1:") + 10);
    auto arguments = command();
    for (auto& argument : arguments) {
        if (argument == "127.0.0.1:0") argument = "127.0.0.1:" + std::to_string(std::stoi(port));
        if (argument == database.string()) argument = (scratch / "other.db").string();
    }
    daemon_process second(arguments, environment, scratch / "second.log");
    BOOST_TEST(second.wait() == exited_with(1));
    BOOST_TEST(second.lines_with(std::to_string(std::stoi(port))) >= 1U);
}

BOOST_FIXTURE_TEST_CASE(only_one_daemon_works_on_an_archive_of_a_catalog, strict_site) {
    auto& first = start();
    auto arguments = command();
    for (auto& argument : arguments)
        if (argument.starts_with("unix:")) argument = "unix:" + (scratch / "second").string();
    daemon_process second(arguments, environment, scratch / "second.log");
    BOOST_TEST(second.wait() == exited_with(4));
    BOOST_TEST(second.lines_with(std::to_string(first.pid())) >= 1U);  // it says who holds it
    BOOST_TEST(second.lines_with(archive) >= 1U);
    const auto id = add_file("a", "17000/hk/a", "content");
    await_verified(id);

    // Another archive of the same catalog is free.
    for (auto& argument : arguments) {
        if (argument == archive) argument = "smurf";
        if (argument == base.string()) argument = (destination / "smurf").string();
    }
    daemon_process other(arguments, environment, scratch / "other.log");
    other.await_line("is served");
    other.signal(SIGTERM);
    BOOST_TEST(other.wait() == exited_with(0));

    // A holder that was killed holds nothing.
    kill();
    start();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bad_catalogs)

BOOST_FIXTURE_TEST_CASE(a_file_that_is_no_database_is_refused, strict_site) {
    write_file(database, std::string(10'000, 'x'));
    const auto before = md5_of_file(database);
    does_not_start(1, {database.string(), "database"});
    BOOST_TEST(md5_of_file(database) == before);
}

BOOST_FIXTURE_TEST_CASE(a_directory_is_refused, strict_site) {
    fs::create_directory(database);
    does_not_start(1, {database.string()});
}

BOOST_FIXTURE_TEST_CASE(a_catalog_in_a_directory_that_does_not_exist_is_refused, strict_site) {
    options["--db-path"] = (scratch / "missing" / "suprsync.db").string();
    does_not_start(1, {options["--db-path"]});
    BOOST_TEST(!fs::exists(scratch / "missing"));
}

BOOST_FIXTURE_TEST_CASE(a_database_of_another_schema_is_refused, strict_site) {
    foreign_writer(database).execute("CREATE TABLE supersync_v0 (id INTEGER PRIMARY KEY, something VARCHAR)");
    does_not_start(1, {database.string(), "supersync_v0", "local_path"});
    BOOST_TEST(foreign_writer(database).number("SELECT count(*) FROM sqlite_master") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_may_not_be_written_is_refused, strict_site) {
    catalog();
    run_without_root();
    fs::permissions(database, fs::perms(0444));
    fs::permissions(scratch.path(), fs::perms(0555));
    daemon_process daemon(command(), environment, destination / "log");
    const auto end = daemon.wait();
    fs::permissions(scratch.path(), fs::perms(0755));
    BOOST_TEST(end == exited_with(1));
    BOOST_TEST(daemon.lines_with(database.string()) >= 1U);
    BOOST_TEST(!fs::exists(base));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(missing_programs)

BOOST_FIXTURE_TEST_CASE(a_program_that_is_missing_here_is_named_until_it_is_installed, strict_site) {
    options["--transfer"] = "rsync";
    for (const std::string program : {"rsync", "md5sum"}) {
        BOOST_TEST_CONTEXT(program) {
            const auto bin = programs_without(program);
            environment["PATH"] = bin.string();
            const auto id = add_file(program, "17000/hk/" + program, "content " + program);
            start();
            await_condition("missing_program");
            BOOST_TEST(condition("missing_program").at("message").as_string().find(program) !=
                       std::string::npos);
            BOOST_TEST(catalog().row(id).failed_copy_attempts.value_or(0) == 0);
            fs::create_symlink("/usr/bin/" + program, bin / program);
            await_verified(id);
            await_no_condition("missing_program");
            stop();
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_program_that_is_missing_there_is_named_until_it_is_installed, strict_site) {
    options["--transfer"] = "rsync";
    // One directory after another: what is installed later is found by the same sshd.
    const auto without_rsync = programs_without("rsync");
    remote_path_variable = without_rsync.string();
    use_ssh();
    const auto id = add_file("a", "17000/hk/a", "content");
    start();
    for (const std::string program : {"rsync", "md5sum"}) {
        BOOST_TEST_CONTEXT(program) {
            await_condition("missing_program");
            wait_until("it is named", [&] {
                const auto held = condition("missing_program");
                return !held.is_null() && held.at("message").as_string().find(program) != std::string::npos;
            });
            BOOST_TEST(catalog().row(id).failed_copy_attempts.value_or(0) == 0);
            if (program == "rsync") fs::remove(without_rsync / "md5sum");
            fs::create_symlink("/usr/bin/" + program, without_rsync / program);
        }
    }
    await_verified(id);
    await_no_condition("missing_program");
}

BOOST_FIXTURE_TEST_CASE(ssh_that_is_missing_here_is_named, strict_site) {
    use_ssh();
    const auto bin = programs_without("ssh");
    environment["PATH"] = bin.string();
    const auto id = add_file("a", "17000/hk/a", "content");
    start();
    await_condition("missing_program");
    BOOST_TEST(condition("missing_program").at("message").as_string().find("ssh") != std::string::npos);
    fs::create_symlink("/usr/bin/ssh", bin / "ssh");
    await_verified(id);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
