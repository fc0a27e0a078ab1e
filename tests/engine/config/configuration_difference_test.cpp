// What a configuration that was read again changes: found by the same table that reads it, so that no key can
// be forgotten.
#include "engine/config/configuration_difference.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "engine/config/configuration_keys.hpp"

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(reload)

namespace {

archive_configuration archive(const std::string& name) {
    archive_configuration a;
    a.name = name;
    a.remote_basedir = "/" + name;
    a.instance_id = "i";
    a.suprsync_file_root = "/root";
    return a;
}

daemon_configuration running() {
    daemon_configuration c;
    c.db_path = "/x.db";
    c.suprsync_file_root = "/root";
    c.instance_id = "i";
    c.archives = {archive("a"), archive("b"), archive("c")};
    return c;
}

// A value that differs from every default, for each key.
std::vector<std::string> other_value(const std::string& option, value_kind kind) {
    static const std::map<std::string, std::string> special{
        {"recheck-remote", "size"},   {"remote-links", "follow"},  {"transfer", "rsync"},
        {"verify-from", "disk"},      {"log-level", "debug"},      {"log-format", "json"},
        {"http-access", "read-only"}, {"http-socket-mode", "0640"}};
    if (kind == value_kind::flag) return {"true"};
    if (const auto place = special.find(option); place != special.end()) return {place->second};
    return {"7"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_equal_configuration_changes_nothing) {
    const auto c = compare(running(), running());
    BOOST_TEST(c.none());
    BOOST_TEST(c.lines().empty());
    // The order of the archives is no difference.
    auto turned = running();
    std::swap(turned.archives[0], turned.archives[2]);
    BOOST_TEST(compare(running(), turned).none());
}

BOOST_AUTO_TEST_CASE(archives_come_go_and_change) {
    auto wanted = running();
    wanted.archives[0].copy_timeout = 60;
    wanted.archives[0].compression = true;
    wanted.archives[1] = archive("new");
    const auto c = compare(running(), wanted);
    BOOST_TEST(c.added == std::vector<std::string>{"new"}, boost::test_tools::per_element());
    BOOST_TEST(c.removed == std::vector<std::string>{"b"}, boost::test_tools::per_element());
    BOOST_REQUIRE(c.changed.size() == 1U);
    BOOST_TEST(c.changed[0].name == "a");
    const std::vector<key_change> keys{{"copy_timeout", "none", "60s"}, {"compression", "false", "true"}};
    BOOST_TEST((c.changed[0].keys == keys));
    BOOST_TEST((c.of_daemon.empty() && c.need_restart.empty()));
    const std::vector<std::string> lines{
        "archive new is added", "archive b is removed when its running transfers have ended",
        "archive a changes when its running transfers have ended (copy_timeout: none -> 60s; compression: false -> true)"};
    BOOST_TEST(c.lines() == lines, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_key_of_an_archive_is_compared_and_taken_over) {
    for (const auto& key : archive_keys()) {
        if (key.option == "archive-name") continue;
        auto wanted = running();
        BOOST_REQUIRE(key.take(wanted.archives[1], other_value(key.option, key.kind)));
        const auto c = compare(running(), wanted);
        BOOST_TEST((c.added.empty() && c.removed.empty()));
        BOOST_REQUIRE_MESSAGE(c.changed.size() == 1U, key.key);
        BOOST_TEST(c.changed[0].name == "b");
        BOOST_REQUIRE(c.changed[0].keys.size() == 1U);
        BOOST_TEST(c.changed[0].keys[0].key == key.key);
        const auto next = take_over(running(), wanted);
        BOOST_TEST(key.show(next.archives[1]) == key.show(wanted.archives[1]), key.key);
        BOOST_TEST(compare(next, wanted).none());
    }
}

BOOST_AUTO_TEST_CASE(every_key_of_the_daemon_takes_effect_or_says_that_it_needs_a_restart) {
    const std::set<std::string> at_once{"suprsync_file_root", "instance_id", "local_roots", "shutdown_grace",
                                        "log_level",          "http.listen", "ocs.hub",     "ocs.realm",
                                        "ocs.address_root"};
    for (const auto& key : daemon_keys()) {
        if (key.without_effect) continue;
        auto wanted = running();
        BOOST_REQUIRE(key.take(wanted, other_value(key.option, key.kind)));
        const auto c = compare(running(), wanted);
        const auto next = take_over(running(), wanted);
        const bool now = at_once.contains(key.key);
        BOOST_TEST(c.of_daemon.size() == (now ? 1U : 0U), key.key);
        BOOST_TEST(c.need_restart.size() == (now ? 0U : 1U), key.key);
        BOOST_TEST(key.show(next) == key.show(now ? wanted : running()), key.key);
        BOOST_TEST((c.lines().at(0).find("next start") == std::string::npos) == now, c.lines().at(0));
        // What was not taken over is said again the next time.
        BOOST_TEST(compare(next, wanted).none() == now, key.key);
    }
}

BOOST_AUTO_TEST_CASE(lists_are_shown_whole) {
    auto wanted = running();
    wanted.local_roots = {"/x", "/y"};
    BOOST_TEST(compare(running(), wanted).lines().at(0) == "local_roots: [] -> [/x, /y]");
    auto back = running();
    const auto next = take_over(wanted, back);
    BOOST_TEST(next.local_roots.empty());
}

BOOST_AUTO_TEST_CASE(values_that_no_key_names_stay) {
    auto was = running();
    was.once = true;
    const auto next = take_over(was, running());
    BOOST_TEST(next.once);
}

BOOST_AUTO_TEST_SUITE_END()
