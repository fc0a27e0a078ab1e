// What a user's own ssh configuration holds for people at a terminal changes nothing of what we do over ssh;
// and an ssh that is older than some of our options.
#include "net/remote/ssh_arguments.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(ssh_arguments)

namespace {

/// Lines that each stood in the way, or would: of sessions, of terminals, of forwards, of what is printed.
constexpr const char* for_people = R"(
    RequestTTY force
    RemoteCommand tmux new -A -s main
    StdinNull yes
    ForkAfterAuthentication yes
    SessionType none
    ControlMaster auto
    ControlPath /nonexistent/%C
    ControlPersist 20
    PermitLocalCommand yes
    LocalCommand echo hello from the local command
    LogLevel QUIET
    VisualHostKey yes
    EscapeChar ~
    LocalForward 127.0.0.1:1 127.0.0.1:22
    DynamicForward 127.0.0.1:1
    RemoteForward 1 127.0.0.1:22
    ExitOnForwardFailure yes
    Tunnel yes
    ForwardX11 yes
    ForwardAgent yes
    SendEnv LC_* LANG
)";

}  // namespace

BOOST_AUTO_TEST_CASE(lines_of_the_users_own_configuration_are_no_matter) {
    scratch_directory home;
    sshd server(home / "sshd");
    write_file(server.client_configuration(), read_file(server.client_configuration()) + for_people);
    destination d(place::ssh, &server);
    d.prepare();
    const auto item = d.make("17000/a/f", "content\n~.\n~#");
    BOOST_TEST(d.stage({item}).end.finished());
    BOOST_TEST(d.publish({item}).end.finished());
    BOOST_TEST(read_file(d.base() / "17000/a/f") == "content\n~.\n~#");
    d.close();
    write_file(home / "sshd/authorized_keys", "");
    prepare_request request;
    request.catalog_uuid = catalog_uuid;
    const auto refused = d.wait(d.restarted().prepare(std::move(request)));
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().text().find("Permission denied (publickey)") != std::string::npos,
               refused.error().text());
}

BOOST_AUTO_TEST_CASE(an_older_ssh_goes_without_the_options_that_it_does_not_know) {
    scratch_directory home;
    sshd server(home / "sshd");
    const auto ssh = home / "bin/ssh";
    fs::create_directory(ssh.parent_path());
    write_file(ssh, R"(#!/bin/sh
for a do case $a in
    StdinNull=*) echo 'command-line: line 0: Bad configuration option: stdinnull' >&2; exit 255 ;;
    SessionType=*) echo 'command-line: line 0: Bad configuration option: sessiontype' >&2; exit 255 ;;
esac; done
exec /usr/bin/ssh "$@"
)");
    fs::permissions(ssh, fs::perms::owner_all);
    const path_with path(ssh.parent_path());
    destination d(place::ssh, &server);
    d.prepare();
}

BOOST_AUTO_TEST_CASE(an_option_that_is_unknown_is_left_out_where_an_older_ssh_cannot_have_it) {
    BOOST_TEST((option_unknown_here("command-line: line 0: Bad configuration option: remotecommand\n") ==
                "remotecommand"));
    BOOST_TEST(
        (option_unknown_here("a banner\ncommand-line: line 0: Bad configuration option: sessiontype\r\n") ==
         "sessiontype"));
    BOOST_TEST(!option_unknown_here("command-line: line 0: Bad configuration option: batchmode\n"));
    BOOST_TEST(!option_unknown_here("/root/.ssh/config: line 3: Bad configuration option: sessiontype\n"));
    BOOST_TEST(!option_unknown_here(""));
}

BOOST_AUTO_TEST_SUITE_END()
