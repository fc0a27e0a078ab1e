#include "http/server/listen_address.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;
using kind = listen_address::kind;

BOOST_AUTO_TEST_SUITE(listen_address_parsing)

BOOST_AUTO_TEST_CASE(reads_each_form) {
    BOOST_TEST((parse_listen_address("off").value() == listen_address{}));
    BOOST_TEST(
        (parse_listen_address("127.0.0.1:8642").value() == listen_address{kind::tcp, "127.0.0.1", 8642, ""}));
    BOOST_TEST((parse_listen_address("[::1]:8642").value() == listen_address{kind::tcp, "::1", 8642, ""}));
    BOOST_TEST((parse_listen_address("[0:0::0:1]:0").value() == listen_address{kind::tcp, "::1", 0, ""}));
    BOOST_TEST(
        (parse_listen_address("localhost:1").value() == listen_address{kind::tcp, "127.0.0.1", 1, ""}));
    BOOST_TEST((parse_listen_address("unix:/run/x:y.sock").value() ==
                listen_address{kind::unix_socket, "", 0, "/run/x:y.sock"}));
}

BOOST_AUTO_TEST_CASE(writes_what_it_reads) {
    for (const std::string text : {"off", "127.0.0.1:8642", "[::1]:65535", "0.0.0.0:0", "unix:relative"})
        BOOST_TEST(parse_listen_address(text).value().text() == text);
}

BOOST_AUTO_TEST_CASE(refuses_the_rest_and_says_what_it_expects) {
    const std::vector<std::string> wrong = {"",
                                            "on",
                                            "8642",
                                            ":8642",
                                            "127.0.0.1",
                                            "127.0.0.1:",
                                            "127.0.0.1:65536",
                                            "127.0.0.1:-1",
                                            "127.0.0.1: 1",
                                            "127.0.0.1:0x1",
                                            "127.1:80",
                                            "example.org:80",
                                            "::1:8642",
                                            "[::1]",
                                            "[127.0.0.1]:80",
                                            "[]:80",
                                            "unix:",
                                            "unix:" + std::string(108, 'x'),
                                            std::string("unix:/a\0b", 9)};
    for (const auto& text : wrong) {
        BOOST_TEST_CONTEXT("'" << text << "'") {
            const auto parsed = parse_listen_address(text);
            BOOST_REQUIRE(parsed.has_error());
            BOOST_TEST((parsed.error().code == failure_code::invalid));
            BOOST_TEST(parsed.error().text().find("ADDRESS:PORT") != std::string::npos);
        }
    }
    BOOST_TEST(parse_listen_address("unix:" + std::string(107, 'x')).has_value());
}

BOOST_AUTO_TEST_CASE(knows_which_addresses_others_can_reach) {
    for (const std::string text :
         {"off", "unix:/x", "127.0.0.1:1", "127.8.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"})
        BOOST_TEST(parse_listen_address(text).value().local_only(), text);
    for (const std::string text :
         {"0.0.0.0:1", "[::]:1", "192.0.2.1:1", "[2001:db8::1]:1", "[::ffff:192.0.2.1]:1"})
        BOOST_TEST(!parse_listen_address(text).value().local_only(), text);
}

BOOST_AUTO_TEST_SUITE_END()
