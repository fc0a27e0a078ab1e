// Transfers over several connections to a real sshd, and what becomes of them where it refuses something.
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "tests/net/remote/ssh_connected.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(ssh_transfers)

BOOST_AUTO_TEST_CASE(two_transfers_share_a_connection_and_eight_have_four) {
    connected c;
    std::vector<ssh_channel> open;
    for (int i = 0; i < 2; ++i) open.push_back(c.open(true));
    BOOST_TEST(c.logins() == 1);
    for (int i = 0; i < 6; ++i) open.push_back(c.open(true));
    BOOST_TEST(c.logins() == 4);
    for (int i = 0; i < 4; ++i) open.push_back(c.open(true));
    BOOST_TEST(c.logins() == 4);
    for (const auto& one : open) BOOST_TEST(c.run(one, "echo x") == "x\n");
    // Commands go where there is room.
    for (int i = 0; i < 8; ++i) open.push_back(c.open());
    BOOST_TEST(c.logins() == 4);
    open.clear();
    for (int i = 0; i < 8; ++i) open.push_back(c.open(true));
    BOOST_TEST(c.logins() == 4);
}

BOOST_AUTO_TEST_CASE(transfers_that_begin_together_do_not_wait_for_one_connection_after_the_other) {
    connected c;
    int opened = 0;
    std::vector<ssh_channel> channels;
    for (int i = 0; i < 8; ++i)
        asio::co_spawn(c.context, c.get().open(true),
                       [&](std::exception_ptr thrown, result<ssh_channel> one) {
                           ++opened;
                           if (!thrown && one) channels.push_back(std::move(*one));
                       });
    while (opened < 8) c.context.run_one();
    BOOST_TEST(channels.size() == 8U);
    BOOST_TEST(c.logins() == 4);
}

BOOST_AUTO_TEST_CASE(what_is_there_is_used_at_once_and_nothing_else) {
    connected c;
    BOOST_TEST(!c.get().open_at_once(true).has_value());
    std::vector<ssh_channel> open;
    open.push_back(c.open());
    for (int i = 0; i < 7; ++i) {
        auto one = c.get().open_at_once(true);
        BOOST_REQUIRE(one.has_value());
        open.push_back(std::move(*one));
    }
    BOOST_TEST(!c.get().open_at_once(true).has_value());
    BOOST_TEST(c.logins() == 1);
}

BOOST_AUTO_TEST_CASE(where_a_further_connection_is_refused_transfers_share_what_stands) {
    connected c;
    std::vector<ssh_channel> open;
    open.push_back(c.open(true));
    const auto authorized = c.home / "sshd/authorized_keys";
    const auto key = read_file(authorized);
    write_file(authorized, "");
    for (int i = 0; i < 5; ++i) open.push_back(c.open(true));
    for (const auto& one : open) BOOST_TEST(c.run(one, "echo x") == "x\n");
    BOOST_TEST(c.logins() == 1);
    write_file(authorized, key);
    open.push_back(c.open(true));
    BOOST_TEST(c.logins() == 1);  // it is not asked for again
    // A connection that is made anew knows nothing of that.
    open.clear();
    c.server.kill_connections();
    wait_until("its end is seen", [&] { return c.masters() == 0U && c.runner->running() == 0U; });
    for (int i = 0; i < 3; ++i) open.push_back(c.open(true));
    BOOST_TEST(c.logins() == 3);
}

BOOST_AUTO_TEST_CASE(where_all_that_stand_are_full_a_refusal_is_told) {
    connected c;
    std::vector<ssh_channel> open;
    for (int i = 0; i < 8; ++i) open.push_back(c.open());
    write_file(c.home / "sshd/authorized_keys", "");
    for (const bool transfer : {false, true}) {
        const auto refused = c.wait(c.get().open(transfer));
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error().code == failure_code::connection));
    }
}

BOOST_AUTO_TEST_CASE(sessions_that_the_host_refuses_are_not_asked_for_again) {
    std::array<bool, 2> here{};
    connected c({"MaxSessions 2"});
    std::vector<ssh_channel> open;
    for (int i = 0; i < 3; ++i) open.push_back(c.open());
    BOOST_TEST(c.logins() == 1);
    // Two that last, so that the third is refused; ssh connects by itself then.
    for (std::size_t i = 0; i < here.size(); ++i) {
        child_request lasting;
        lasting.arguments = open[i].command();
        lasting.arguments.insert(lasting.arguments.end(), {"--", c.options.host, "echo here; cat"});
        lasting.keep_input_open = true;
        lasting.on_output = [&here, i](std::string_view) { return here.at(i) = true; };
        asio::co_spawn(c.context, c.runner->run(std::move(lasting)), asio::detached);
        c.context.restart();
        while (!here[i]) c.context.run_one();
    }
    child_request third;
    third.arguments = open[2].command();
    third.arguments.insert(third.arguments.end(), {"--", c.options.host, "echo x"});
    third.limit = generous;
    const auto done = c.wait(c.runner->run(std::move(third)));
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->output == "x\n");
    BOOST_TEST(c.logins() == 2);
    open[2].hear(done->error);
    open.pop_back();
    open.push_back(c.open());
    BOOST_TEST(c.run(open.back(), "echo x") == "x\n");
    BOOST_TEST(c.masters() == 2U);
    BOOST_TEST(c.logins() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
