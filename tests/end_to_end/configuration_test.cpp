// One daemon for any number of archives, told by a file (spec, Configuration file, OCS site configuration):
// what starts, what is refused and with which words, and SIGHUP, which disturbs no running transfer.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <set>

#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

namespace {

struct configured_site : site {
    configured_site() {
        options = {{"--config", file.string()},
                   {"--http-listen", "unix:" + (scratch / "http").string()},
                   {"--log-level", "debug"}};
        fs::create_directories(data);
    }

    const fs::path file = scratch / "suprsync.yaml";

    // An archive whose base directory is `destination`/NAME.
    std::string archive_text(const std::string& name, const std::string& more = "") const {
        return "  - name: " + name + "\n    remote_basedir: " + (destination / name).string() +
               "\n    sleep_time: 10m\n" + more;
    }
    // To be called after use_ssh: takes from the command line what belongs to one archive.
    std::string by_ssh() {
        const auto text =
            "    ssh_host: " + options.at("--ssh-host") + "\n    ssh_key: " + options.at("--ssh-key") + "\n";
        options.erase("--ssh-host");
        options.erase("--ssh-key");
        return text;
    }
    void configure(const std::vector<std::string>& archives) {
        std::string text = "# written by the test\ndb_path: " + database.string() +
                           "\nsuprsync_file_root: " + finalization_root.string() +
                           "\ninstance_id: " + instance + "\nlocal_roots: [" + data.string() +
                           "]\narchives:\n";
        for (const auto& archive : archives) text += archive;
        write_file(file, text);
    }
    std::int64_t add_to(const std::string& name, const std::string& remote_path, std::string_view content) {
        auto row = make_file(name + "-" + fs::path(remote_path).filename().string(), remote_path, content);
        row.archive_name = name;
        return catalog().insert(row);
    }
    void hang_up() { daemon().signal(SIGHUP); }
    std::set<std::string> archives_served() const {
        std::set<std::string> names;
        const auto all = status();
        for (const auto& [name, figures] : all.at("archives").as_object()) names.emplace(name);
        return names;
    }
    // What a run with these further arguments says; it must end with `code`.
    std::string said(int code, const std::vector<std::string>& more) {
        auto arguments = command();
        arguments.insert(arguments.end(), more.begin(), more.end());
        fs::remove(scratch / "said");
        daemon_process program(arguments, environment, scratch / "said");
        const auto end = program.wait();
        BOOST_TEST(end == exited(code), end << ": " << program.log());
        return program.log();
    }
};

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

using archives = std::set<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(configuration_by_file)

BOOST_FIXTURE_TEST_CASE(check_config_checks_and_does_nothing_else, configured_site) {
    configure({archive_text("timestreams"), archive_text("smurf")});
    const auto fine = said(0, {"--check-config"});
    BOOST_TEST(holds(fine, "the configuration is fine"), fine);
    BOOST_TEST(holds(fine, "archive smurf to " + (destination / "smurf").string()), fine);

    configure({archive_text("timestreams"), archive_text("timestreams", "    copy_timeout: soon\n")});
    const auto where = file.string() + ":13: archives[1].copy_timeout: expected a time such as 90";
    for (const std::vector<std::string>& how : {std::vector<std::string>{"--check-config"}, {}}) {
        const auto text = said(2, how);
        BOOST_TEST(holds(text, where), text);
    }
    write_file(file, "db_path: [\n");
    BOOST_TEST(holds(said(2, {}), file.string() + ":"));
    fs::remove(file);
    BOOST_TEST(holds(said(2, {}), "No such file"));
    for (const auto& made : {database, finalization_root, destination / "timestreams"})
        BOOST_TEST(!fs::exists(made), made.string());
}

BOOST_FIXTURE_TEST_CASE(one_daemon_serves_archives_here_and_over_ssh, configured_site) {
    use_ssh();
    const auto remote = by_ssh();
    configure({archive_text("timestreams", remote), archive_text("smurf", "    instance_id: of-its-own\n")});
    start();
    const auto first = add_to("timestreams", "17000/a/x", "one");
    const auto second = add_to("smurf", "17000/b/y", "two");
    await_verified(first);
    await_verified(second);
    BOOST_TEST(read_file(destination / "timestreams/17000/a/x") == "one");
    BOOST_TEST(read_file(destination / "smurf/17000/b/y") == "two");
    BOOST_TEST((archives_served() == archives{"timestreams", "smurf"}));
    // Each under its own instance id.
    wait_until("both are finalized", [&] {
        return catalog().number(
                   "SELECT count(*) FROM supersync_v0 WHERE remote_path LIKE '%finalized.yaml' AND remote_md5sum = local_md5sum") ==
               2;
    });
    BOOST_TEST(
        catalog().number(
            "SELECT count(*) FROM supersync_v0 WHERE archive_name = 'timestreams' AND remote_path LIKE '%/suprsync/" +
            instance + "/%'") == 1);
    BOOST_TEST(
        catalog().number(
            "SELECT count(*) FROM supersync_v0 WHERE archive_name = 'smurf' AND remote_path LIKE '%/suprsync/of-its-own/%'") ==
        1);
    stop();
}

BOOST_FIXTURE_TEST_CASE(the_command_line_wins_and_picks_an_archive, configured_site) {
    configure({archive_text("timestreams"), archive_text("smurf")});
    options["--archive-name"] = "smurf";
    options["--instance-id"] = "by-option";
    start();
    BOOST_TEST((archives_served() == archives{"smurf"}));
    BOOST_TEST(status().at("instance_id").as_string() == "by-option");
    // The other archive is free for another daemon on the same file.
    auto other = command();
    for (auto& word : other) {
        if (word == "smurf") word = "timestreams";
        if (word.starts_with("unix:")) word = "unix:" + (scratch / "second").string();
    }
    other.push_back("--once");
    daemon_process second(other, environment, scratch / "second.log");
    BOOST_TEST(second.wait() == exited(0), second.log());
}

BOOST_FIXTURE_TEST_CASE(a_reload_adds_changes_and_removes_and_disturbs_no_transfer, configured_site) {
    use_ssh_through_proxy();
    const auto remote = by_ssh();
    configure({archive_text("timestreams", remote), archive_text("smurf")});
    start();
    const auto settled = add_to("smurf", "17000/b/y", "two");
    await_verified(settled);
    constexpr std::size_t size = 6'000'000;
    limit_proxy_rate(300'000);
    const auto large = add_to("timestreams", "17000/a/large", random_content(size, 1));
    wait_until("the transfer runs", [&] { return bytes_through_proxy() > 600'000; });
    auto transfer = processes_about("SUPRSYNC_TEST=" + scratch.path().string(), "rsync");
    // What waits for the next file of the other archive ends with it.
    std::erase_if(transfer, [](const auto& p) {
        std::error_code ended;
        const auto place = fs::read_symlink("/proc/" + std::to_string(p.pid) + "/cwd", ended).string();
        return p.command.find("smurf") != std::string::npos || place.find("smurf") != std::string::npos;
    });
    BOOST_REQUIRE(!transfer.empty());

    // Its own archive changes, another goes, a third comes.
    configure({archive_text("timestreams", remote + "    max_copy_attempts: 9\n"), archive_text("hk")});
    hang_up();
    daemon().await_line("archive hk is added");
    daemon().await_line(
        "archive timestreams changes when its running transfers have ended (max_copy_attempts: 5 -> 9)");
    daemon().await_line("archive smurf is removed");
    daemon().await_line("[smurf] is removed");
    await_verified(add_to("hk", "17000/c/z", "three"));
    // While all this happened the same processes copied on.
    std::set<pid_t> alive;
    for (const auto& p : processes()) alive.insert(p.pid);
    for (const auto& p : transfer) BOOST_TEST(alive.contains(p.pid), p.command);
    BOOST_TEST(daemon().lines_with("[timestreams] has its new configuration") == 0U);
    BOOST_TEST(!catalog().row(large).verified());

    limit_proxy_rate(1'000'000'000);
    await_verified(large);
    BOOST_TEST(catalog().row(large).failed_copy_attempts.value_or(0) == 0);
    BOOST_TEST(bytes_through_proxy() < size * 12 / 10);  // it was sent once
    daemon().await_line("[timestreams] has its new configuration");
    // The archive works on, with its new configuration.
    await_verified(add_to("timestreams", "17000/a/small", "four"));
    BOOST_TEST((archives_served() == archives{"timestreams", "hk"}));

    // The one that went is refused here, and free for others.
    const auto row = make_file("r", "17000/b/r", "five");
    const auto answer = http().post("/files", boost::json::value{{"local_path", row.local_path},
                                                                 {"remote_path", row.remote_path},
                                                                 {"archive_name", "smurf"}});
    BOOST_TEST(answer.status >= 400);
    auto other = command();
    for (auto& word : other) {
        if (word == file.string()) word = (scratch / "other.yaml").string();
        if (word.starts_with("unix:")) word = "unix:" + (scratch / "second").string();
    }
    other.push_back("--once");
    configure({archive_text("smurf")});
    fs::rename(file, scratch / "other.yaml");
    daemon_process second(other, environment, scratch / "second.log");
    BOOST_TEST(second.wait() == exited(0), second.log());
    stop();
}

BOOST_FIXTURE_TEST_CASE(a_broken_file_changes_nothing_and_is_a_condition_until_the_next_good_one,
                        configured_site) {
    configure({archive_text("timestreams")});
    start();
    const auto good = read_file(file);
    write_file(file, good + "    copy_timeout: soon\n");
    hang_up();
    await_condition("configuration_not_reloaded");
    const std::string message(condition("configuration_not_reloaded").at("message").as_string().c_str());
    BOOST_TEST(holds(message, file.string() + ":10: archives[0].copy_timeout: expected a time"), message);
    await_verified(add_to("timestreams", "17000/a/x", "one"));
    write_file(file, "no: [yaml");
    hang_up();
    wait_until("the condition is updated",
               [&] { return condition("configuration_not_reloaded").at("count").to_number<int>() == 2; });
    write_file(file, good);
    hang_up();
    await_no_condition("configuration_not_reloaded");
    daemon().await_line("nothing has changed");
    write_file(file, "http: {listen: off}\nshutdown_grace: 3\n" + good);
    hang_up();
    daemon().await_line("shutdown_grace: 10s -> 3s");
    BOOST_TEST(!status().at("degraded").as_bool());
    await_verified(add_to("timestreams", "17000/a/y", "two"));
    stop();
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_had_while_running_is_said, configured_site) {
    configure({archive_text("timestreams")});
    start();
    write_file(file, "db_echo: true\n" + read_file(file));
    hang_up();
    daemon().await_line("db_echo: false -> true: takes effect with the next start only");
    stop();
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_another_daemon_holds_is_not_taken, configured_site) {
    configure({archive_text("smurf")});
    auto other = command();
    for (auto& word : other) {
        if (word == file.string()) word = (scratch / "other.yaml").string();
        if (word.starts_with("unix:")) word = "unix:" + (scratch / "second").string();
    }
    fs::copy_file(file, scratch / "other.yaml");
    configure({archive_text("timestreams")});
    start();
    daemon_process second(other, environment, scratch / "second.log");
    second.await_line("ready: ");
    configure({archive_text("timestreams"), archive_text("hk"), archive_text("smurf")});
    hang_up();
    await_condition("configuration_not_reloaded");
    const std::string message(condition("configuration_not_reloaded").at("message").as_string().c_str());
    BOOST_TEST(holds(message, std::to_string(second.pid())), message);
    BOOST_TEST((archives_served() == archives{"timestreams"}));  // all or nothing
    second.signal(SIGTERM);
    BOOST_TEST(second.wait() == exited(0));
    hang_up();
    await_no_condition("configuration_not_reloaded");
    await_verified(add_to("smurf", "17000/b/x", "one"));
    await_verified(add_to("hk", "17000/c/x", "one"));
    BOOST_TEST((archives_served() == archives{"timestreams", "hk", "smurf"}));
    stop();
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_comes_back_while_it_ends_goes_on, configured_site) {
    use_ssh_through_proxy();
    const auto remote = by_ssh();
    const auto moving = archive_text("timestreams", remote);
    configure({moving, archive_text("hk")});
    start();
    limit_proxy_rate(300'000);
    const auto large = add_to("timestreams", "17000/a/large", random_content(3'000'000, 2));
    wait_until("the transfer runs", [&] { return bytes_through_proxy() > 300'000; });
    configure({archive_text("hk")});
    hang_up();
    daemon().await_line("archive timestreams is removed");
    configure({moving, archive_text("hk")});
    hang_up();
    daemon().await_line("archive timestreams is added");
    limit_proxy_rate(1'000'000'000);
    await_verified(large);
    await_verified(add_to("timestreams", "17000/a/small", "small"));
    BOOST_TEST((archives_served() == archives{"timestreams", "hk"}));
    stop();
}

BOOST_FIXTURE_TEST_CASE(without_a_file_a_hang_up_is_harmless, site) {
    start();
    daemon().signal(SIGHUP);
    daemon().await_line("there is nothing to read again");
    await_verified(add_file("a", "17000/a/x", "content"));
    stop();
}

// Two archives in one process: counted are the files of the one while the destination of the other is silent.
BOOST_FIXTURE_TEST_CASE(an_archive_with_a_stalled_destination_changes_nothing_for_the_other,
                        configured_site) {
    use_ssh_through_proxy();
    const auto far = by_ssh();
    configure({archive_text("far", far + "    stall_timeout: 2\n"), archive_text("near")});
    start();
    await_verified(add_to("far", "17000/hk/first", "content"));
    swallow_at_proxy(true);
    std::vector<std::int64_t> waiting;
    for (int i = 0; i < 5; ++i)
        waiting.push_back(add_to("far", "17000/hk/" + std::to_string(i), "far " + std::to_string(i)));
    for (int round = 0; round < 5; ++round) {
        std::vector<std::int64_t> ids;
        for (int i = 0; i < 20; ++i)
            ids.push_back(add_to("near", "17000/hk/" + std::to_string(20 * round + i), "near"));
        for (const auto id : ids) await_verified(id);
    }
    const auto archives = status().at("archives");
    BOOST_TEST(archives.at("near").at("files_failed").to_number<int>() == 0);
    for (const auto id : waiting) BOOST_TEST(!catalog().row(id).verified());
    swallow_at_proxy(false);
    for (const auto id : waiting) await_verified(id);
}

BOOST_AUTO_TEST_SUITE_END()

// The example of the agent's documentation, with the paths and the destination of the test.
BOOST_AUTO_TEST_SUITE(ocs_site_file)

namespace {

struct ocs_site_with_two_instances : site {
    explicit ocs_site_with_two_instances() {
        use_ssh();
        const auto instance_text = [&](const std::string& id, const std::string& name,
                                       const std::string& timeout) {
            return fmt::format(
                R"(        {{'agent-class': 'SupRsync',
         'instance-id': '{}',
         'arguments':[
           '--archive-name', '{}',
           '--remote-basedir', '{}',
           '--db-path', '{}',
           '--ssh-host', '{}',
           '--ssh-key', '{}',
           '--delete-local-after', '604800',
           '--max-copy-attempts', '10',
           '--copy-timeout', '{}',
           '--cmd-timeout', '5',
           '--suprsync-file-root', '{}',
           ]}},

)",
                id, name, (destination / name).string(), database.string(), options.at("--ssh-host"),
                options.at("--ssh-key"), timeout, finalization_root.string());
        };
        text =
            R"(hub:
  wamp_server: ws://127.0.0.1:8001/ws
hosts:
  ocs-docker: {
    'agent-instances': [
        {'agent-class': 'PysmurfMonitor', 'instance-id': 'monitor',
         'arguments': [['--udp-port', 8200], ['--create-table', True]]},

)" + instance_text("timestream-sync", "timestreams", "60") +
            instance_text("smurf-sync", "smurf", "20") +
            "    ]\n  }\n  another-host: {'agent-instances': []}\n";
        write_file(file, text);
        options = {{"--site-file", file.string()},
                   {"--site-host", "ocs-docker"},
                   {"--http-listen", "unix:" + (scratch / "http").string()}};
    }
    const fs::path file = scratch / "default.yaml";
    std::string text;

    std::int64_t add_to(const std::string& name, const std::string& remote_path) {
        auto row = make_file(name + ".g3", remote_path, "content of " + name);
        row.archive_name = name;
        return catalog().insert(row);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_example_of_the_agents_documentation_runs, ocs_site_with_two_instances) {
    start();
    await_verified(add_to("timestreams", "17000/a/x.g3"));
    await_verified(add_to("smurf", "17000/smurf/y"));
    for (const std::string path : {"timestreams/17000/a/x.g3", "smurf/17000/smurf/y"})
        BOOST_TEST(fs::exists(destination / path), path);
    wait_until("both are finalized under their own names", [&] {
        return catalog().number(
                   R"(SELECT count(*) FROM supersync_v0 WHERE remote_md5sum = local_md5sum
                   AND (archive_name = 'timestreams' AND remote_path LIKE '%/timestream-sync/%'
                   OR archive_name = 'smurf' AND remote_path LIKE '%/smurf-sync/%'))") == 2;
    });
    stop();
}

// As the agent's compose file starts its containers.
BOOST_FIXTURE_TEST_CASE(one_instance_with_the_options_of_ocs, ocs_site_with_two_instances) {
    options["--instance-id"] = "smurf-sync";
    options["--site-hub"] = "ws://127.0.0.1:8001/ws";
    options["--site-http"] = "http://127.0.0.1:8001/call";
    start();
    daemon().await_line("--site-hub is skipped: it is an option of OCS");
    daemon().await_line("--site-http is skipped: it is an option of OCS");
    BOOST_TEST(status().at("instance_id").as_string() == "smurf-sync");
    BOOST_REQUIRE(status().at("archives").as_object().size() == 1U);
    await_verified(add_to("smurf", "17000/smurf/y"));
    stop();
}

BOOST_FIXTURE_TEST_CASE(mistakes_have_file_line_and_instance, ocs_site_with_two_instances) {
    const auto refused = [&](const std::string& from, const std::string& to, const std::string& message) {
        auto changed = text;
        changed.replace(changed.rfind(from), from.size(), to);
        write_file(file, changed);
        fs::remove(log);
        auto& program = start_unready();
        BOOST_TEST(program.wait() == exited(2));
        BOOST_TEST((program.log().find(file.string() + ":" + message) != std::string::npos), program.log());
        const auto hint = program.log().find("suprsync run --help");
        BOOST_TEST((hint != std::string::npos &&
                    program.log().find("suprsync run --help", hint + 1) == std::string::npos),
                   program.log());
    };
    refused("'--cmd-timeout', '5'", "'--cmd-timeout', 'soon'",
            "35: smurf-sync: --cmd-timeout: expected a time such as 90, 90s, 15m, 2h or 7d, got 'soon'");
    refused("'--cmd-timeout', '5'", "'--cmd-timeot', '5'",
            "35: smurf-sync: --cmd-timeot: there is no such option");
    refused("'--cmd-timeout', '5'", "'--cmd-timeout'",
            "35: smurf-sync: --cmd-timeout: expected a value, the option --suprsync-file-root follows");
    refused("'--cmd-timeout', '5'", "'stray'",
            "35: smurf-sync: arguments: expected an option (--NAME), got 'stray'");
    refused("'--archive-name', 'smurf'", "'--archive-name', 'timestreams'",
            "27: smurf-sync: --archive-name: archive 'timestreams' is configured twice");
    refused("'--db-path', '" + database.string(), "'--db-path', '" + database.string() + "2",
            "29: smurf-sync: --db-path: expected '" + database.string() + "', as at ");
    refused("'--archive-name', 'smurf',", "", "24: smurf-sync: --archive-name: it is required");
    options["--site-host"] = "elsewhere";
    refused("hub", "hub", "3: hosts: expected host 'elsewhere' (or localhost) in it");
    BOOST_TEST(!fs::exists(database));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
