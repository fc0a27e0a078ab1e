// `suprsync verify`: asks a real destination again about copies that were verified, beside the daemon and
// without it, and sends again what is not there as it was.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <map>
#include <memory>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/tool.hpp"

namespace fs = std::filesystem;
namespace json = boost::json;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(verify_command)

namespace {

struct copied_site : configured_site {
    tool t{*this};
    const std::string name = "hk";
    std::map<std::string, std::int64_t> ids;

    explicit copied_site(bool by_ssh_there = true) {
        std::string more;
        if (by_ssh_there) {
            use_ssh();
            more = by_ssh();
        }
        configure({archive_text(name, more)});
        for (const auto* file : {"a", "b", "c"}) ids[file] = add_to(name, remote(file), content(file));
        t.environment["SUPRSYNC_CONFIG"] = file.string();
        for (const auto& [key, value] : environment) t.environment[key] = value;
        start();
        await_all_verified();
    }
    static std::string content(const std::string& file) { return "content of " + file; }
    static std::string remote(const std::string& file) {
        return std::to_string(timecode_now()) + "/hk/" + file;
    }
    fs::path copy(const std::string& file) const { return destination / name / remote(file); }
    fs::path local(const std::string& file) const { return data / (name + "-" + file); }
    json::object verify(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"verify", name, "--json"};
        words.insert(words.end(), more.begin(), more.end());
        said = t.run(words);
        return said.out.empty() ? json::object() : said.json().as_object();
    }
    // On a terminal of its own, where somebody types this.
    std::string on_terminal(const std::string& answer, const std::vector<std::string>& words) {
        std::string program = "env";
        for (const auto& [key, value] : t.environment)
            if (!value.empty()) program += " " + key + "=" + value;
        for (const auto& word : t.command(words)) program += " " + word;
        const auto command = "echo " + answer + " | script -qec '" + program + "' /dev/null";
        const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
        shown.clear();
        for (int c = 0; (c = std::fgetc(pipe.get())) != EOF;) shown += static_cast<char>(c);
        return shown;
    }
    std::map<std::string, std::string> everything_there() const { return files_below(destination); }

    told said;
    std::string shown;
};

std::int64_t count(const json::object& report, const std::string& finding) {
    return report.at(finding).to_number<std::int64_t>();
}

}  // namespace

BOOST_AUTO_TEST_CASE(beside_the_daemon_all_is_as_it_was_verified_and_nothing_changes_there) {
    for (const bool by_ssh : {true, false}) {
        copied_site s(by_ssh);
        const auto before = s.everything_there();
        const auto report = s.verify();
        BOOST_TEST(s.said.exit == exited_with(0), s.said.err);
        BOOST_TEST(count(report, "fine") == 3);
        BOOST_TEST(report.at("finished").as_bool());
        BOOST_TEST(report.at("files").as_array().empty());
        BOOST_TEST((s.everything_there() == before));
        s.stop();
        BOOST_TEST(count(s.verify({"--rate", "1MB/s"}), "fine") == 3, s.said.err);
        BOOST_TEST(count(s.verify({"--size"}), "fine") == 3, s.said.err);
    }
}

BOOST_FIXTURE_TEST_CASE(what_vanished_or_is_another_is_told_with_its_names, copied_site) {
    fs::remove(copy("a"));
    write_file(copy("b"), "Content of b");
    write_file(copy("c"), "longer than it was when it was verified");
    const auto report = verify();
    BOOST_TEST(said.exit == exited_with(1), said.err);
    BOOST_TEST(count(report, "vanished") == 1);
    BOOST_TEST(count(report, "wrong_content") == 1);
    BOOST_TEST(count(report, "wrong_size") == 1);
    const auto& first = report.at("files").as_array().at(0).as_object();
    BOOST_TEST(first.at("id").to_number<std::int64_t>() == ids["a"]);
    BOOST_TEST(first.at("finding").as_string() == "vanished");
    BOOST_TEST(first.at("remote_path").as_string() == remote("a"));
    BOOST_TEST(first.at("is_here").as_bool());
    // The size of b is right.
    BOOST_TEST(count(verify({"--size"}), "wrong_size") == 1);
    const auto lines = t.run({"verify", name});
    BOOST_TEST(holds(lines.err, "1  vanished"), lines.err);
    BOOST_TEST(holds(lines.out, remote("b")), lines.out);
    BOOST_TEST(catalog().number("SELECT count(*) FROM supersync_v0 WHERE remote_md5sum IS NULL") == 0);
}

BOOST_FIXTURE_TEST_CASE(what_is_not_as_it_was_is_sent_again_where_it_is_here, copied_site) {
    fs::remove(copy("a"));
    write_file(copy("b"), "Content of b");
    fs::remove(copy("c"));
    fs::remove(local("c"));
    const auto refused = t.run({"verify", name, "--requeue"});
    BOOST_TEST(refused.exit == exited_with(2));
    BOOST_TEST(holds(refused.err, "say --yes"), refused.err);
    const auto report = verify({"--requeue", "--yes"});
    BOOST_TEST(said.exit == exited_with(1), said.err);
    BOOST_TEST(count(report, "sent_again") == 2);
    BOOST_TEST(count(report, "gone_here") == 1);
    // What stood there is kept.
    await_condition("content_replaced");
    await_all_verified();
    BOOST_TEST(read_file(copy("a")) == content("a"));
    BOOST_TEST(read_file(copy("b")) == content("b"));
    BOOST_TEST(catalog().row(ids["c"]).verified());
    BOOST_TEST(count(verify(), "fine") == 2);
    BOOST_TEST(count(verify({"--prefix", remote("a")}), "fine") == 1);
}

BOOST_FIXTURE_TEST_CASE(on_a_terminal_it_asks_first, copied_site) {
    fs::remove(copy("a"));
    BOOST_TEST(holds(on_terminal("n", {"verify", name, "--requeue"}), "Send 1 file again (12 B)? [y/N]"),
               shown);
    BOOST_TEST(holds(shown, "0 files are sent again"), shown);
    BOOST_TEST(catalog().row(ids["a"]).verified());
    BOOST_TEST(holds(on_terminal("y", {"verify", name, "--requeue"}), "1 file is sent again"), shown);
    wait_until("it is there again", [&] { return fs::exists(copy("a")); });
}

BOOST_FIXTURE_TEST_CASE(copies_of_files_that_are_deleted_here_are_asked_for_as_well, copied_site) {
    stop();
    catalog().execute("UPDATE supersync_v0 SET removed = 1 WHERE id = " + std::to_string(ids["a"]));
    start();
    fs::remove(copy("a"));
    const auto report = verify();
    BOOST_TEST(count(report, "vanished") == 1);
    BOOST_TEST(!report.at("files").as_array().at(0).at("is_here").as_bool());
    BOOST_TEST(count(verify({"--after", std::to_string(ids["a"])}), "vanished") == 0);
}

BOOST_FIXTURE_TEST_CASE(below_a_base_directory_that_is_another_one_it_is_refused, copied_site) {
    stop();
    fs::rename(destination / name, destination / "elsewhere");
    fs::create_directory(destination / name);
    const auto report = verify();
    BOOST_TEST(said.exit == exited_with(1));
    BOOST_TEST(!report.at("finished").as_bool());
    BOOST_TEST(count(report, "vanished") == 0);
    BOOST_TEST(holds(std::string(report.at("error").as_string()), "another directory than the one recorded"));
}

BOOST_FIXTURE_TEST_CASE(a_destination_that_is_away_is_told, copied_site) {
    stop();
    stop_sshd();
    const auto told = t.run({"verify", name});
    BOOST_TEST(told.exit == exited_with(1));
    BOOST_TEST(holds(told.err, "This is not all: "), told.err);
    BOOST_TEST(holds(told.err, "refused"), told.err);
}

BOOST_FIXTURE_TEST_CASE(wrong_usage_is_refused, copied_site) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"verify", name, "--md5", "--size"},
                                                  {"verify", name, "--timecode", "1"},
                                                  {"verify", name, "--rate", "fast"},
                                                  {"verify", name, "--yes"},
                                                  {"verify"}})
        BOOST_TEST(t.run(words).exit == exited_with(2));
    const auto unknown = t.run({"verify", "hkk"});
    BOOST_TEST(unknown.exit == exited_with(2));
    BOOST_TEST(holds(unknown.err, "did you mean 'hk'"), unknown.err);
    tool elsewhere(*this);
    const auto without = elsewhere.run({"verify", name});
    BOOST_TEST(without.exit == exited_with(2));
    BOOST_TEST(holds(without.err, "say --config FILE"), without.err);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
