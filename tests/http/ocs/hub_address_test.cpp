// URLs of a hub: which are taken, and what is made of them.
#include "http/ocs/hub_address.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(hub_addresses)

BOOST_AUTO_TEST_CASE(a_url_is_read) {
    const auto plain = parse_hub_address("ws://hub.example.org:8001/ws").value();
    BOOST_TEST((plain == hub_address{false, "hub.example.org", 8001, "/ws"}));
    BOOST_TEST(plain.text() == "ws://hub.example.org:8001/ws");
    BOOST_TEST(plain.authority() == "hub.example.org:8001");
    BOOST_TEST((parse_hub_address("wss://10.0.0.1").value() == hub_address{true, "10.0.0.1", 443, "/"}));
    BOOST_TEST((parse_hub_address("ws://h/a/b?x=1").value() == hub_address{false, "h", 80, "/a/b?x=1"}));
    const auto v6 = parse_hub_address("ws://[::1]:8001/ws").value();
    BOOST_TEST(v6.host == "::1");
    BOOST_TEST(v6.text() == "ws://[::1]:8001/ws");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_of_a_hub_is_refused) {
    for (const std::string text : {"",
                                   "off",
                                   "hub:8001",
                                   "http://hub:8001/ws",
                                   "rs://hub:8001",
                                   "ws:",
                                   "ws://",
                                   "ws:///ws",
                                   "ws://hub:0/ws",
                                   "ws://hub:65536/ws",
                                   "ws://hub:x/ws",
                                   "ws://u@hub/ws",
                                   "ws://u:p@hub/ws",
                                   "ws://hub/ws#a",
                                   "ws://hub/w s",
                                   "ws://hub:800x/ws",
                                   "ws://hub%2F/ws",
                                   "ws://[fe80::1%25eth0]/ws",
                                   "ws://${CB_HOST}:8001/ws",
                                   " ws://hub/ws"}) {
        const auto read = parse_hub_address(text);
        BOOST_TEST(!read.has_value(), text);
        if (!read) BOOST_TEST((read.error().code == failure_code::invalid));
    }
}

BOOST_AUTO_TEST_SUITE_END()
