// Precedence and inheritance: who wins where several places say something, and what --archive-name means
// beside a file.
#include "engine/config/configuration_layers.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(configuration_layers_)

namespace {

given_value on_command_line(const std::string& option, std::vector<std::string> texts) {
    return {std::move(texts), {"", "--" + option}};
}
given_value in_file(int line, const std::string& key, std::vector<std::string> texts) {
    return {std::move(texts), {"f.yaml:" + std::to_string(line), key}};
}

// A file with two archives, and the environment's defaults.
configuration_layers two_archives() {
    configuration_layers l;
    l.environment["instance-id"] = {{"from-environment"}, {"", "INSTANCE_ID"}};
    l.file = value_origin{"f.yaml:1", ""};
    l.of_file["db-path"] = in_file(1, "db_path", {"/x.db"});
    l.of_file["suprsync-file-root"] = in_file(2, "suprsync_file_root", {"/root"});
    l.archives.resize(2);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto at = static_cast<int>(i);
        auto& a = l.archives[i];
        a.origin = {"f.yaml:" + std::to_string(10 + at), "archives[" + std::to_string(i) + "]"};
        a.values["archive-name"] = in_file(10 + at, a.origin.name + ".name", {i == 0 ? "a" : "b"});
        a.values["remote-basedir"] =
            in_file(20 + at, a.origin.name + ".remote_basedir", {i == 0 ? "/a" : "/b"});
    }
    return l;
}

daemon_configuration made(const configuration_layers& layers) {
    auto r = assemble(layers);
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r ? "" : r.error().text()));
    return r->configuration;
}

std::string refusal(const configuration_layers& layers) {
    auto r = assemble(layers);
    BOOST_REQUIRE(!r.has_value());
    return r.error().text();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_command_line_alone_configures_one_archive) {
    configuration_layers l;
    l.environment["instance-id"] = {{"host"}, {"", "INSTANCE_ID"}};
    for (const auto& [option, text] : std::map<std::string, std::string>{{"db-path", "/x.db"},
                                                                         {"suprsync-file-root", "/r"},
                                                                         {"archive-name", "hk"},
                                                                         {"remote-basedir", "/b"},
                                                                         {"copy-timeout", "15m"},
                                                                         {"http-listen", "off"}})
        l.command_line[option] = on_command_line(option, {text});
    l.command_line["local-root"] = on_command_line("local-root", {"/x", "/y"});
    const auto c = made(l);
    BOOST_REQUIRE(c.archives.size() == 1U);
    BOOST_TEST(c.archives[0].name == "hk");
    BOOST_TEST(c.archives[0].copy_timeout.value_or(0) == 900);
    BOOST_TEST(c.archives[0].instance_id == "host");
    BOOST_TEST(c.archives[0].suprsync_file_root == "/r");
    BOOST_TEST(c.archives[0].local_roots == c.local_roots);
    BOOST_TEST(c.local_roots.size() == 2U);
    BOOST_TEST(c.http_listen == std::vector<std::string>{"off"}, boost::test_tools::per_element());
    for (const char* required : {"db-path", "suprsync-file-root", "archive-name", "remote-basedir"}) {
        auto without = l;
        without.command_line.erase(required);
        BOOST_TEST(refusal(without) ==
                   "cannot use --" + std::string(required) + ": it is required and must not be empty");
    }
    l.command_line["copy-timeout"] = on_command_line("copy-timeout", {"soon"});
    BOOST_TEST(refusal(l) ==
               "cannot use --copy-timeout: expected a time such as 90, 90s, 15m, 2h or 7d, got 'soon'");
}

BOOST_AUTO_TEST_CASE(file_over_environment_and_command_line_over_file) {
    auto l = two_archives();
    BOOST_TEST(made(l).instance_id == "from-environment");
    BOOST_TEST(made(l).archives[1].instance_id == "from-environment");
    l.of_file["instance-id"] = in_file(3, "instance_id", {"from-file"});
    BOOST_TEST(made(l).instance_id == "from-file");
    BOOST_TEST(made(l).archives[1].instance_id == "from-file");
    l.archives[1].values["instance-id"] = in_file(31, "archives[1].instance_id", {"own"});
    BOOST_TEST(made(l).archives[0].instance_id == "from-file");
    BOOST_TEST(made(l).archives[1].instance_id == "own");
    l.command_line["instance-id"] = on_command_line("instance-id", {"from-command-line"});
    const auto c = made(l);
    BOOST_TEST(c.instance_id == "from-command-line");
    for (const auto& a : c.archives) BOOST_TEST(a.instance_id == "from-command-line");
}

BOOST_AUTO_TEST_CASE(an_archive_option_of_the_command_line_holds_for_every_archive) {
    auto l = two_archives();
    l.archives[0].values["copy-timeout"] = in_file(30, "archives[0].copy_timeout", {"60"});
    BOOST_TEST(made(l).archives[0].copy_timeout.value_or(0) == 60);
    BOOST_TEST(!made(l).archives[1].copy_timeout.has_value());
    l.command_line["copy-timeout"] = on_command_line("copy-timeout", {"5"});
    for (const auto& a : made(l).archives) BOOST_TEST(a.copy_timeout.value_or(0) == 5);
    // Even where the file says nonsense: what does not count is not read.
    l.archives[0].values["copy-timeout"] = in_file(30, "archives[0].copy_timeout", {"x"});
    BOOST_TEST(made(l).archives[0].copy_timeout.value_or(0) == 5);
}

BOOST_AUTO_TEST_CASE(archive_name_picks_one_of_the_files_archives) {
    auto l = two_archives();
    l.command_line["archive-name"] = on_command_line("archive-name", {"b"});
    const auto c = made(l);
    BOOST_REQUIRE(c.archives.size() == 1U);
    BOOST_TEST(c.archives[0].name == "b");
    BOOST_TEST(c.archives[0].remote_basedir == "/b");
    l.command_line["archive-name"] = on_command_line("archive-name", {"c"});
    BOOST_TEST(refusal(l) ==
               "cannot use --archive-name: expected one of the archives of f.yaml:1 (a, b), got 'c'");
}

BOOST_AUTO_TEST_CASE(a_file_without_archives_leaves_them_to_the_command_line) {
    auto l = two_archives();
    l.archives.clear();
    BOOST_TEST(refusal(l) == "cannot use f.yaml:1: archives: it is required: no archive to serve");
    l.command_line["archive-name"] = on_command_line("archive-name", {"c"});
    BOOST_TEST(refusal(l) == "cannot use --remote-basedir: it is required and must not be empty");
    l.command_line["remote-basedir"] = on_command_line("remote-basedir", {"/c"});
    BOOST_TEST(made(l).archives.at(0).name == "c");
}

BOOST_AUTO_TEST_CASE(mistakes_are_reported_where_they_were_written) {
    auto l = two_archives();
    l.archives[1].values["archive-name"] = in_file(11, "archives[1].name", {"a"});
    BOOST_TEST(
        (refusal(l).find("cannot use f.yaml:11: archives[1].name: archive 'a' is configured twice") == 0),
        refusal(l));
    l = two_archives();
    l.archives[1].values.erase("remote-basedir");
    BOOST_TEST(refusal(l) ==
               "cannot use f.yaml:11: archives[1].remote_basedir: it is required and must not be empty");
    l.archives[1].by_options = true;
    l.archives[1].origin.name = "smurf-sync";
    BOOST_TEST(refusal(l) ==
               "cannot use f.yaml:11: smurf-sync: --remote-basedir: it is required and must not be empty");
    l = two_archives();
    l.command_line["remote-basedir"] = on_command_line("remote-basedir", {"relative"});
    BOOST_TEST(refusal(l) == "cannot use --remote-basedir: expected an absolute path, got 'relative'");
    l = two_archives();
    l.environment["log-level"] = {{"loud"}, {"", "LOGLEVEL"}};
    BOOST_TEST((refusal(l).find("cannot use LOGLEVEL: expected one of trace, ") == 0), refusal(l));
}

BOOST_AUTO_TEST_CASE(what_another_option_makes_void_is_told) {
    auto l = two_archives();
    const auto warnings = [&] {
        auto r = assemble(l);
        BOOST_REQUIRE_MESSAGE(r.has_value(), (r ? "" : r.error().text()));
        return r->warnings;
    };
    l.of_file["http-token-file"] = in_file(3, "http.token_file", {"/token"});
    l.archives[0].values["bwlimit"] = in_file(30, "archives[0].bwlimit", {"1m"});
    l.archives[1].values["concurrency"] = in_file(31, "archives[1].concurrency", {"8"});
    BOOST_TEST(warnings().empty());
    l.command_line["http-listen"] = on_command_line("http-listen", {"off"});
    l.archives[0].values["concurrency"] = in_file(32, "archives[0].concurrency", {"2"});
    const std::vector<std::string> expected{
        "f.yaml:3: http.token_file has no effect: http-listen is off, the daemon answers no requests",
        "f.yaml:32: archives[0].concurrency has no effect: with bwlimit archive 'a' copies one batch at a time"};
    BOOST_TEST(warnings() == expected, boost::test_tools::per_element());
    l.archives[0].values["concurrency"] = in_file(32, "archives[0].concurrency", {"1"});
    BOOST_TEST(warnings().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
