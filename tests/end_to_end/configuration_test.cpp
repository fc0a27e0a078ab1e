// One daemon for any number of archives, told by a file (spec, Configuration file): what starts, and what is
// refused and with which words.
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/configured_site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

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

// Also of a start that fails: whoever reads the log knows which file to mend.
BOOST_FIXTURE_TEST_CASE(the_first_line_of_the_log_names_the_file, configured_site) {
    configure({archive_text("timestreams")});
    const auto first_line = [](const std::string& text) { return text.substr(0, text.find('\n')); };
    start();
    BOOST_TEST(holds(first_line(daemon().log()), "configuration: " + file.string()), daemon().log());
    // The archive is served already.
    const auto refused = said(4, {});
    BOOST_TEST(holds(first_line(refused), "configuration: " + file.string()), refused);
    stop();
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
    BOOST_TEST(second.wait() == exited_with(0), second.log());
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

}  // namespace suprsync::test
