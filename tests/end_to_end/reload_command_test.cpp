// `suprsync reload`: checks, signals the daemon that is meant and no other process, waits for its answer.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/reload_peers.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(reload_command)

namespace {

// A daemon in a runtime directory of its own, as a service has it.
struct reloaded_site : configured_site {
    reloaded_site() {
        environment["RUNTIME_DIRECTORY"] = (scratch / "run").string();
        configure({archive_text("timestreams")});
    }

    process_exit end;
    // What `suprsync reload` with these arguments says.
    std::string reload(const std::vector<std::string>& more = {}) {
        auto arguments = command();
        arguments.resize(1);
        arguments.emplace_back("reload");
        if (more.empty())
            arguments.insert(arguments.end(), {"--config", file.string()});
        else
            arguments.insert(arguments.end(), more.begin(), more.end());
        fs::remove(scratch / "said");
        daemon_process program(arguments, environment, scratch / "said");
        end = program.wait();
        return program.log();
    }
    fs::path socket() const { return scratch / "run/reload.sock"; }
    std::size_t reloads() {
        return daemon().lines_with("was read again: ") +
               daemon().lines_with("condition configuration_not_reloaded");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_good_configuration_is_taken_and_what_changed_is_said, reloaded_site) {
    start();
    configure({archive_text("timestreams"), archive_text("hk")});
    const auto said = reload();
    BOOST_TEST(end == exited_with(0), said);
    BOOST_TEST(holds(said, "archive hk is added"), said);
    // It has been answered: nothing is waited for.
    BOOST_TEST((archives_served() == archives{"timestreams", "hk"}));
    BOOST_TEST(holds(reload(), "nothing has changed"));
    BOOST_TEST(end == exited_with(0));
    BOOST_TEST(reloads() == 2U);
    stop();
    BOOST_TEST(!fs::exists(socket()));
}

BOOST_FIXTURE_TEST_CASE(a_configuration_with_mistakes_is_told_to_nobody, reloaded_site) {
    start();
    write_file(file, read_file(file) + "    copy_timeout: soon\n    bwlimit: [much]\n");
    const auto said = reload();
    BOOST_TEST(end == exited_with(2), said);
    BOOST_TEST(holds(said, "archives[0].copy_timeout: expected a time"), said);
    BOOST_TEST(holds(said, "archives[0].bwlimit"), said);
    configure({archive_text("timestreams")});
    BOOST_TEST(holds(reload(), "nothing has changed"));
    BOOST_TEST(reloads() == 1U);
    stop();
}

// The check cannot see it, only the daemon can.
BOOST_FIXTURE_TEST_CASE(what_the_daemon_refuses_is_said, reloaded_site) {
    configure({archive_text("smurf")});
    auto other = command();
    for (auto& word : other) {
        if (word == file.string()) word = (scratch / "other.yaml").string();
        if (word.starts_with("unix:")) word = "unix:" + (scratch / "second").string();
    }
    fs::rename(file, scratch / "other.yaml");
    configure({archive_text("timestreams")});
    start();
    daemon_process second(other, environment, scratch / "second.log");
    second.await_line("ready: ");
    configure({archive_text("timestreams"), archive_text("smurf")});
    const auto said = reload();
    BOOST_TEST(end == exited_with(2), said);
    BOOST_TEST(holds(said, "it is held by process " + std::to_string(second.pid())), said);
    BOOST_TEST(holds(said, "goes on with the configuration that it had"), said);
    BOOST_TEST((archives_served() == archives{"timestreams"}));
    // Of several daemons, the one that reads this file.
    BOOST_TEST(second.lines_with("was read again") == 0U);
    second.signal(SIGTERM);
    BOOST_TEST(second.wait() == exited_with(0));
    stop();
}

BOOST_FIXTURE_TEST_CASE(it_works_whatever_is_said_of_http, reloaded_site) {
    options.erase("--http-listen");
    const auto good = read_file(file);
    write_file(scratch / "token", "secret\n");
    write_file(file, "http: {listen: 'off'}\n" + good);
    start_unready().await_line("ready: ");
    // An address that nobody has yet, and a token that the daemon does not know yet.
    write_file(file, "http: {listen: 'unix:" + (scratch / "late").string() +
                         "', token_file: " + (scratch / "token").string() + "}\n" + good);
    const auto said = reload();
    BOOST_TEST(end == exited_with(0), said);
    BOOST_TEST(holds(said, "http.listen: "), said);
    BOOST_TEST(holds(said, "takes effect with the next start only"), said);
    daemon().signal(SIGTERM);
    BOOST_TEST(daemon().wait() == exited_with(0));
}

BOOST_FIXTURE_TEST_CASE(a_socket_that_is_removed_is_made_anew_for_it, reloaded_site) {
    environment["WATCHDOG_USEC"] = "300000";  // it looks three times as often
    start();
    fs::remove_all(scratch / "run");
    wait_until("it is there again", [&] { return fs::exists(socket()); });
    BOOST_TEST(holds(reload(), "nothing has changed"));
    stop();
}

BOOST_FIXTURE_TEST_CASE(without_a_daemon_it_fails, reloaded_site) {
    fs::create_directory(scratch / "run");
    auto said = reload();
    BOOST_TEST(end == exited_with(1), said);
    BOOST_TEST(holds(said, "no daemon that reads it answers: is it running"), said);
    // A killed daemon leaves its socket.
    start();
    kill();
    BOOST_TEST(fs::exists(socket()));
    said = reload();
    BOOST_TEST(end == exited_with(1), said);
    BOOST_TEST(holds(said, "Connection refused"), said);
    // One that reads another file is not told.
    start();
    fs::copy_file(file, scratch / "other.yaml");
    said = reload({"--config", (scratch / "other.yaml").string()});
    BOOST_TEST(end == exited_with(1), said);
    BOOST_TEST(holds(said, "process " + std::to_string(daemon().pid()) + " reads " + file.string()), said);
    BOOST_TEST(reloads() == 0U);
    stop();
}

BOOST_FIXTURE_TEST_CASE(the_name_of_the_file_does_not_matter, reloaded_site) {
    start();
    fs::create_symlink(file, scratch / "link.yaml");
    const auto said = reload({"--config", (scratch / "link.yaml").string()});
    BOOST_TEST(end == exited_with(0), said);
    stop();
}

BOOST_FIXTURE_TEST_CASE(only_the_main_process_of_a_service_is_signalled, reloaded_site) {
    bystander other(*this);
    start();
    environment["MAINPID"] = std::to_string(other.process.pid());
    auto said = reload();
    BOOST_TEST(end == exited_with(1), said);
    BOOST_TEST(holds(said, "main process " + std::to_string(other.process.pid()) + " does not answer"), said);
    BOOST_TEST(reloads() == 0U);
    BOOST_TEST(other.lives());
    environment["MAINPID"] = std::to_string(daemon().pid());
    said = reload();
    BOOST_TEST(end == exited_with(0), said);
    stop();
}

// As `rm -r /run/suprsync` does it: the daemon makes its socket anew, and that is waited for.
BOOST_FIXTURE_TEST_CASE(a_service_whose_directory_was_removed_can_be_reloaded, reloaded_site) {
    start();
    fs::remove_all(scratch / "run");
    environment["MAINPID"] = std::to_string(daemon().pid());
    const auto said = reload();
    BOOST_TEST(end == exited_with(0), said);
    BOOST_TEST(holds(said, "nothing has changed"), said);
    stop();
}

// Where its account may not make the directory anew, it listens in another one.
BOOST_FIXTURE_TEST_CASE(the_main_process_of_a_service_is_found_wherever_it_listens, reloaded_site) {
    environment["XDG_RUNTIME_DIR"] = scratch.path().string();
    environment["RUNTIME_DIRECTORY"] = "/proc/suprsync";
    start();
    fs::create_directory(scratch / "run");
    environment["RUNTIME_DIRECTORY"] = (scratch / "run").string();
    environment["MAINPID"] = std::to_string(daemon().pid());
    const auto said = reload();
    BOOST_TEST(end == exited_with(0), said);
    stop();
}

// Whoever listens there and names another process, or answers for one, does not have it signalled.
BOOST_FIXTURE_TEST_CASE(a_process_that_is_only_named_is_not_signalled, reloaded_site) {
    bystander other(*this);
    fs::create_directory(scratch / "run");
    {
        const other_socket liar(socket());
        const auto pid = std::to_string(other.process.pid());
        std::thread lie([&] { liar.answer("{\"pid\":" + pid + ",\"file\":\"" + file.string() + "\"}\n"); });
        const auto said = reload();
        lie.join();
        BOOST_TEST(end == exited_with(1), said);
        BOOST_TEST(holds(said, "process " + pid + " answers: it is not signalled"), said);
    }
    BOOST_TEST(other.lives());
}

BOOST_FIXTURE_TEST_CASE(what_is_no_answer_is_none, reloaded_site) {
    fs::create_directory(scratch / "run");
    const other_socket liar(socket());
    std::thread lie([&] { liar.answer("{\"file\":7}\n"); });
    const auto said = reload();
    lie.join();
    BOOST_TEST(end == exited_with(1), said);
    BOOST_TEST(holds(said, "it is no answer to a reload"), said);
}

BOOST_FIXTURE_TEST_CASE(a_daemon_without_a_file_is_not_signalled, reloaded_site) {
    site without;
    without.environment["RUNTIME_DIRECTORY"] = (scratch / "run").string();
    without.start();
    environment["MAINPID"] = std::to_string(without.daemon().pid());
    const auto said = reload();
    BOOST_TEST(end == exited_with(1), said);
    BOOST_TEST(holds(said, "was started without --config or --site-file"), said);
    BOOST_TEST(without.daemon().lines_with("SIGHUP") == 0U);
    without.stop();
}

BOOST_FIXTURE_TEST_CASE(without_a_file_there_is_nothing_to_reload, site) {
    auto arguments = command();
    arguments[1] = "reload";
    daemon_process program(arguments, environment, scratch / "said");
    BOOST_TEST(program.wait() == exited_with(2));
    BOOST_TEST(holds(program.log(), "say --config FILE or --site-file FILE"), program.log());
}

// Who asks and goes away again takes no place, and who says something else is not answered.
BOOST_FIXTURE_TEST_CASE(visitors_that_come_and_go_are_no_matter, reloaded_site) {
    start();
    for (int i = 0; i < 40; ++i) {
        BOOST_TEST(visitor(socket()).ask("reload\n") != "");
        BOOST_TEST(visitor(socket()).ask("something that is not asked here\n") == "");
    }
    BOOST_TEST(holds(reload(), "nothing has changed"));
    BOOST_TEST(end == exited_with(0));
    stop();
}

BOOST_FIXTURE_TEST_CASE(other_accounts_are_not_let_in, reloaded_site) {
    start();
    BOOST_TEST((fs::status(socket()).permissions() == fs::perms(0600)));
    stop();
}

BOOST_FIXTURE_TEST_CASE(the_end_of_the_daemon_ends_the_wait, reloaded_site) {
    start();
    const visitor waiting(socket());
    BOOST_TEST(holds(waiting.ask("reload\n"), "\"pid\":" + std::to_string(daemon().pid())));
    stop();
    BOOST_TEST(waiting.hear() == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
