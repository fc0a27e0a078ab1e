// Those who are told: what the file says of them, what is refused, and what is shown.
#include <boost/test/unit_test.hpp>

#include "engine/config/configuration_difference.hpp"
#include "engine/config/effective_configuration.hpp"
#include "engine/config/notify_keys.hpp"
#include "tests/engine/config/written_configuration.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(notify_configurations)

namespace {

const std::string begin = "db_path: /x.db\nsuprsync_file_root: /f\n";
const std::string archives = "archives: [{name: a, remote_basedir: /a}, {name: b, remote_basedir: /b}]\n";

std::string entries(const std::string& text) { return begin + archives + "notify:\n" + text; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(nobody_is_told_by_default, written_configuration) {
    BOOST_TEST(good(begin + archives).notify.empty());
    BOOST_TEST(good(begin + archives + "notify: []\n").notify.empty());
}

BOOST_FIXTURE_TEST_CASE(every_key_is_read, written_configuration) {
    const auto c = good(entries(R"(
  - command: [mail, -s, suprsync, ops@example.org]
  - webhook: https://hooks.example.org/services/T0/B0/secret
    form: slack
    on: [condition_begins, digest]
    kinds: [copies_lost, files_failed]
    archives: [a]
    digest_at: "08:30 local"
    at_most: 5
    timeout: 10s
    ca_file: /etc/ca.pem
  - webhook_file: /etc/suprsync/hook
    on: finalized
)"));
    BOOST_REQUIRE(c.notify.size() == 3U);
    BOOST_TEST(c.notify[0].command == (std::vector<std::string>{"mail", "-s", "suprsync", "ops@example.org"}),
               boost::test_tools::per_element());
    BOOST_TEST(c.notify[0].form == "json");
    BOOST_TEST(c.notify[0].at_most == 20U);
    BOOST_TEST(c.notify[0].timeout == 30);
    BOOST_TEST(c.notify[0].on == (std::vector<std::string>{"condition_begins", "condition_ends"}),
               boost::test_tools::per_element());
    const auto& slack = c.notify[1];
    BOOST_TEST(*slack.webhook == "https://hooks.example.org/services/T0/B0/secret");
    BOOST_TEST(slack.form == "slack");
    BOOST_TEST(slack.kinds.size() == 2U);
    BOOST_TEST(slack.archives.front() == "a");
    BOOST_TEST((*slack.digest_at == daily_time{510, true}));
    BOOST_TEST(slack.at_most == 5U);
    BOOST_TEST(slack.timeout == 10);
    BOOST_TEST(*slack.ca_file == "/etc/ca.pem");
    BOOST_TEST(*c.notify[2].webhook_file == "/etc/suprsync/hook");
    BOOST_TEST(c.notify[2].on.front() == "finalized");
}

BOOST_FIXTURE_TEST_CASE(mistakes_are_told_with_their_line, written_configuration) {
    for (
        const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
            {"  - form: json\n",
             "5: notify[0]: expected exactly one of command, webhook and webhook_file, got none"},
            {"  - command: [a]\n    webhook: https://h/x\n",
             "5: notify[0].command: expected exactly one of command, webhook and webhook_file, got several"},
            {"  - webhook: http://example.org/x\n",
             "5: notify[0].webhook: expected https://: http:// may go to this machine only (localhost, 127.0.0.1, [::1])"},
            {"  - webhook: ftp://example.org/secret\n",
             "5: notify[0].webhook: expected a URL that begins with https://"},
            {"  - webhook: https://me:secret@example.org/x\n",
             "5: notify[0].webhook: an account and a password in a URL are not sent: use an address that holds a secret itself"},
            {"  - command: [a]\n    form: xml\n",
             "6: notify[0].form: expected one of json, text, slack, got 'xml'"},
            {"  - command: [a]\n    on: [failure]\n",
             "6: notify[0].on: expected a list of condition_begins, condition_ends, finalized, digest, got 'failure'"},
            {"  - command: [a]\n    on: [digest]\n",
             "5: notify[0]: it is required where `on` holds digest: the hour of it"},
            {"  - command: [a]\n    digest_at: '08:00'\n",
             "6: notify[0].digest_at: it has no meaning where `on` does not hold digest"},
            {"  - command: [a]\n    on: [digest]\n    digest_at: '24:00'\n",
             "7: notify[0].digest_at: expected an hour such as 08:00 (UTC) or 08:00 local, got '24:00'"},
            {"  - command: [a]\n    on: [finalized]\n    kinds: [paused]\n",
             "7: notify[0].kinds: it has no meaning where `on` holds no conditions"},
            {"  - command: [a]\n    ca_file: /x\n", "6: notify[0].ca_file: it has no meaning for a command"},
            {"  - command: [a]\n    at_most: 0\n",
             "6: notify[0].at_most: expected a whole number from 1 to 1000, got '0'"},
            {"  - command: [a]\n    timeout: 1h\n", "6: notify[0].timeout: expected 1s to 10m, got 3600s"},
            {"  - command: [a]\n    archives: [c]\n",
             "6: notify[0].archives: expected archives of this configuration, got 'c'"},
            {"  - command: ['']\n",
             "5: notify[0].command: expected a program and its arguments, without NUL bytes"},
            {"  - comand: [a]\n",
             "5: notify[0].comand: there is no such key (did you mean 'command'?); expected one of command, webhook, webhook_file, ca_file, form, on, kinds, archives, digest_at, at_most, timeout"},
            {"  - mail\n",
             "5: notify[0]: expected a mapping of an entry's keys (command, webhook, on, ...), got 'mail'"},
            {"  - command: {a: b}\n", "5: notify[0].command: expected a list of texts, got a mapping"}})
        refused(entries(text), message);
    refused(begin + archives + "notify: mail\n",
            "4: notify: expected a list of those who are told, got 'mail'");
}

BOOST_AUTO_TEST_CASE(an_address_is_https_or_of_this_machine) {
    for (const char* fine : {"https://h", "https://h/", "https://h:8443/a?b=c", "https://[2001:db8::1]/x",
                             "http://localhost/x", "http://127.0.0.1:80/x", "http://[::1]:80/x"})
        BOOST_TEST(why_no_webhook(fine) == "", fine);
    for (const std::string& bad :
         {std::string(), std::string("https://"), std::string("https:///x"), std::string("https://h/a b"),
          std::string("https://h/\n"), std::string("http://localhost.example.org/"),
          std::string("http://127.0.0.10/"), std::string("HTTPS"), "https://h/" + std::string(5000, 'x')}) {
        const auto why = why_no_webhook(bad);
        BOOST_TEST(why != "", bad);
        BOOST_TEST(why.find("example") == std::string::npos, "it holds nothing of the address");
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_printed_is_read_again_but_for_secrets, written_configuration) {
    const auto first = read(entries(
        R"(  - {command: [mail, 'a b'], on: [condition_begins, digest], digest_at: '08:00', at_most: 3}
  - {webhook: 'https://h/secret', form: slack}
  - {webhook_file: /etc/secret-place}
)"));
    BOOST_REQUIRE(first.has_value());
    const auto text = show_effective(*first);
    BOOST_TEST(text.find("secret") == std::string::npos, text);
    BOOST_TEST(text.find("    webhook: <set>  # ") != std::string::npos, text);
    BOOST_TEST(text.find("    webhook_file: <set>  # ") != std::string::npos, text);
    BOOST_TEST(text.find("\n  - command: [mail, \"a b\"]  # ") != std::string::npos, text);
    const auto without_webhooks =
        text.substr(0, text.find("  - # command")) + text.substr(text.find("archives:\n  -"));
    BOOST_TEST((good(without_webhooks).notify.front() == first->configuration.notify.front()));
}

BOOST_FIXTURE_TEST_CASE(a_reload_takes_up_all_of_it_and_tells_no_secret, written_configuration) {
    const auto one = good(entries("  - {command: [mail]}\n  - {webhook: 'https://h/secret'}\n"));
    auto other = good(entries(
        "  - {command: [mail], at_most: 3}\n  - {webhook: 'https://h/other-secret'}\n  - {command: [wall]}\n"));
    BOOST_TEST(compare(one, one).none());
    auto lines = compare(one, other).lines();
    BOOST_TEST(
        lines == (std::vector<std::string>{"notify[0].at_most: 20 -> 3", "notify[1].webhook: <set> -> <set>",
                                           "notify[2]: none -> the command wall"}),
        boost::test_tools::per_element());
    BOOST_TEST((take_over(one, other).notify == other.notify));
    BOOST_TEST((compare(other, one).lines().back() == "notify[2]: the command wall -> none"));
    // What the file of an address holds has changed.
    auto before = one, after = one;
    before.notify[1] = after.notify[1] = {};
    before.notify[1].webhook_file = after.notify[1].webhook_file = "/etc/hook";
    before.notify[1].url = "https://h/1";
    after.notify[1].url = "https://h/2";
    lines = compare(before, after).lines();
    BOOST_TEST(
        lines == std::vector<std::string>{"notify[1].webhook_file: <set> -> <set>, with another address"},
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(where_an_entry_leads_is_told_without_its_secret) {
    notify_configuration entry;
    entry.command = {"/usr/bin/mail", "secret"};
    BOOST_TEST(place_of(entry) == "the command /usr/bin/mail");
    entry.command.clear();
    BOOST_TEST(place_of(entry) == "a webhook");
    for (const auto& [url, host] : {std::pair{"https://hooks.slack.com/services/secret", "hooks.slack.com"},
                                    {"https://h:8443?secret", "h:8443"},
                                    {"http://[::1]:80/secret", "[::1]:80"}}) {
        entry.url = url;
        BOOST_TEST(place_of(entry) == std::string("the webhook at ") + host);
    }
}

BOOST_AUTO_TEST_SUITE_END()
