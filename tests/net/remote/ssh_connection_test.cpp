// Control masters against a real sshd: shared, counted, doubted, replaced; and what a refusal says.
#include "net/remote/ssh_connection.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/net/remote/ssh_connected.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/waiting.hpp"

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(ssh_connections)

namespace {

bool says(const failure& f, const std::string& text) { return f.text().find(text) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(channels_share_one_connection_up_to_eight) {
    connected c;
    std::vector<ssh_channel> open;
    for (int i = 0; i < 8; ++i) open.push_back(c.open());
    for (const auto& one : open) BOOST_TEST(c.run(one, "echo '$' it") == "$ it\n");
    BOOST_TEST(c.logins() == 1);
    open.push_back(c.open());
    BOOST_TEST(c.run(open.back(), "echo x") == "x\n");
    BOOST_TEST(c.logins() == 2);
    BOOST_TEST(c.masters() == 2U);
    // What is given back is used again.
    open.erase(open.begin(), open.begin() + 3);
    for (int i = 0; i < 3; ++i) open.push_back(c.open());
    for (const auto& one : open) BOOST_TEST(c.run(one, "echo x") == "x\n");
    BOOST_TEST(c.logins() == 2);
    open.clear();
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");
    BOOST_TEST(c.logins() == 2);
    c.close();
    wait_until("the masters are gone", [&] { return c.masters() == 0U; });
}

BOOST_AUTO_TEST_CASE(a_socket_that_this_master_did_not_make_is_not_used) {
    connected c;
    auto before = c.open();
    BOOST_TEST(c.run(before, "echo x") == "x\n");
    BOOST_TEST(c.logins() == 1);
    // Another master listens where ours did.
    connected other;
    BOOST_TEST(other.run(other.open(), "echo x") == "x\n");
    fs::remove(c.home / "c0");
    fs::rename(other.home / "c0", c.home / "c0");
    BOOST_TEST(!before.usable());
    BOOST_TEST(!c.get().open_at_once().has_value());
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");
    BOOST_TEST(c.logins() == 2);
    BOOST_TEST(other.logins() == 1);
    before = {};  // the last to use a master that nobody else can reach
    wait_until("the master that lost its socket is gone", [&] { return c.masters() == 1U; });
}

BOOST_AUTO_TEST_CASE(a_socket_that_was_there_before_is_not_used) {
    connected c;
    connected other;
    BOOST_TEST(other.run(other.open(), "echo x") == "x\n");
    fs::rename(other.home / "c0", c.home / "c0");
    BOOST_TEST((c.refusal().code == failure_code::runtime_directory));
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");  // by the next name
    BOOST_TEST(c.logins() == 1);
    fs::rename(c.home / "c0", other.home / "c0");
}

BOOST_AUTO_TEST_CASE(many_who_wait_for_the_first_connection_share_it) {
    connected c;
    int opened = 0;
    std::vector<ssh_channel> channels;
    for (int i = 0; i < 8; ++i)
        asio::co_spawn(c.context, c.get().open(), [&](std::exception_ptr thrown, result<ssh_channel> one) {
            ++opened;
            if (!thrown && one) channels.push_back(std::move(*one));
        });
    while (opened < 8) c.context.run_one();
    BOOST_TEST(channels.size() == 8U);
    BOOST_TEST(c.logins() == 1);
}

BOOST_AUTO_TEST_CASE(a_doubted_connection_takes_nobody_new_and_ends_with_its_last_channel) {
    connected c;
    auto first = c.open();
    auto second = c.open();
    first.suspect();
    const auto fresh = c.open();
    BOOST_TEST(c.logins() == 2);
    // Whoever is there still works on.
    BOOST_TEST(c.run(second, "echo x") == "x\n");
    first = ssh_channel();
    BOOST_TEST(c.run(second, "echo x") == "x\n");
    BOOST_TEST(c.masters() == 2U);
    second = ssh_channel();
    wait_until("the doubted one has ended", [&] { return c.masters() == 1U; });
    BOOST_TEST(c.run(fresh, "echo x") == "x\n");
    BOOST_TEST(c.logins() == 2);
}

BOOST_AUTO_TEST_CASE(a_connection_that_dies_is_replaced) {
    connected c;
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");
    c.server.kill_connections();
    wait_until("its end is seen", [&] { return c.masters() == 0U && c.runner->running() == 0U; });
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");
    BOOST_TEST(c.logins() == 2);
    // And while somebody holds a channel of it.
    const auto held = c.open();
    c.server.kill_connections();
    wait_until("its end is seen", [&] { return c.masters() == 0U && c.runner->running() == 0U; });
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");
    BOOST_TEST(c.logins() == 3);
}

BOOST_AUTO_TEST_CASE(an_sshd_of_few_sessions_serves_all_the_same) {
    for (const char* few : {"MaxSessions 1", "MaxSessions 2"}) {
        scratch_directory home;
        sshd server(home / "sshd", {few});
        destination d(place::ssh, &server);
        d.prepare();
        int ended = 0;
        int finished = 0;
        for (int i = 0; i < 6; ++i) {
            stat_request request;
            request.remote_paths = {"a"};
            asio::co_spawn(d.context, d.get().stat(std::move(request)),
                           [&](const std::exception_ptr& thrown, const stat_report& report) {
                               ++ended;
                               if (!thrown && report.end.finished() && report.answers[0].answered) ++finished;
                           });
        }
        d.context.restart();
        while (ended < 6) d.context.run_one();
        BOOST_TEST(finished == 6, few);
        const auto item = d.make("17000/a", "x");
        BOOST_TEST(d.stage({item}).end.finished(), few);
        BOOST_TEST(d.publish({item}).end.finished(), few);
    }
}

BOOST_AUTO_TEST_CASE(refusals_say_what_ssh_said_and_the_next_try_is_a_new_one) {
    connected c;
    const auto authorized = c.home / "sshd/authorized_keys";
    const auto key = read_file(authorized);
    write_file(authorized, "");
    auto why = c.refusal();
    BOOST_TEST(why.code == failure_code::connection);
    BOOST_TEST(why.subject == c.server.host());
    BOOST_TEST(says(why, "Permission denied (publickey)"));
    BOOST_TEST(says(why, "authorized_keys"));
    write_file(authorized, key);
    const auto known = read_file(c.server.known_hosts());
    write_file(c.server.known_hosts(), "");
    why = c.refusal();
    BOOST_TEST(why.code == failure_code::connection);
    BOOST_TEST(says(why, "Host key verification failed"));
    BOOST_TEST(read_file(c.server.known_hosts()).empty());
    const auto client = read_file(c.home / "sshd/client_key.pub");
    write_file(c.server.known_hosts(), "suprsync-test " + client);
    why = c.refusal();
    BOOST_TEST(why.code == failure_code::connection);
    BOOST_TEST(says(why, "HOST IDENTIFICATION HAS CHANGED"));
    BOOST_TEST(c.logins() == 0);
    write_file(c.server.known_hosts(), known);
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_and_a_key_that_is_not_there) {
    connected c;
    c.server.kill();
    auto why = c.refusal();
    BOOST_TEST(why.code == failure_code::connection);
    BOOST_TEST(says(why, "Connection refused"));
    BOOST_TEST(says(why, "sshd"));
    c.server.start();
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");
    BOOST_TEST(c.masters() == 1U);
}

BOOST_AUTO_TEST_CASE(somebody_who_listens_and_is_silent_is_given_up) {
    connected c;
    tcp_proxy proxy(c.server.port());
    c.server.lead_through(proxy.port());
    c.options.connect_timeout = std::chrono::seconds(1);
    proxy.swallow(true);
    const auto why = c.refusal();
    BOOST_TEST(why.code == failure_code::connection);
    wait_until("its ssh is gone", [&] { return c.masters() == 0U; });
    proxy.swallow(false);
    BOOST_TEST(c.run(c.open(), "echo x") == "x\n");
}

BOOST_AUTO_TEST_CASE(nothing_is_opened_once_the_runner_has_stopped) {
    connected c;
    c.get();
    c.runner->stop();
    BOOST_TEST(c.refusal().code == failure_code::stopped);
}

BOOST_AUTO_TEST_CASE(a_socket_path_that_is_too_long_is_told) {
    connected c;
    c.runner = std::make_unique<child_runner>(c.context.get_executor(), nullptr);
    c.connection = std::make_unique<ssh_connection>(c.context.get_executor(), *c.runner, c.options,
                                                    [] { return "/tmp/" + std::string(100, 's'); });
    const auto why = c.refusal();
    BOOST_TEST(why.code == failure_code::io);
    BOOST_TEST(says(why, "shorter runtime directory"));
}

BOOST_AUTO_TEST_SUITE_END()
