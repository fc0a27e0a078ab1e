// OCS site files (spec, OCS site configuration): which entries are taken, in which form their arguments come,
// and where mistakes are reported.
#include "engine/config/ocs_site.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(ocs_site)

namespace {

struct site_file {
    test::scratch_directory scratch;
    std::string file = (scratch / "default.yaml").string();

    result<std::vector<ocs_instance>> read(const std::string& content, const std::string& host = "srv20",
                                           std::optional<std::string> instance = std::nullopt) {
        test::write_file(file, content);
        auto site = read_ocs_site({file, host, std::move(instance)});
        if (!site.mistakes.empty()) return site.mistakes.front();
        return std::move(site.instances);
    }
    void refused(const std::string& message, const std::string& content, const std::string& host = "srv20",
                 std::optional<std::string> instance = std::nullopt) {
        const auto r = read(content, host, std::move(instance));
        BOOST_TEST(!r.has_value(), content);
        if (r) return;
        BOOST_TEST((r.error().code == failure_code::invalid));
        BOOST_TEST(r.error().text() == "cannot use " + file + ":" + message);
    }
};

std::vector<std::string> words(const ocs_instance& instance) {
    std::vector<std::string> texts;
    for (const auto& a : instance.arguments) texts.push_back(a.text);
    return texts;
}

// The style of the agent's documentation, among other agents and hosts.
const std::string site = R"(hub:
  wamp_server: ws://localhost:8001/ws
hosts:
  srv20: {
    'log-dir': '/var/log/ocs',
    'agent-instances': [
        {'agent-class': 'PysmurfMonitor',
         'instance-id': 'monitor',
         'arguments': [['--udp-port', 8200], ['--create-table', True]]},

        {'agent-class': 'SupRsync',
         'instance-id': 'timestream-sync',
         'arguments':[
           '--archive-name', 'timestreams',
           '--delete-local-after', '604800',
           '--cmd-timeout', '5',
           ]},

        {'agent-class': 'SupRsync',
         'instance-id': 'smurf-sync',
         'manage': 'docker',
         'arguments':[
           ['--archive-name', 'smurf'],
           ['--delete-local-after', 604800.5],
           ['--compression'],
           [['--chmod', ['g+w']]],
           ]},
    ]
  }
  srv21:
    agent-instances:
      - agent-class: SupRsync
        instance-id: other-host
      - {agent-class: HostManager, instance-id: hm, arguments: nonsense}
  empty:
    agent-instances: []
)";

}  // namespace

BOOST_FIXTURE_TEST_CASE(all_entries_of_the_host_flat_and_nested, site_file) {
    const auto r = read(site);
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r ? "" : r.error().text()));
    BOOST_REQUIRE(r->size() == 2U);
    const auto& [first, second] = std::tie((*r)[0], (*r)[1]);
    BOOST_TEST(first.instance_id == "timestream-sync");
    BOOST_TEST(first.place == file + ":11");
    const std::vector<std::string> flat{"--archive-name", "timestreams",   "--delete-local-after",
                                        "604800",         "--cmd-timeout", "5"};
    BOOST_TEST(words(first) == flat, boost::test_tools::per_element());
    BOOST_TEST(first.arguments[0].place == file + ":14");
    BOOST_TEST(first.arguments[3].place == file + ":15");
    BOOST_TEST(second.instance_id == "smurf-sync");
    const std::vector<std::string> nested{
        "--archive-name", "smurf", "--delete-local-after", "604800.5", "--compression", "--chmod", "g+w"};
    BOOST_TEST(words(second) == nested, boost::test_tools::per_element());
    BOOST_TEST(second.arguments[3].place == file + ":24");
}

BOOST_FIXTURE_TEST_CASE(another_host_and_one_entry_only, site_file) {
    auto r = read(site, "srv21");
    BOOST_REQUIRE(r.has_value());
    BOOST_REQUIRE(r->size() == 1U);
    BOOST_TEST((*r)[0].instance_id == "other-host");
    BOOST_TEST((*r)[0].arguments.empty());
    r = read(site, "srv20", "smurf-sync");
    BOOST_REQUIRE(r.has_value());
    BOOST_REQUIRE(r->size() == 1U);
    BOOST_TEST((*r)[0].instance_id == "smurf-sync");
}

BOOST_FIXTURE_TEST_CASE(who_manages_an_entry_is_read, site_file) {
    auto r = read(site);
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST((*r)[0].manage.empty());
    BOOST_TEST((*r)[1].manage == "docker");
    BOOST_TEST((*r)[1].manager.empty());
    r = read(site, "srv21");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST((*r)[0].manager == "hm");
}

BOOST_FIXTURE_TEST_CASE(localhost_stands_in_for_a_host_that_is_not_there, site_file) {
    const std::string content =
        "hosts:\n  localhost:\n    agent-instances:\n      - {agent-class: SupRsync, instance-id: x}\n";
    const auto r = read(content, "anything");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST((*r)[0].instance_id == "x");
}

BOOST_FIXTURE_TEST_CASE(mistakes_are_told_with_their_place, site_file) {
    refused(
        "3: hosts: expected host 'srv99' (or localhost) in it, got srv20, srv21, empty: name one of them with --site-host",
        site, "srv99");
    refused(
        "6: hosts.srv20.agent-instances: expected a SupRsync entry with instance-id 'monitor', got timestream-sync, smurf-sync",
        site, "srv20", "monitor");
    refused("36: hosts.empty.agent-instances: expected an entry with agent-class: SupRsync, there is none",
            site, "empty");
    refused("1: hosts: expected a mapping of hosts, there is none", "hub: {}\n");
    refused("1: hosts: expected a mapping of hosts, got a list", "hosts: [srv20]\n");
    refused("2: hosts.srv20.agent-instances: expected a list of agents, there is none",
            "hosts:\n  srv20: {crossbar: {}}\n");
    refused("2: hosts.srv20.agent-instances: expected a list of agents, there is none", "hosts:\n  srv20:\n");
    refused("3: hosts.srv20.agent-instances: expected a list, got 'x'",
            "hosts:\n  srv20:\n    agent-instances: x\n");
    const std::string head = "hosts:\n  srv20:\n    agent-instances:\n";
    refused(
        "4: hosts.srv20.agent-instances[0]: expected a mapping of agent-class, instance-id and arguments, got 'x'",
        head + "      - x\n");
    refused("4: hosts.srv20.agent-instances[0].instance-id: expected the name of this instance, got nothing",
            head + "      - agent-class: SupRsync\n");
    refused(
        "5: hosts.srv20.agent-instances[0].arguments: expected a list of words, or of lists of words, got '--compression'",
        head + "      - {agent-class: SupRsync, instance-id: x,\n         arguments: --compression}\n");
    refused(
        "5: hosts.srv20.agent-instances[0].arguments: expected words, or lists of words, got a mapping among them",
        head + "      - {agent-class: SupRsync, instance-id: x,\n         arguments: [{--a: b}]}\n");
    refused("3: srv20: the key stands here for the second time: expected it once",
            "hosts:\n  srv20: {}\n  srv20: {}\n");
    refused(
        "5: hosts.srv20.agent-instances[1].instance-id: expected an id of its own, got 'x', which stands at " +
            file + ":4 already",
        head +
            "      - {agent-class: SupRsync, instance-id: x}\n      - {agent-class: SupRsync, instance-id: x}\n");
    const auto broken = read("hosts: {srv20: [\n");
    BOOST_REQUIRE(!broken.has_value());
    BOOST_TEST((broken.error().detail.find("this is not YAML") == 0));
}

BOOST_AUTO_TEST_SUITE_END()
