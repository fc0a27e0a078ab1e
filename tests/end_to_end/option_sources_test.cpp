// Where options come from besides their own words: the environment, beginnings of their names, files that
// nobody names; and what --print-config says of it.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/configured_site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(option_sources)

namespace {

struct printing_site : site {
    /// What `suprsync run` says with the options given, and no others, in this environment.
    std::string said(int status, std::vector<std::string> words,
                     const std::map<std::string, std::string>& more = {}) {
        std::vector<std::string> arguments{command().front(), "run"};
        arguments.insert(arguments.end(), words.begin(), words.end());
        auto with = environment;
        for (const auto& [name, value] : more) with[name] = value;
        fs::remove(log);
        daemon_process program(arguments, with, log);
        BOOST_TEST(program.wait() == exited_with(status), program.log());
        return program.log();
    }
    // What an archive needs, as an OCS site file of the host "here" and as a configuration file.
    std::string site_file_text() const {
        return "hosts:\n  here:\n    agent-instances:\n      - agent-class: SupRsync\n        instance-id: one\n" +
               ("        arguments: [--archive-name, smurf, --remote-basedir, /base, --db-path, " +
                database.string()) +
               ",\n                    --suprsync-file-root, /root/of/files, --copy-timeout, 60]\n";
    }
    std::string file_text() const {
        return "db_path: " + database.string() +
               "\nsuprsync_file_root: /root/of/files\nlog_level: warning\narchives:\n" +
               "  - name: smurf\n    remote_basedir: /base\n    copy_timeout: 60\n";
    }
    /// The required ones as the environment says them.
    std::map<std::string, std::string> all_by_environment() const {
        std::map<std::string, std::string> all;
        for (const auto& [option, value] : options) {
            if (!option.starts_with("--")) continue;
            std::string name = "SUPRSYNC_";
            for (const char c : option.substr(2)) name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
            all[name] = value;
        }
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_option_has_a_variable_and_the_command_line_wins, printing_site) {
    auto variables = all_by_environment();
    variables["SUPRSYNC_COPY_TIMEOUT"] = "15m";
    variables["SUPRSYNC_COMPRESSION"] = "true";
    variables["SUPRSYNC_LOCAL_ROOT"] = "/one,/two";
    variables["SUPRSYNC_CMD_TIMEOUT"] = "7";
    variables["SUPRSYNC_COPY_TIMOUT"] = "3";
    variables["SUPRSYNC_OPTIONS"] = "--cmd-timeout 8";  // of the systemd unit
    const auto text = said(0, {"--print-config", "--cmd-timeout", "8"}, variables);
    for (const std::string line :
         {"copy_timeout: 900s  # SUPRSYNC_COPY_TIMEOUT", "compression: true  # SUPRSYNC_COMPRESSION",
          "local_roots: [/one, /two]  # SUPRSYNC_LOCAL_ROOT", "cmd_timeout: 8s  # --cmd-timeout",
          "stall_timeout: 300s  # default", "# bwlimit is not set",
          "SUPRSYNC_COPY_TIMOUT is skipped: --copy-timout is no option (did you mean 'copy-timeout'?)"})
        BOOST_TEST(holds(text, line), line << " is not in " << text);
    BOOST_TEST(!holds(text, "SUPRSYNC_OPTIONS"), text);
    variables["SUPRSYNC_COMPRESSION"] = "maybe";
    BOOST_TEST(holds(said(2, {"--check-config"}, variables), "SUPRSYNC_COMPRESSION: expected true or false"));
    variables["SUPRSYNC_COMPRESSION"] = "false";
    variables["SUPRSYNC_DB"] = variables["SUPRSYNC_DB_PATH"];
    variables.erase("SUPRSYNC_DB_PATH");
    BOOST_TEST(holds(said(0, {"--check-config"}, variables), "catalog " + database.string()));
}

BOOST_FIXTURE_TEST_CASE(what_is_printed_is_a_configuration_file, printing_site) {
    const auto printed = said(0, {"--print-config"}, all_by_environment());
    const auto values = [](const std::string& text) {
        std::istringstream lines(text);
        std::string all, line;
        while (std::getline(lines, line))
            if (!line.starts_with("suprsync run: ")) all += line.substr(0, line.find("  #")) + "\n";
        return all;
    };
    write_file(scratch / "printed.yaml", values(printed));
    const auto again = said(0, {"--config", (scratch / "printed.yaml").string(), "--print-config"});
    BOOST_TEST(values(again) == values(printed));
    BOOST_TEST(holds(again, "printed.yaml:"));
}

// The agent reads its options by argparse.
BOOST_FIXTURE_TEST_CASE(an_option_may_be_written_by_its_beginning, printing_site) {
    const auto required = all_by_environment();
    const auto text = said(
        0, {"--print-config", "--copy", "15m", "--remote=/archive/by-beginning", "--compress"}, required);
    for (const std::string line :
         {"copy_timeout: 900s  # --copy-timeout", "compression: true  # --compression",
          "remote_basedir: /archive/by-beginning  # --remote-basedir"})
        BOOST_TEST(holds(text, line), line << " is not in " << text);
    BOOST_TEST(holds(said(2, {"--ssh", "x"}, required), "it may be --ssh-host or --ssh-key: say which"));
    BOOST_TEST(holds(said(2, {"--no-such", "x"}, required), "--no-such: there is no such option"));
    BOOST_TEST(holds(said(2, {"--concurency", "3"}, required),
                     "--concurency: there is no such option (did you mean '--concurrency'?)"));
}

BOOST_FIXTURE_TEST_CASE(two_dashes_alone_end_the_options, printing_site) {
    const auto required = all_by_environment();
    BOOST_TEST(
        holds(said(0, {"--print-config", "--copy-timeout", "15m", "--"}, required), "copy_timeout: 900s"));
    for (const char* what : {"--once", "x", "--"})
        BOOST_TEST(holds(said(2, {"--print-config", "--", what}, required),
                         std::string("unexpected argument '") + what + "'"));
}

BOOST_FIXTURE_TEST_CASE(zeros_of_the_agent_are_taken, printing_site) {
    const auto text = said(0,
                           {"--print-config", "--sleep-time", "0", "--copy-timeout", "0", "--cmd-timeout",
                            "0", "--files-per-batch", "0", "--max-copy-attempts", "0", "--chmod="},
                           all_by_environment());
    for (const std::string line : {"sleep_time: 1s", "# copy_timeout is not set", "# cmd_timeout is not set",
                                   "# files_per_batch is not set", "max_copy_attempts: 0", "chmod: \"\"",
                                   "copies nothing: its max_copy_attempts is 0"})
        BOOST_TEST(holds(text, line), line << " is not in " << text);
}

BOOST_FIXTURE_TEST_CASE(rates_have_units_and_secrets_are_not_shown, printing_site) {
    write_file(scratch / "token", "one-token\n");
    const auto text = said(0,
                           {"--print-config", "--bwlimit", "10MB/s", "--ssh-host", "u@h", "--ssh-key",
                            "/dev/null", "--http-token-file", (scratch / "token").string()},
                           all_by_environment());
    for (const std::string line : {"bwlimit: 10MB  # --bwlimit", "ssh_key: <set>  # --ssh-key",
                                   "token_file: <set>  # --http-token-file"})
        BOOST_TEST(holds(text, line), line << " is not in " << text);
    BOOST_TEST(!holds(text, "token\n"));
    BOOST_TEST(!holds(text, "/dev/null"));
}

BOOST_FIXTURE_TEST_CASE(the_site_file_is_read_where_nothing_is_named, configured_site) {
    write_file(scratch / "site/default.yaml", "hosts: {}\n");
    environment["OCS_CONFIG_DIR"] = (scratch / "site").string();
    const auto says = [&](std::vector<std::string> words) {
        fs::remove(log);
        words.insert(words.begin(), {command().front(), "run", "--check-config"});
        daemon_process program(words, environment, log);
        BOOST_TEST(program.wait() == exited_with(2));
        return program.log();
    };
    BOOST_TEST(holds(says({}), "site/default.yaml:1: hosts: expected host"));
    BOOST_TEST(holds(says({"--archive-name", "smurf"}), "--db-path: it is required"));
    fs::remove(scratch / "site/default.yaml");
    const auto text = says({});
    BOOST_TEST(
        holds(text, "it names no configuration, and there is no " + (scratch / "site/default.yaml").string()),
        text);
}

BOOST_FIXTURE_TEST_CASE(the_site_file_that_nobody_names_is_gone_by, printing_site) {
    const auto standard = scratch / "site/default.yaml";
    write_file(standard, site_file_text());
    environment["OCS_CONFIG_DIR"] = standard.parent_path().string();
    environment["SITE_HOST"] = "here";
    const auto text = said(0, {"--print-config"});
    for (const auto& line :
         {"db_path: " + database.string() + "  # " + standard.string() + ":6: one: --db-path",
          "copy_timeout: 60s  # " + standard.string() + ":7: one: --copy-timeout"})
        BOOST_TEST(holds(text, line), line << " is not in " << text);
    // Who says where the catalog is names a configuration, by a variable, too.
    const auto named = said(2, {"--print-config"}, {{"SUPRSYNC_DB_PATH", database.string()}});
    BOOST_TEST(holds(named, "--archive-name: it is required"), named);
    BOOST_TEST(!holds(named, standard.string()), named);
}

BOOST_FIXTURE_TEST_CASE(the_environment_wins_over_files, printing_site) {
    const auto file = (scratch / "x.yaml").string(), site_file = (scratch / "s.yaml").string();
    write_file(file, file_text());
    write_file(site_file, site_file_text());
    const std::map<std::string, std::string> variables{{"SUPRSYNC_COPY_TIMEOUT", "15m"},
                                                       {"SUPRSYNC_DB_PATH", "/of/environment.db"},
                                                       {"SUPRSYNC_LOG_LEVEL", "debug"}};
    for (const auto& words :
         {std::vector<std::string>{"--config", file}, {"--site-file", site_file, "--site-host", "here"}}) {
        auto printing = words;
        printing.push_back("--print-config");
        BOOST_TEST(holds(said(0, printing), "copy_timeout: 60s  # " + words.at(1)));
        const auto text = said(0, printing, variables);
        for (const std::string line :
             {"copy_timeout: 900s  # SUPRSYNC_COPY_TIMEOUT", "log_level: debug  # SUPRSYNC_LOG_LEVEL",
              "db_path: /of/environment.db  # SUPRSYNC_DB_PATH"})
            BOOST_TEST(holds(text, line), line << " is not in " << text);
    }
}

BOOST_FIXTURE_TEST_CASE(every_mistake_of_a_file_is_told_at_once, configured_site) {
    configure({archive_text("timestreams", "    copy_timout: 5\n"),
               archive_text("smurf", "    chmod: [a]\n    concurrency: 99\n")});
    const auto text = said(2, {"--check-config"});
    for (const std::string part :
         {"archives[0].copy_timout: there is no such key (did you mean 'copy_timeout'?)",
          "archives[1].chmod: expected one text",
          "archives[1].concurrency: expected a whole number from 1 to 64, or auto"})
        BOOST_TEST(holds(text, part), part << " is not in " << text);
    BOOST_TEST(!holds(text, "required"), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
