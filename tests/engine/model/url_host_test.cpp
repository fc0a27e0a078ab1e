#include "engine/model/url_host.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(hosts_of_urls)

BOOST_AUTO_TEST_CASE(an_ipv6_address_stands_in_brackets_in_a_url) {
    BOOST_TEST(host_of_url("srv20.example.org") == "srv20.example.org");
    BOOST_TEST(host_of_url("127.0.0.1") == "127.0.0.1");
    BOOST_TEST(host_of_url("::1") == "[::1]");
}

BOOST_AUTO_TEST_SUITE_END()
