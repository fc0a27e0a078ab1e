// Tools go by the daemon's configuration: where its catalog is and where it answers, where nobody says so.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_configuration)

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A daemon at work, and a configuration file that says where.
struct configured : site {
    tool t{*this};
    const fs::path file = scratch / "etc/suprsync.yaml";

    configured() {
        fs::create_directory(scratch / "etc");
        write_file(file, text());
        t.environment["SUPRSYNC_DB"] = "";
    }
    std::string text(const std::string& more = "") const {
        return "db_path: " + database.string() + "\nsuprsync_file_root: " + finalization_root.string() +
               "\nhttp: {listen: [127.0.0.1:0, '" + options.at("--http-listen") + "']" + more +
               "}\narchives:\n  - name: " + archive + "\n    remote_basedir: " + base.string() + "\n";
    }
    // By every way that leads to this file.
    std::vector<told> by_every_way(tool::arguments words) {
        std::vector<told> all;
        auto named = words;
        named.insert(named.end(), {"--config", file.string()});
        all.push_back(t.run(named));
        t.environment["SUPRSYNC_CONFIG"] = file.string();
        all.push_back(t.run(words));
        t.environment["SUPRSYNC_CONFIG"] = "";
        t.environment["OCS_CONFIG_DIR"] = (scratch / "etc").string();
        t.environment["SITE_HOST"] = "here";
        write_file(scratch / "etc/default.yaml",
                   fmt::format(R"(hosts:
  here:
    agent-instances:
      - agent-class: SupRsync
        instance-id: one
        arguments: [--archive-name, {}, --remote-basedir, {}, --db-path, {}, --suprsync-file-root, {}, --http-listen, '{}']
)",
                               archive, base.string(), database.string(), finalization_root.string(),
                               options.at("--http-listen")));
        all.push_back(t.run(words));
        t.environment["OCS_CONFIG_DIR"] = (scratch / "none").string();
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_catalog_and_the_daemon_follow_from_the_configuration, configured) {
    start();
    add_file("a", "hk/a", "content");  // of no day that is announced by a file
    for (const auto& said : by_every_way({"list", archive, "--all", "--json"})) {
        BOOST_TEST(said.exit == exited_with(0), said.err);
        BOOST_TEST(said.json().as_array().size() == 1U);
    }
    for (const auto& said : by_every_way({"status", "--json"})) {
        BOOST_TEST(said.exit == exited_with(0), said.err);
        BOOST_TEST(said.json().at("instance_id").as_string() == instance);
    }
    for (const auto& said : by_every_way({"status", "--alive"}))
        BOOST_TEST(said.exit == exited_with(0), said.err);
    for (const auto& said : by_every_way({"retry", archive, "--all"}))
        BOOST_TEST(said.exit == exited_with(0), said.err);
    // Where nothing leads to one.
    const auto none = t.run({"list", archive});
    BOOST_TEST(none.exit == exited_with(2));
    BOOST_TEST(holds(none.err, "which catalog? Say --db PATH or --config FILE"), none.err);
    BOOST_TEST(holds(none.err, "there is no " + (scratch / "none/default.yaml").string()), none.err);
}

BOOST_FIXTURE_TEST_CASE(the_command_line_wins_over_variables_and_these_over_the_file, configured) {
    t.environment["SUPRSYNC_CONFIG"] = file.string();
    const auto said = [&](const tool::arguments& words) { return t.run(words).err; };
    BOOST_TEST(holds(said({"list", archive}), database.string()));
    t.environment["SUPRSYNC_DB"] = "/by/variable";
    BOOST_TEST(holds(said({"list", archive}), "/by/variable"));
    BOOST_TEST(holds(said({"list", archive, "--config", file.string()}), "/by/variable"));
    BOOST_TEST(holds(said({"list", archive, "--db", "/by/option"}), "/by/option"));

    BOOST_TEST(holds(said({"status"}), options.at("--http-listen")));
    t.environment["SUPRSYNC_HTTP_LISTEN"] = "unix:/by/variable";
    BOOST_TEST(holds(said({"status"}), "unix:/by/variable"));
    BOOST_TEST(holds(said({"status", "--http", "unix:/by/option"}), "unix:/by/option"));
    t.environment["SUPRSYNC_CONFIG"] = "";
    BOOST_TEST(holds(said({"status"}), "unix:/by/variable"));
    t.environment["SUPRSYNC_HTTP_LISTEN"] = "off";
    BOOST_TEST(holds(said({"status"}), "SUPRSYNC_HTTP_LISTEN says that it listens nowhere"));
}

BOOST_FIXTURE_TEST_CASE(a_mistake_is_told_as_a_check_tells_it, configured) {
    write_file(file, text(", acces: full") + "    copy_timeout: soon\n    no_such_key: 1\n");
    const auto checked = t.run({"run", "--config", file.string(), "--check-config"});
    BOOST_TEST(checked.exit == exited_with(2));
    for (const char* mistake : {"acces", "copy_timeout", "no_such_key"})
        BOOST_TEST(holds(checked.err, mistake));
    const auto mistakes = checked.err.substr(checked.err.find(": ") + 2);
    for (const auto& words : {tool::arguments{"list", archive},
                              {"status"},
                              {"explain", "x"},
                              {"ignore", "1"},
                              {"accept-clock"}}) {
        auto with = words;
        with.insert(with.end(), {"--config", file.string()});
        const auto said = t.run(with);
        BOOST_TEST(said.exit == exited_with(2), words.front());
        BOOST_TEST(said.out == "");
        BOOST_TEST(holds(said.err, mistakes.substr(0, mistakes.find("\nSee "))), said.err);
        BOOST_TEST(!holds(said.err, "\nSee"), said.err);
    }
    BOOST_TEST(!fs::exists(database));
    // One that nobody named keeps nobody from asking what is found without it.
    fs::rename(file, scratch / "etc/default.yaml");
    t.environment["OCS_CONFIG_DIR"] = (scratch / "etc").string();
    t.environment["RUNTIME_DIRECTORY"] = (scratch / "run").string();
    const auto catalog = t.run({"list", archive});
    BOOST_TEST(catalog.exit == exited_with(2));
    BOOST_TEST(holds(catalog.err, "default.yaml"), catalog.err);
    fs::create_directory(scratch / "run");
    options["--http-listen"] = "unix:" + (scratch / "run/http.sock").string();
    start();
    BOOST_TEST(t.run({"status"}).exit == exited_with(0));
    stop();
    const auto status = t.run({"status", "--alive"});
    BOOST_TEST(status.exit == exited_with(1));
    BOOST_TEST(holds(status.err, "default.yaml"), status.err);
}

BOOST_FIXTURE_TEST_CASE(secrets_are_not_needed_and_a_token_goes_to_the_socket, configured) {
    write_file(scratch / "token", "secret\n");
    options["--http-token-file"] = (scratch / "token").string();
    write_file(file, text(", token_file: " + (scratch / "token").string()));
    start_unready().await_line("ready: ");
    t.environment["SUPRSYNC_CONFIG"] = file.string();
    const auto said = t.run({"status"});
    BOOST_TEST(said.exit == exited_with(0), said.err);
    fs::remove(scratch / "token");
    BOOST_TEST(holds(t.run({"status"}).err, "it wants its token: say --token-file"));
    BOOST_TEST(t.run({"list", archive}).exit ==
               exited_with(1));  // no such archive yet: the catalog was opened
    BOOST_TEST(holds(t.run({"list", archive}).err, "the catalog has no files yet"));
}

BOOST_FIXTURE_TEST_CASE(who_may_not_read_it_is_told_what_to_do, configured,
                        *only_root_can("ask as another account")) {
    fs::permissions(scratch.path(), fs::perms(0755));
    t.run_as_nobody();
    fs::permissions(file, fs::perms(0640));
    BOOST_REQUIRE(chown(file.c_str(), 0, 2) == 0);
    const tool::arguments list{"list", archive, "--config", file.string()};
    auto said = t.run(list);
    BOOST_TEST(said.exit == exited_with(2));
    BOOST_TEST(holds(said.err,
                     "Permission denied; nobody is not in its group bin: join it (usermod -aG bin nobody)"),
               said.err);
    // root's group is nobody's to join.
    BOOST_REQUIRE(chown(file.c_str(), 0, 0) == 0);
    for (const auto mode : {0640, 0600}) {
        fs::permissions(file, fs::perms(mode));
        said = t.run(list);
        BOOST_TEST(holds(said.err, "only root may read it: ask as that account (sudo -u root suprsync"),
                   said.err);
    }
}

// suprsync.service and its instance suprsync@night, with /run and /etc of their own.
BOOST_FIXTURE_TEST_CASE(daemons_of_the_installed_units_are_found_by_their_configurations, configured,
                        *only_where_file_systems_can_be_mounted()) {
    const auto etc = scratch / "machine-etc";
    fs::create_directories(etc / "suprsync");
    for (const char* known : {"passwd", "group", "nsswitch.conf"})
        fs::copy_file(fs::path("/etc") / known, etc / known);
    for (const auto& [name, served] :
         {std::pair("suprsync", archive), std::pair("night", std::string("dark"))})
        write_file(
            etc / "suprsync" / (std::string(name) + ".yaml"),
            fmt::format("db_path: {}\nsuprsync_file_root: {}\narchives: [{{name: {}, remote_basedir: {}}}]\n",
                        database.string(), finalization_root.string(), served,
                        (destination / served).string()));
    constexpr const char* machine =
        R"(mount -t tmpfs -o mode=755 none /run && mkdir -m 755 /run/suprsync /run/suprsync-night &&
        mount --bind "$0" /etc || exit
        "$1" run --http-listen unix:/run/suprsync/http.sock &
        exec "$1" run --config /etc/suprsync/night.yaml --http-listen unix:/run/suprsync-night/http.sock)";
    const daemon_process both(
        {"/usr/bin/unshare", "-m", "sh", "-c", machine, etc.string(), t.command({}).front()}, {}, log);
    wait_until("both are ready", [&] { return both.lines_with("ready: ") == 2; });
    t.environment["OCS_CONFIG_DIR"] = "";
    t.run_within_mounts_of(both.pid());
    for (const auto& [file, served] :
         {std::pair("suprsync", archive), std::pair("night", std::string("dark"))}) {
        const auto said =
            t.run({"status", "--json", "--config", "/etc/suprsync/" + std::string(file) + ".yaml"});
        BOOST_TEST(said.exit == exited_with(0), said.err);
        BOOST_TEST(said.json().at("archives").as_object().size() == 1U);
        BOOST_TEST(said.json().at("archives").as_object().contains(served));
    }
    // Where nobody is named, all of them.
    const auto all = t.run({"status"});
    for (const char* where : {"unix:/run/suprsync/http.sock:\n", "unix:/run/suprsync-night/http.sock:\n"})
        BOOST_TEST(holds(all.out, where), all.out);
    BOOST_TEST(t.run({"list", "dark"}).exit == exited_with(1));  // of the default configuration's catalog
    BOOST_TEST(holds(t.run({"list", "dark"}).err, "the catalog has no files yet"));
}

BOOST_FIXTURE_TEST_CASE(the_daemon_and_the_doctor_know_the_variable, configured) {
    t.environment["SUPRSYNC_CONFIG"] = file.string();
    const auto checked = t.run({"run", "--check-config"});
    BOOST_TEST(checked.exit == exited_with(0), checked.err);
    BOOST_TEST(holds(checked.out, "archive " + archive + " to " + base.string()), checked.out);
    BOOST_TEST(holds(t.run({"doctor"}).out, "[" + archive + "] "));
    t.environment["SUPRSYNC_CONFIG"] = "/none";
    BOOST_TEST(t.run({"doctor"}).exit == exited_with(2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
