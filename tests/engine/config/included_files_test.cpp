// `include`: archives from further files, each mistake with its own file and line.
#include "engine/config/included_files.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "engine/config/configuration_file.hpp"
#include "engine/config/effective_configuration.hpp"
#include "tests/engine/config/written_configuration.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(included_configuration_files)

namespace {

std::string archive(const std::string& name, const std::string& more = "") {
    return "archives:\n  - name: " + name + "\n    remote_basedir: /b/" + name + "\n" + more;
}

struct included_configuration : written_configuration {
    const std::string main = "db_path: /d/x.db\nsuprsync_file_root: /d/root\ninclude: conf.d/*.yaml\n";

    void also(const std::string& name, const std::string& content) { write_file(scratch / name, content); }
    std::vector<std::string> archives_of(const std::string& content) {
        std::vector<std::string> names;
        for (const auto& a : good(content).archives) names.push_back(a.name);
        return names;
    }
    // The whole message, without the scratch directory.
    std::string refusal(const std::string& content) {
        const auto r = read(content);
        if (r) return "accepted";
        auto text = r.error().text();
        const auto place = scratch.path().string() + "/";
        for (auto at = text.find(place); at != std::string::npos; at = text.find(place))
            text.erase(at, place.size());
        return text;
    }
};

using names = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(archives_come_in_the_order_of_the_names_of_their_files, included_configuration) {
    also("conf.d/b.yaml", archive("b"));
    also("conf.d/a.yaml", archive("z") + "  - {name: y, remote_basedir: /b/y}\n");
    also("conf.d/10.yaml", archive("ten"));
    also("conf.d/.hidden.yaml", "- no configuration");
    also("conf.d/b.yaml~", "- no configuration");
    BOOST_TEST((archives_of(main + archive("own")) == names{"own", "ten", "z", "y", "b"}));
    BOOST_TEST((archives_of(main) == names{"ten", "z", "y", "b"}));
    // A file that two patterns match is read once, and a list is taken in its order.
    const auto listed = "db_path: /d/x.db\nsuprsync_file_root: /r\ninclude: [conf.d/b.yaml, conf.d/*.yaml]\n";
    BOOST_TEST((archives_of(listed) == names{"b", "ten", "z", "y"}));
    const auto absolute =
        "db_path: /d/x.db\nsuprsync_file_root: /r\ninclude: " + (scratch / "conf.d/b.yaml").string();
    BOOST_TEST((archives_of(absolute) == names{"b"}));
}

BOOST_FIXTURE_TEST_CASE(what_is_printed_names_the_file_of_each_value, included_configuration) {
    also("conf.d/a.yaml", archive("a", "    copy_timeout: 90\n"));
    const auto r = read(main);
    BOOST_REQUIRE(r.has_value());
    const auto text = show_effective(*r);
    const auto place = (scratch / "conf.d/a.yaml").string();
    BOOST_TEST(
        text.find("copy_timeout: 90s  # " + place + ":4: archives[0].copy_timeout\n") != std::string::npos,
        text);
    BOOST_TEST(text.find("- name: a  # " + place + ":2: archives[0].name\n") != std::string::npos, text);
}

BOOST_FIXTURE_TEST_CASE(every_mistake_of_every_file_is_told_with_its_place, included_configuration) {
    also("conf.d/a.yaml", archive("a", "    copy_timout: 90\n"));
    also("conf.d/b.yaml", "http: {listen: off}\n" + archive("b", "    concurrency: 0\n"));
    also("conf.d/c.yaml", "a: [1\n");
    also("conf.d/d.yaml", "include: conf.d/a.yaml\n");
    const auto text = refusal(main + "http: {listn: off}\ndb_path: /d/y.db\n");
    for (const std::string part :
         {"x.yaml:5: db_path: the key stands here for the second time",
          "x.yaml:4: http.listn: there is no such key",
          "conf.d/a.yaml:4: archives[0].copy_timout: there is no such key (did you mean 'copy_timeout'?)",
          "conf.d/b.yaml:1: http: expected archives only in an included file",
          "conf.d/b.yaml:5: archives[0].concurrency: expected a whole number from 1 to 64, or auto, got '0'",
          "conf.d/c.yaml:2: this is not YAML",
          "conf.d/d.yaml:1: include: an included file cannot include further ones"})
        BOOST_TEST(text.find("cannot use " + part) != std::string::npos, part << " is not in " << text);
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_stands_twice_is_refused_with_both_places, included_configuration) {
    also("conf.d/a.yaml", archive("a"));
    also("conf.d/b.yaml", archive("b") + "  - {name: a, remote_basedir: /c}\n");
    BOOST_TEST(
        refusal(main) ==
        "cannot use conf.d/b.yaml:4: archives[1].name: archive 'a' is configured twice: expected a name of its own for each archive; it stands at conf.d/a.yaml:2: archives[0].name");
}

BOOST_FIXTURE_TEST_CASE(patterns_that_name_no_files_are_refused, included_configuration) {
    const std::string before = "db_path: /d/x.db\nsuprsync_file_root: /r\n" + archive("own") + "include: ";
    const auto says = [&](const std::string& pattern, const std::string& part) {
        const auto text = refusal(before + pattern + "\n");
        BOOST_TEST(text.find(part) != std::string::npos, pattern << ": " << text);
    };
    says("conf.d/*.yaml", "x.yaml:6: include: the directory");
    says("missing.yaml", "cannot read missing.yaml: No such file or directory");
    says("\"*/a.yaml\"",
         "x.yaml:6: include: expected wildcards in the name of the file only, got '*/a.yaml'");
    says("conf.d/",
         "x.yaml:6: include: expected the name of a file, or a pattern such as conf.d/*.yaml, got 'conf.d/'");
    says("\"\"", "expected the name of a file");
    says("\"a\\0.yaml\"", "expected the name of a file");
    says(
        "{a: b}",
        "x.yaml:6: include: expected a file, a pattern such as conf.d/*.yaml, or a list of them, got a mapping");
    says("[[a]]", "got a list in it");
    // Where there are wildcards, there need be none.
    std::filesystem::create_directories(scratch / "conf.d");
    BOOST_TEST((archives_of(before + "conf.d/*.yaml") == names{"own"}));
    BOOST_TEST(refusal(main) == "cannot use x.yaml:1: archives: it is required: no archive to serve");
}

BOOST_FIXTURE_TEST_CASE(the_limits_hold_for_all_files_together, included_configuration) {
    also("conf.d/a.yaml", archive("a") + "# " + std::string(3 << 20, 'x'));
    BOOST_TEST((archives_of(main) == names{"a"}));
    also("conf.d/b.yaml", archive("b") + "# " + std::string(2 << 20, 'x'));
    BOOST_TEST(refusal(main).find("cannot read conf.d/b.yaml: expected a file of at most ") == 0);
    std::string many = "    local_roots: [";
    for (int i = 0; i < 60'000; ++i) many += "/d,";
    also("conf.d/a.yaml", archive("a", many + "]\n"));
    also("conf.d/b.yaml", archive("b", many + "]\n"));
    BOOST_TEST(refusal(main).find("conf.d/b.yaml:4: expected at most 100000 values") != std::string::npos);
    also("conf.d/b.yaml", "a: &a [*a]");
    BOOST_TEST(refusal(main).find("conf.d/b.yaml:1: a value that holds itself") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
