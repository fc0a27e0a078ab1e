// What the service manager and the machine see of the daemon: notifications, the watchdog, a port that is
// taken.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <regex>
#include <system_error>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/tool.hpp"
#include "tests/support/message_socket.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(service)

BOOST_AUTO_TEST_CASE(the_service_manager_is_told) {
    site s;
    const auto path = (s.scratch / "notify").string();
    message_socket manager(path);
    s.environment["NOTIFY_SOCKET"] = path;
    s.environment["WATCHDOG_USEC"] = "300000";
    s.start_unready();
    manager.await("READY=1");
    // Again and again, as long as it lives, with what it is doing.
    for (int i = 0; i < 3; ++i)
        BOOST_TEST((manager.await("WATCHDOG=1").find("\nSTATUS=") != std::string::npos));
    s.daemon().signal(SIGTERM);
    manager.await("STOPPING=1");
    BOOST_TEST(s.daemon().wait() == exited_with(0));
}

// Type=notify: the manager shows "reloading" from the one to the other.
BOOST_FIXTURE_TEST_CASE(a_reload_is_told_to_the_service_manager, configured_site) {
    const auto path = (scratch / "notify").string();
    message_socket manager(path);
    environment["NOTIFY_SOCKET"] = path;
    configure({archive_text("timestreams")});
    start_unready();
    manager.await("READY=1");
    for (const auto* text : {"", "no: [yaml"}) {
        if (*text) write_file(file, text);
        hang_up();
        const auto said = manager.await("RELOADING=1");
        const auto since = said.find("\nMONOTONIC_USEC=");
        BOOST_REQUIRE(since != std::string::npos);
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        const auto usec = std::stoll(said.substr(since + 16));
        BOOST_TEST(usec > 0);
        BOOST_TEST(usec / 1'000'000 <= now.tv_sec);
        BOOST_TEST((manager.await("READY=1").find("\nSTATUS=suprsync ") != std::string::npos));
    }
    await_condition("configuration_not_reloaded");
    stop();
}

// One line for both: but for how long it has been up, which goes on.
BOOST_AUTO_TEST_CASE(the_service_manager_is_told_what_status_says) {
    site s;
    tool t(s);
    const auto path = (s.scratch / "notify").string();
    message_socket manager(path);
    s.environment["NOTIFY_SOCKET"] = path;
    s.environment["WATCHDOG_USEC"] = "300000";
    s.add_file("b", "17000/../b", "content");
    s.start();
    s.await_condition("files_failed");
    const auto without_time = [](const std::string& line) {
        static const std::regex up(", up [^,]*,");
        return std::regex_replace(line.substr(0, line.find('\n')), up, ",");
    };
    const auto shown = without_time(t.run({"status", "--http", s.options.at("--http-listen")}).out);
    BOOST_TEST(shown.ends_with("1 failed, DEGRADED"), shown);
    wait_until("the manager is told it", [&] {
        const auto said = manager.await("WATCHDOG=1");
        return without_time(said.substr(said.find("\nSTATUS=") + 8)) == shown;
    });
    s.stop();
}

// What a restart does not mend, the unit must be able to tell (RestartPreventExitStatus=).
BOOST_AUTO_TEST_CASE(why_it_did_not_start_shows_by_its_exit_status) {
    site s;
    s.start();
    auto second = s.command();
    for (auto& word : second)
        if (word.starts_with("unix:")) word = "unix:" + (s.scratch / "second").string();
    daemon_process held(second, s.environment, s.scratch / "held.log");
    BOOST_TEST(held.wait() == exited_with(4), held.log());
    for (auto& word : second) {
        if (word == s.archive) word = "other";
        if (word == s.base.string()) word = (s.destination / "other").string();
        if (word.starts_with("unix:")) word = s.options.at("--http-listen");
    }
    daemon_process no_socket(second, s.environment, s.scratch / "no_socket.log");
    BOOST_TEST(no_socket.wait() == exited_with(1), no_socket.log());
    second.emplace_back("--copy-timeout");
    daemon_process misled(second, s.environment, s.scratch / "misled.log");
    BOOST_TEST(misled.wait() == exited_with(2), misled.log());
    s.stop();
}

BOOST_AUTO_TEST_CASE(compression_and_every_statement_in_the_log) {
    site s;
    s.use_ssh_through_proxy();
    s.options["--compression"] = "";
    s.options["--db-echo"] = "";
    constexpr std::size_t size = 8'000'000;
    const auto id = s.add_file("a", "17000/hk/a", std::string(size, 'a'));
    s.start();
    s.await_verified(id);
    BOOST_TEST(read_file(s.base / "17000/hk/a") == std::string(size, 'a'));
    BOOST_TEST(s.bytes_through_proxy() < size / 4);
    BOOST_TEST(s.daemon().lines_with("sql: ") > 10U);
    BOOST_TEST(s.daemon().lines_with("UPDATE supersync_v0") >= 1U);
    s.stop();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(default_port)

// A socket of another group than the account's cannot be made, and the port is somebody else's.
BOOST_AUTO_TEST_CASE(a_daemon_with_neither_socket_nor_port_has_a_condition) {
    const int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(taken, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(8642);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Where somebody else has it, it is as busy as it is to be.
    if (bind(taken, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        BOOST_REQUIRE(listen(taken, 1) == 0);
    else
        BOOST_REQUIRE(errno == EADDRINUSE);
    site s;
    s.options.erase("--http-listen");
    s.options["--http-socket-group"] = "0";
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.run_without_root();
    s.start_unready();
    const auto said = s.daemon().await_line("condition http_port_busy");
    BOOST_TEST(said.find("127.0.0.1:8642") != std::string::npos, said);
    BOOST_TEST(said.find("--http-listen of its own") != std::string::npos, said);
    s.await_verified(id);
    s.daemon().signal(SIGTERM);
    BOOST_TEST(s.daemon().wait() == exited_with(0));
    close(taken);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
