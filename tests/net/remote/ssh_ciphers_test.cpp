// AES-GCM is asked for first where this machine computes it fast and nobody has chosen another cipher.
#include "net/remote/ssh_ciphers.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "engine/loop/run_to_end.hpp"
#include "net/remote/ssh_connection.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/sshd.hpp"

BOOST_AUTO_TEST_SUITE(ssh_ciphers)

namespace asio = boost::asio;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

namespace {

struct list_case {
    const char* what;
    std::string by_configuration, by_default;
    std::optional<std::string> expected;
};
std::ostream& operator<<(std::ostream& out, const list_case& c) { return out << c.what; }

const std::vector<list_case> list_cases = {
    {"the default list",
     "user me\nciphers chacha,aes128-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com\nmacs x\n",
     "user you\nciphers chacha,aes128-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com\n",
     "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha,aes128-ctr"},
    {"one AES-GCM of an older ssh", "ciphers chacha,aes256-gcm@openssh.com\n",
     "ciphers chacha,aes256-gcm@openssh.com\n", "aes256-gcm@openssh.com,chacha"},
    {"a list of the configuration's own", "ciphers aes256-ctr,aes128-gcm@openssh.com\n",
     "ciphers chacha,aes256-ctr,aes128-gcm@openssh.com\n", std::nullopt},
    {"no AES-GCM", "ciphers chacha,aes128-ctr\n", "ciphers chacha,aes128-ctr\n", std::nullopt},
    {"AES-GCM first already", "ciphers aes128-gcm@openssh.com,chacha\n",
     "ciphers aes128-gcm@openssh.com,chacha\n", std::nullopt},
    {"nothing else", "ciphers aes128-gcm@openssh.com\n", "ciphers aes128-gcm@openssh.com\n", std::nullopt},
    {"an ssh that does not tell", "", "", std::nullopt},
    {"one that tells of other things only", "user me\n", "user me\n", std::nullopt},
    {"an empty list", "ciphers \n", "ciphers \n", std::nullopt},
    {"no answer without a configuration", "ciphers chacha,aes128-gcm@openssh.com\n", "", std::nullopt}};

/// What the server heard of the cipher of a connection that `configuration` is added to the client's for.
std::string cipher_of_a_connection(const std::string& configuration) {
    scratch_directory home;
    sshd server(home / "sshd", {"LogLevel DEBUG1"});
    write_file(server.client_configuration(), read_file(server.client_configuration()) + configuration);
    asio::io_context context;
    child_runner runner(context.get_executor(), nullptr);
    ssh_options options;
    options.host = server.host();
    options.config_file = server.client_configuration();
    {
        ssh_connection connection(context.get_executor(), runner, options,
                                  [&] { return (home / "socket").string(); });
        const auto opened = run_to_end(context, connection.open());
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().text()));
    }
    runner.stop();
    while (runner.running() > 0) context.run_one();
    const auto log = server.log();
    constexpr std::string_view told = "kex: client->server cipher: ";
    const auto place = log.find(told);
    BOOST_REQUIRE_MESSAGE(place != std::string::npos, log);
    const auto begin = place + told.size();
    return log.substr(begin, log.find(' ', begin) - begin);
}

}  // namespace

BOOST_DATA_TEST_CASE(aes_gcm_goes_first_and_nothing_is_left_out, data::make(list_cases), c) {
    BOOST_TEST((aes_first(c.by_configuration, c.by_default) == c.expected));
}

BOOST_AUTO_TEST_CASE(a_connection_has_aes_gcm_where_this_machine_has_instructions_for_it) {
    BOOST_TEST(cipher_of_a_connection("") ==
               (has_aes_instructions() ? "aes128-gcm@openssh.com" : "chacha20-poly1305@openssh.com"));
}

BOOST_AUTO_TEST_CASE(a_connection_has_the_cipher_that_the_configuration_chose) {
    BOOST_TEST(cipher_of_a_connection("\n    Ciphers aes256-ctr,aes128-gcm@openssh.com\n") == "aes256-ctr");
}

BOOST_AUTO_TEST_SUITE_END()
