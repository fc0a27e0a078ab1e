// One daemon for all instances of the agent on a host, told by the site file of OCS (spec, OCS site
// configuration): the example of the agent's documentation, with the paths and the destination of the test.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/ocs_hub.hpp"
#include "tests/end_to_end/site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

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
    ocs_hub hub(scratch / "hub.log");
    hub.start();
    environment["INSTANCE_ID"] = "smurf-sync";
    environment["SITE_HUB"] = hub.url();
    options["--site-http"] = "http://127.0.0.1:8001/call";
    start();
    daemon().await_line("--site-http is skipped: it is an option of OCS");
    hub.await("registered observatory.smurf-sync.ops");
    BOOST_TEST(hub.lines_with("timestream-sync") == 0U);
    BOOST_TEST(status().at("instance_id").as_string() == "smurf-sync");
    BOOST_REQUIRE(status().at("archives").as_object().size() == 1U);
    await_verified(add_to("smurf", "17000/smurf/y"));
    stop();
}

BOOST_FIXTURE_TEST_CASE(the_hub_of_the_site_file_is_joined, ocs_site_with_two_instances) {
    ocs_hub hub(scratch / "hub.log");
    hub.start();
    const std::string before = "  wamp_server: ws://127.0.0.1:8001/ws\n";
    text.replace(text.find(before), before.size(),
                 "  wamp_server: " + hub.url() + "\n  wamp_realm: test_realm\n  address_root: site2\n");
    write_file(file, text);
    start();
    hub.await("registered site2.smurf-sync.ops");
    hub.await("registered site2.timestream-sync.ops");
    stop();
    hub.await("goodbye");
    const auto printed = [&](const std::vector<std::string>& more) {
        auto arguments = command();
        arguments.emplace_back("--print-config");
        arguments.insert(arguments.end(), more.begin(), more.end());
        fs::remove(scratch / "said");
        daemon_process program(arguments, environment, scratch / "said");
        BOOST_TEST(program.wait() == exited_with(0), program.log());
        return program.log();
    };
    const auto says = [](const std::string& said, const std::string& line) {
        BOOST_TEST((said.find(line) != std::string::npos), line << " is not in " << said);
    };
    const auto place = "  # " + file.string() + ":";
    says(printed({}), "ocs:\n  hub: " + hub.url() + place + "2: hub.wamp_server\n  realm: test_realm" +
                          place + "3: hub.wamp_realm\n  address_root: site2" + place +
                          "4: hub.address_root\n");
    says(printed({"--site-hub", "off"}), "  hub: off  # --site-hub\n");
    environment["SITE_HUB"] = "ws://another/ws";
    says(printed({}), "  hub: ws://another/ws  # SITE_HUB\n");
    says(printed({"--site-hub", "wss://third/ws"}), "  hub: wss://third/ws  # --site-hub\n");
    says(printed({"--site-realm", "two", "--address-root", "site3"}),
         "  realm: two  # --site-realm\n  address_root: site3  # --address-root\n");
}

// The site's packaging would wait for a feed in vain.
BOOST_FIXTURE_TEST_CASE(a_site_file_without_a_hub_is_told, ocs_site_with_two_instances) {
    const std::string hub = "wamp_server: ws://127.0.0.1:8001/ws";
    text.replace(text.find(hub), hub.size(), "address_root: observatory");
    write_file(file, text);
    start();
    daemon().await_line(file.string() + ": it names no hub (hub.wamp_server)");
    stop();
    options["--site-hub"] = "off";
    start();
    stop();
    const auto log = daemon().log();  // of both
    BOOST_TEST(log.find("it names no hub") == log.rfind("it names no hub"));
}

BOOST_FIXTURE_TEST_CASE(doctor_tells_what_becomes_of_the_agents_catalog, ocs_site_with_two_instances) {
    auto row = make_file("a", "17000/a", "content");
    row.archive_name = "smurf";
    row.failed_copy_attempts = 10;
    catalog().insert(row);
    text.replace(text.find("        {'agent-class': 'PysmurfMonitor'"), 0,
                 "        {'agent-class': 'HostManager', 'instance-id': 'hm-1'},\n");
    write_file(file, text);
    const auto run_doctor = [&] {
        auto arguments = command();
        std::replace(arguments.begin(), arguments.end(), std::string("run"), std::string("doctor"));
        arguments.emplace_back("--from-agent");
        daemon_process program(arguments, environment, scratch / "said");
        BOOST_TEST(program.wait() == exited_with(1));
        return program.log();
    };
    const auto said = run_doctor();
    for (const auto& line :
         {std::string("FAIL  HostManager: hm-1 starts the Python agent of smurf-sync (") + file.string() +
              ":",
          std::string("warn  [smurf] rows: 1 row (id 1): no attempts left"),
          std::string("ok    [timestreams] settings: copies to"), std::string("ok    the way back: ")})
        BOOST_TEST((said.find(line) != std::string::npos), line << " is not in " << said);
}

BOOST_FIXTURE_TEST_CASE(mistakes_have_file_line_and_instance, ocs_site_with_two_instances) {
    const auto refused = [&](const std::string& from, const std::string& to, const std::string& message) {
        auto changed = text;
        changed.replace(changed.rfind(from), from.size(), to);
        write_file(file, changed);
        fs::remove(log);
        auto& program = start_unready();
        BOOST_TEST(program.wait() == exited_with(2));
        BOOST_TEST((program.log().find(file.string() + ":" + message) != std::string::npos), program.log());
        const auto hint = program.log().find("suprsync run --help");
        BOOST_TEST((hint != std::string::npos &&
                    program.log().find("suprsync run --help", hint + 1) == std::string::npos),
                   program.log());
    };
    refused("'--cmd-timeout', '5'", "'--cmd-timeout', 'soon'",
            "35: smurf-sync: --cmd-timeout: expected a time such as 90, 90s, 15m, 2h or 7d, got 'soon'");
    refused("'--cmd-timeout', '5'", "'--cmd-timeot', '5'",
            "35: smurf-sync: --cmd-timeot: there is no such option (did you mean '--cmd-timeout'?)");
    refused("'--cmd-timeout', '5'", "'--cmd-timeout'",
            "35: smurf-sync: --cmd-timeout: expected a value, the option --suprsync-file-root follows");
    refused("'--cmd-timeout', '5'", "'stray'",
            "35: smurf-sync: arguments: expected an option (--NAME), got 'stray'");
    refused("'--archive-name', 'smurf'", "'--archive-name', 'timestreams'",
            "27: smurf-sync: --archive-name: archive 'timestreams' is configured twice");
    refused("'--db-path', '" + database.string(), "'--db-path', '" + database.string() + "2",
            "29: smurf-sync: --db-path: expected '" + database.string() + "', as at ");
    refused("'--archive-name', 'smurf',", "", "24: smurf-sync: --archive-name: it is required");
    // Every mistake at once.
    auto changed = text;
    for (const auto& [right, slip] :
         {std::pair{"'--cmd-timeout'", "'--cmd-timeot'"}, {"'--db-path'", "'--db-pth'"}})
        changed.replace(changed.rfind(right), std::string(right).size(), slip);
    write_file(file, changed);
    fs::remove(log);
    BOOST_TEST(start_unready().wait() == exited_with(2));
    for (const char* name : {"--cmd-timeot: there is no such option", "--db-pth: there is no such option"})
        BOOST_TEST(daemon().log().find(name) != std::string::npos, daemon().log());
    refused(
        "wamp_server: ws://127.0.0.1:8001/ws", "wamp_server: http://127.0.0.1:8001/ws",
        "2: hub.wamp_server: expected ws://HOST:PORT/PATH or wss://HOST:PORT/PATH, or off, got 'http://127.0.0.1:8001/ws'");
    options["--site-host"] = "elsewhere";
    refused("hub", "hub", "3: hosts: expected host 'elsewhere' (or localhost) in it");
    BOOST_TEST(!fs::exists(database));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
