// Which line of what ssh and rsync say is told, and with which advice.
#include <boost/test/unit_test.hpp>
#include <vector>

#include "net/remote/classify.hpp"
#include "tests/net/remote/classified.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(telling_a_line)

BOOST_AUTO_TEST_CASE(what_ssh_says_is_told_with_what_to_do) {
    struct example {
        std::string_view error;
        std::string_view told;
        std::string_view todo;
    };
    for (
        const auto& e : std::vector<example>{
            {"No ED25519 host key is known for h and you have requested strict checking.\r\nHost key verification failed.\r\n",
             "Host key verification failed.", "known_hosts"},
            {R"(@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Host key verification failed.
)",
             "HOST IDENTIFICATION HAS CHANGED", "another one now"},
            {"u@h: Permission denied (publickey,password).\n", "Permission denied (publickey,password)",
             "authorized_keys"},
            {R"(Warning: Permanently added 'h' (ED25519) to the list of known hosts.
Load key "/k": error in libcrypto
u@h: Permission denied (publickey).
)",
             "Load key \"/k\"", "passphrase"},
            {"ssh: Could not resolve hostname h: Name or service not known\n", "Could not resolve hostname h",
             "ssh_host"},
            {"ssh: connect to host h port 22: Connection refused\n", "Connection refused", "sshd runs"},
            {"ssh: connect to host h port 22: Connection timed out\n", "Connection timed out", ""},
            {"ssh: connect to host h port 22: No route to host\n", "No route to host", ""},
            {"kex_exchange_identification: read: Connection reset by peer\nConnection reset by 1.2.3.4 port 22\n",
             "Connection reset by peer", ""},
            {R"(client_loop: send disconnect: Broken pipe
rsync: connection unexpectedly closed (9 bytes)
rsync error: error in rsync protocol data stream (code 12) at io.c(232)
)",
             "client_loop: send disconnect: Broken pipe", ""},
            {"Welcome to h.\nAuthorized users only.\nConnection closed by 1.2.3.4 port 22\n",
             "Connection closed by 1.2.3.4", ""},
            {"Timeout, server h not responding.\n", "Timeout, server h not responding.", ""}}) {
        const auto line = telling_line(e.error);
        BOOST_TEST(line.find(e.told) != std::string::npos, line);
        BOOST_TEST(line.find(e.todo) != std::string::npos, line);
        BOOST_TEST((line.ends_with(')') && line.find(" (check") != std::string::npos) == !e.todo.empty(),
                   line);
        for (auto kind : {program_kind::rsync, program_kind::remote_command, program_kind::connection}) {
            const auto end = ended(kind, exited{255}, e.error);
            BOOST_TEST(code_of(end) == meaning(code::connection));
            BOOST_TEST(end.error->detail == line + " (exit status 255)");
        }
    }
}

BOOST_AUTO_TEST_CASE(noise_is_not_told) {
    BOOST_TEST(telling_line("") == "");
    BOOST_TEST(telling_line("\n\r\n  \n") == "");
    BOOST_TEST(telling_line(R"(Warning: Permanently added 'h' to the list
Terminated
suprsync: staged 17
rsync: connection unexpectedly closed (0 bytes received so far) [sender]
rsync: [sender] connection unexpectedly closed
rsync error: unexplained error (code 255) at io.c(232)
** WARNING: connection is not using a post-quantum key exchange algorithm.
** This session may be vulnerable
** The server may need to be upgraded.
)") == "");
    BOOST_TEST(telling_line("suprsync: staged 17\nfirst\nsecond") == "first");
    // Where nothing was said, the status says it.
    BOOST_TEST(ended(program_kind::rsync, exited{12}).error->detail ==
               "the connection was lost (exit status 12)");
}

BOOST_AUTO_TEST_SUITE_END()
