// SIGHUP: the configuration file is read again, which disturbs no running transfer (spec, Configuration
// file).
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/support/dead_mount.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(configuration_reload)

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
    const auto session = http().get("/archives/timestreams/session").json();
    BOOST_TEST(session.at("counters").at("copies").to_number<int>() == 1);
    BOOST_TEST(session.at("last_copy").at("files").as_array().size() == 1U);
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
    BOOST_TEST(second.wait() == exited_with(0), second.log());
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

// It is read for a minute at most, and the daemon's end does not wait for it.
BOOST_FIXTURE_TEST_CASE(one_that_cannot_be_read_any_more_holds_nothing_up, configured_site,
                        *only_where_file_systems_can_be_mounted()) {
    const auto directory = scratch / "etc";
    fs::create_directory(directory);
    configure({archive_text("timestreams")});
    fs::rename(file, directory / "suprsync.yaml");
    options["--config"] = (directory / "suprsync.yaml").string();
    start();
    const dead_mount dead(directory);
    hang_up();
    await_verified(add_to("timestreams", "17000/a/x", "one"));
    BOOST_TEST(http().get("/healthz").status == 200);
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
    BOOST_TEST(second.wait() == exited_with(0));
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
