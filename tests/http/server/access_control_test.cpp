#include "http/server/access_control.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(access_control_rules)

namespace {

access_control rules_for(const std::string& listen, std::vector<std::string> names = {},
                         std::string token = {}) {
    return access_control(parse_listen_address(listen).value(), names, std::move(token));
}

unsigned host_status(const access_control& rules, const std::string& host) {
    const auto refused = rules.refuse_host(host);
    return refused ? refused->status : 200;
}

}  // namespace

BOOST_AUTO_TEST_CASE(our_own_names_pass_with_and_without_a_port) {
    const auto rules = rules_for("192.0.2.7:8642", {"Srv20.example.org"}, "t");
    for (const std::string host : {"localhost", "LocalHost:8642", "127.0.0.1", "127.0.0.1:9000", "[::1]",
                                   "[::1]:8642", "192.0.2.7", "192.0.2.7:8642", "srv20.example.org",
                                   "SRV20.EXAMPLE.ORG:8642", "[0:0:0:0:0:0:0:1]", " localhost "})
        BOOST_TEST(host_status(rules, host) == 200U, host);
}

BOOST_AUTO_TEST_CASE(other_names_are_misdirected) {
    const auto rules = rules_for("127.0.0.1:8642");
    for (const std::string host : {"evil.example", "evil.example:8642", "localhost.evil.example", "127.0.0.2",
                                   "127.0.0.1.evil.example", "192.0.2.7", "[::2]", "localhost."})
        BOOST_TEST(host_status(rules, host) == 421U, host);
    BOOST_TEST(rules.refuse_host("evil.example")->body.find("http.host_names") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(malformed_hosts_are_bad_requests) {
    const auto rules = rules_for("127.0.0.1:8642");
    for (const std::string host :
         {"", "  ", ":8642", "[::1", "[evil]", "[::1]evil", "::1", "localhost:80:80", "localhost:x",
          "a@localhost", "localhost/x", "localhost, evil", "local host"})
        BOOST_TEST(host_status(rules, host) == 400U, host);
}

BOOST_AUTO_TEST_CASE(a_unix_socket_takes_any_host) {
    const auto rules = rules_for("unix:/x");
    BOOST_TEST(host_status(rules, "anything") == 200U);
    BOOST_TEST(host_status(rules, "") == 200U);
}

BOOST_AUTO_TEST_CASE(the_token_must_be_right_to_the_last_character) {
    const auto rules = rules_for("127.0.0.1:1", {}, "s3cret");
    for (const std::string fine : {"Bearer s3cret", "bearer s3cret", "BEARER   s3cret "})
        BOOST_TEST(!rules.refuse_token(fine), fine);
    for (const std::string wrong : {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets",
                                    "Bearer S3cret", "Basic s3cret", "s3cret", "Bearer s3cret x"}) {
        const auto refused = rules.refuse_token(wrong);
        BOOST_REQUIRE_MESSAGE(refused, wrong);
        BOOST_TEST(refused->status == 401U);
        BOOST_TEST(refused->headers.at(0).first == "WWW-Authenticate");
    }
    BOOST_TEST(!rules_for("127.0.0.1:1").refuse_token(""));
}

BOOST_AUTO_TEST_CASE(only_json_changes_anything) {
    for (const std::string fine :
         {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x"})
        BOOST_TEST(!refuse_media_type(fine), fine);
    for (const std::string wrong : {"", "text/plain", "application/x-www-form-urlencoded",
                                    "application/jsonp", "application/json, text/plain"})
        BOOST_TEST(refuse_media_type(wrong).value().status == 415U, wrong);
}

BOOST_AUTO_TEST_SUITE_END()
