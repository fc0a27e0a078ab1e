// What is configured of OCS: the hub in the file and in the site file, and what is refused while it is on.
#include <boost/test/unit_test.hpp>

#include "engine/config/ocs_site.hpp"
#include "tests/engine/config/written_configuration.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(ocs_configurations)

namespace {

const std::string daemon_part = "db_path: /x.db\nsuprsync_file_root: /f\n";
const std::string two_archives_with_ids =
    "archives:\n  - {name: a, remote_basedir: /a, instance_id: a-sync}\n  - {name: b, remote_basedir: /b, instance_id: b-sync}\n";
const std::string two_archives_of_one_id =
    "archives:\n  - {name: a, remote_basedir: /a}\n  - {name: b, remote_basedir: /b}\n";

struct written_site : scratch_directory {
    std::string told(const std::string& content) {
        const auto file = (path() / "site.yaml").string();
        write_file(
            file,
            content + "    agent-instances: [{agent-class: SupRsync, instance-id: a, arguments: []}]\n");
        const auto site = read_ocs_site({file, "here", std::nullopt});
        std::string text;
        for (const auto& word : site.hub)
            text += word.name + " = " + word.text + " at " + word.place.substr(word.place.rfind(':')) + "\n";
        for (const auto& mistake : site.mistakes)
            text += mistake.text().substr(mistake.text().rfind(".yaml:") + 5);
        return text;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_is_off_by_default_and_in_one_word, written_configuration) {
    for (const std::string ocs : {"", "ocs: off\n", "ocs: {hub: off}\n", "ocs: {realm: r}\n"})
        BOOST_TEST(good(daemon_part + ocs + two_archives_of_one_id).ocs_hub == "off", ocs);
    const auto c = good(daemon_part + "ocs: {hub: ws://h:8001/ws, realm: r, address_root: site.two}\n" +
                        two_archives_with_ids);
    BOOST_TEST(c.ocs_hub == "ws://h:8001/ws");
    BOOST_TEST(c.ocs_realm == "r");
    BOOST_TEST(c.ocs_address_root == "site.two");
    BOOST_TEST(good(daemon_part + "ocs: {hub: ws://h/ws}\n" + two_archives_with_ids).ocs_realm ==
               "test_realm");
    for (const std::string ocs : {"on", "ws://h/ws", "[off]", ""})
        BOOST_TEST(!read(daemon_part + "ocs: " + ocs + "\n" + two_archives_with_ids).has_value(), ocs);
    refused(
        daemon_part + "ocs: {hup: off}\n" + two_archives_with_ids,
        "3: ocs.hup: there is no such key (did you mean 'hub'?); expected one of hub, realm, address_root");
}

BOOST_FIXTURE_TEST_CASE(two_archives_under_one_id_are_refused_while_it_is_on, written_configuration) {
    const std::string on = "ocs: {hub: ws://h/ws}\n";
    refused(
        daemon_part + on +
            "archives:\n  - {name: a, remote_basedir: /a, instance_id: s}\n  - {name: b, remote_basedir: /b, instance_id: s}\n",
        "6: archives[1].instance_id: archives 'a' and 'b' have the id 's' both, and OCS knows one agent by an id: give each its own, or turn OCS off (site-hub off); it stands at " +
            file + ":5: archives[0].instance_id");
    BOOST_TEST(!read(daemon_part + on + two_archives_of_one_id).has_value());
    BOOST_TEST(!read("instance_id: both\n" + daemon_part + on + two_archives_of_one_id).has_value());
    good(daemon_part + on + two_archives_with_ids);
    good("instance_id: c\n" + daemon_part + on +
         "archives:\n  - {name: a, remote_basedir: /a}\n  - {name: b, remote_basedir: /b, instance_id: d}\n");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_part_of_an_address_is_refused_while_it_is_on, written_configuration) {
    const auto with = [&](const std::string& ocs, const std::string& id) {
        return read(daemon_part + ocs + "archives: [{name: a, remote_basedir: /a, instance_id: \"" + id +
                    "\"}]\n")
            .has_value();
    };
    for (const std::string id : {"srv20.example.org", "a b", "a#", "."}) {
        BOOST_TEST(!with("ocs: {hub: ws://h/ws}\n", id), id);
        if (id != ".") BOOST_TEST(with("", id), id);
    }
    BOOST_TEST(with("ocs: {hub: ws://h/ws}\n", "smurf-sync_2"));
    for (const std::string key : {"realm", "address_root"})
        for (const std::string word : {"", "a b", "a..b", ".a", "a.", "a#b"})
            BOOST_TEST(!with("ocs: {hub: ws://h/ws, " + key + ": \"" + word + "\"}\n", "a"), key << word);
}

BOOST_FIXTURE_TEST_CASE(the_hub_of_a_site_file, written_site) {
    BOOST_TEST(told("hosts:\n  here:\n").empty());
    BOOST_TEST(
        told(
            "hub: {wamp_server: ws://h/ws, wamp_http: x, wamp_realm: r,\n  address_root: o}\nhosts:\n  here:\n") ==
        "wamp_server = ws://h/ws at :1\nwamp_realm = r at :1\naddress_root = o at :2\n");
    BOOST_TEST(
        told(
            "hub: {wamp_server: ws://h/ws, wamp_realm: r}\nhosts:\n  here:\n    wamp_server: ws://other/ws\n") ==
        "wamp_server = ws://other/ws at :4\nwamp_realm = r at :1\n");
    BOOST_TEST(told("hub: nonsense\nhosts:\n  here:\n")
                   .starts_with(":1: hub: expected a mapping of wamp_server, wamp_realm and address_root"));
    BOOST_TEST(
        told("hub: {wamp_realm: [r]}\nhosts:\n  here:\n").starts_with(":1: hub.wamp_realm: expected a text"));
}

BOOST_AUTO_TEST_SUITE_END()
