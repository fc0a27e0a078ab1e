// What the doctor and a start say of how the daemon listens, and of its secrets.
#include "engine/rules/http_diagnosis.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/rules/diagnosed.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(http_diagnosis)

namespace {

bool holds_text(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::vector<finding> warnings(const probed_http& here) {
    auto all = judge_http(here);
    std::erase_if(all, [](const finding& f) { return f.how == health::ok; });
    return all;
}

const probed_http::address socket_at_run{"unix:/run/x", reach::own_socket};
const probed_http::address loopback{"127.0.0.1:1", reach::this_machine};
const probed_http::address everywhere{"0.0.0.0:1", reach::network};

}  // namespace

BOOST_AUTO_TEST_CASE(a_loopback_address_without_a_token_is_open_to_every_account) {
    probed_http here;
    here.listens = {socket_at_run, loopback};
    const auto said = warnings(here);
    BOOST_REQUIRE(said.size() == 1U);
    BOOST_TEST(holds_text(said[0].text, "127.0.0.1:1 asks for no token: any account"), said[0].text);
    here.read_only = true;
    BOOST_TEST(warnings(here).empty());
    here.read_only = false;
    here.has_token = true;
    BOOST_TEST(warnings(here).empty());
    BOOST_TEST(judge_http(here).at(0).text == "listens on unix:/run/x, 127.0.0.1:1");
    here.listens = {socket_at_run};
    here.has_token = false;
    BOOST_TEST(warnings(here).empty());
    here.listens.clear();
    BOOST_TEST(holds_text(judge_http(here).at(0).text, "off"));
}

BOOST_AUTO_TEST_CASE(a_token_in_the_clear_on_a_network_is_told) {
    probed_http here;
    here.listens = {everywhere};
    here.has_token = true;
    BOOST_REQUIRE(warnings(here).size() == 1U);
    BOOST_TEST(holds_text(warnings(here)[0].text, "0.0.0.0:1 takes the token in the clear"));
    here.speaks_tls = true;
    BOOST_TEST(warnings(here).empty());
}

BOOST_AUTO_TEST_CASE(secrets_that_others_may_read_or_change_are_told) {
    const auto told = [](unsigned mode, bool of_ssh) {
        probed_http here;
        here.secrets = {{"smurf", "ssh_key", "/key", mode, of_ssh}};
        const auto said = warnings(here);
        if (said.size() == 1) {
            BOOST_TEST(said[0].archive == "smurf");
            BOOST_TEST(said[0].check == "ssh_key");
            BOOST_TEST(holds_text(said[0].text, "chmod 600 /key"), said[0].text);
        }
        return said.size() == 1;
    };
    for (const unsigned mode : {0100644U, 0100604U, 0100660U, 0100602U, 0100777U})
        BOOST_TEST((told(mode, false) && told(mode, true)), mode);
    for (const unsigned mode : {0100600U, 0100400U}) BOOST_TEST((!told(mode, false) && !told(mode, true)));
    // A group may be let in to a token, and never to a key of ssh.
    BOOST_TEST(!told(0100640U, false));
    BOOST_TEST(told(0100640U, true));
}

BOOST_AUTO_TEST_SUITE_END()
