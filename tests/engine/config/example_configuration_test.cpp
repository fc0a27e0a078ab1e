// conf/suprsync.yaml is true: every key is known, every known key is in it, and the defaults are the
// defaults.
#include <boost/test/unit_test.hpp>
#include <regex>
#include <sstream>

#include "engine/config/notify_keys.hpp"
#include "tests/engine/config/written_configuration.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(example_configuration)

namespace {

const auto example = read_file(SUPRSYNC_SOURCE_DIR "/conf/suprsync.yaml");

std::string with_all_keys() {
    std::istringstream lines(example);
    std::string all;
    for (std::string line; std::getline(lines, line);)
        all += std::regex_replace(line, std::regex("^( *)#((- )?[a-z_0-9]+:)"), "$1$2") + "\n";
    // A file that exists everywhere.
    return std::regex_replace(all, std::regex("ssh_key: .*"), "ssh_key: /dev/null");
}

template <class Key>
std::string default_said(const Key& key, const std::string& indent) {
    // The last "Default:" or "Required" comment above the key, in its own place of the file.
    const auto dot = key.key.find('.');
    const auto name = dot == std::string::npos ? key.key : key.key.substr(dot + 1);
    const std::regex block("\n" + indent + "# ([^\n]*)\n(" + indent + "#?|  #?- )" + name + ":");
    std::smatch found;
    return std::regex_search(example, found, block) ? found[1].str() : "nothing is said";
}

template <class Key>
void says_the_default(const Key& key, const std::string& indent) {
    const auto said = default_said(key, indent);
    if (key.preset.empty())
        BOOST_TEST((said.find("Required") == 0), key.key << ": " << said);
    else
        BOOST_TEST(said == "Default: " + key.preset, key.key);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_file_as_it_stands_is_a_configuration, written_configuration) {
    const auto c = good(example);
    BOOST_TEST(c.archives.size() == 2U);
    // Nothing but what is required is set.
    for (const auto& key : daemon_keys())
        if (key.option != "instance-id" && !key.preset.empty())
            BOOST_TEST(key.show(c) == key.show(daemon_configuration()), key.key);
}

BOOST_FIXTURE_TEST_CASE(every_key_is_known_and_every_known_key_is_in_it, written_configuration) {
    const auto c = good(with_all_keys());
    for (const auto& key : daemon_keys()) BOOST_TEST(layers.of_file.contains(key.option), key.key);
    for (const auto& key : archive_keys())
        BOOST_TEST(layers.archives[0].values.contains(key.option), key.key);
    for (const auto& key : notify_keys())
        BOOST_TEST(std::any_of(layers.notify.begin(), layers.notify.end(),
                               [&](const auto& entry) { return entry.values.contains(key.option); }),
                   key.key);
    // With the file's values, the keys that have a default of their own are as without them.
    for (const auto& key : daemon_keys())
        if (const auto preset = key.show(daemon_configuration());
            !preset.empty() && key.kind != value_kind::list && !key.preset.empty() &&
            key.option != "instance-id")
            BOOST_TEST(key.show(c) == preset, key.key);
    archive_configuration fresh;
    for (const auto& key : archive_keys())
        if (const auto preset = key.show(fresh); !preset.empty() && key.kind != value_kind::list &&
                                                 !key.preset.empty() && !is_inherited(key.option))
            BOOST_TEST(key.show(c.archives[0]) == preset, key.key);
}

BOOST_AUTO_TEST_CASE(defaults_in_the_file_are_those_of_the_program) {
    for (const auto& key : daemon_keys())
        says_the_default(key, key.key.find('.') == std::string::npos ? "" : "    ");
    for (const auto& key : archive_keys())
        says_the_default(key, key.key.find('.') == std::string::npos ? "    " : "        ");
    for (const auto& key : notify_keys()) says_the_default(key, "    ");
}

BOOST_AUTO_TEST_CASE(the_defaults_of_the_table_are_those_of_the_configuration) {
    const archive_configuration a;
    for (const auto& key : archive_keys()) {
        if (is_inherited(key.option) || key.preset.empty()) continue;
        const auto shown = key.show(a);
        if (key.option == "remote-staging-dir")
            BOOST_TEST(shown.empty());
        else
            BOOST_TEST((shown.empty() ? "none" : shown.front()) == key.preset, key.key);
    }
    const notify_configuration n;
    for (const auto& key : notify_keys())
        if (const auto shown = key.show(n); !shown.empty())
            BOOST_TEST(show_values(key.kind, shown) == key.preset, key.key);
    const daemon_configuration d;
    for (const auto& key : daemon_keys()) {
        if (key.preset.empty() || key.option == "instance-id") continue;
        const auto shown = key.show(d);
        if (key.option == "log-level")
            BOOST_TEST(key.preset == "$LOGLEVEL, or " + shown.at(0));
        else if (key.option == "http-listen" || key.option == "http-socket-group")
            BOOST_TEST(shown.empty());
        else
            BOOST_TEST((shown.empty() ? "none" : shown.front()) == key.preset, key.key);
    }
}

BOOST_AUTO_TEST_SUITE_END()
