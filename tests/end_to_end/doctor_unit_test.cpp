// `suprsync doctor --unit`: what the drop-in for the installed unit says, for several configurations.
#include <unistd.h>

#include <boost/algorithm/string/replace.hpp>
#include <boost/test/unit_test.hpp>
#include <regex>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/tool.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(doctor_unit)

namespace {

// A catalog, data and a destination in directories of their own.
struct unit_site : configured_site {
    unit_site() {
        for (const auto* name : {"db", "made", "srv"}) fs::create_directory(scratch / name);
    }
    void configure_with(const std::string& archive, const std::string& head = "") {
        write_file(file, head + "db_path: " + (scratch / "db/catalog").string() + "\nsuprsync_file_root: " +
                             (scratch / "made").string() + "\narchives:\n  - name: hk\n    remote_basedir: " +
                             (scratch / "srv/base").string() + "\n" + archive);
    }
    told print(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"doctor", "--unit", "--config", file.string()};
        words.insert(words.end(), more.begin(), more.end());
        tool doctor(*this);
        doctor.environment["SUPRSYNC_DB"] = "";  // it would win over the file
        return doctor.run(words);
    }
    std::string path(const std::string& name) const {
        return "ReadWritePaths=\"-" + (scratch / name).string() + "\"\n";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_destination_on_this_machine_is_writable_with_its_staging, unit_site) {
    configure_with("");
    const auto said = print({"--user", "root"});
    BOOST_TEST(said.exit == exited_with(0), said.err);
    for (const auto* name : {"db", "made", "srv"}) BOOST_TEST(holds(said.out, path(name)), said.out);
    BOOST_TEST(!holds(said.out, "known_hosts"));
    BOOST_TEST(!holds(said.out, path("data")));
    BOOST_TEST(holds(said.out, "\nProtectSystem=strict\n"));
    BOOST_TEST(holds(said.out, "\nEnvironment=\"SUPRSYNC_CONFIG=" + file.string() + "\"\n"), said.out);
    BOOST_TEST(said.err == "");
    // Nothing is made or changed.
    BOOST_TEST(!fs::exists(scratch / "db/catalog"));
    BOOST_TEST(!fs::exists(scratch / "srv/base"));
}

BOOST_FIXTURE_TEST_CASE(of_links_the_places_that_they_lead_to_are_meant, unit_site) {
    fs::create_directory(scratch / "disk");
    fs::create_directory(scratch / "disk/base");
    fs::create_symlink(scratch / "disk/base", scratch / "srv/base");
    configure_with("");
    const auto said = print();
    BOOST_TEST(holds(said.out, path("disk")), said.out);
    BOOST_TEST(!holds(said.out, path("srv")), said.out);
}

BOOST_FIXTURE_TEST_CASE(by_ssh_only_host_keys_are_written, unit_site) {
    configure_with("    ssh_host: nobody@[::1]\n");
    const auto said = print({"--user", "nobody"});
    BOOST_TEST(said.exit == exited_with(0), said.err);
    BOOST_TEST(holds(said.out, "\nUser=nobody\nGroup=nogroup\n"), said.out);
    BOOST_TEST(holds(said.out, "ReadWritePaths=\"-/nonexistent/.ssh/known_hosts\"\n"), said.out);
    BOOST_TEST(!holds(said.out, path("srv")), said.out);
}

BOOST_FIXTURE_TEST_CASE(what_is_deleted_is_writable, unit_site) {
    configure_with("    delete_local_after: 7d\n    local_roots: [" + data.string() + "]\n");
    auto said = print();
    BOOST_TEST(holds(said.out, path("data")), said.out);
    BOOST_TEST(holds(said.out, "\nProtectSystem=strict\n"), said.out);
    // Without roots it may lie anywhere.
    configure_with("    delete_local_after: 7d\n");
    said = print();
    BOOST_TEST(said.exit == exited_with(0), said.err);
    BOOST_TEST(holds(said.out, "\nProtectSystem=full\n"), said.out);
    BOOST_TEST(!holds(said.out, "strict"), said.out);
}

BOOST_FIXTURE_TEST_CASE(odd_names_are_escaped_and_impossible_ones_refused, unit_site) {
    fs::create_directory(scratch / "100% \"db\"");
    configure_with("");
    auto text = read_file(file);
    boost::replace_all(text, (scratch / "db/catalog").string(),
                       "'" + (scratch / "100% \"db\"/x").string() + "'");
    write_file(file, text);
    auto said = print();
    BOOST_TEST(holds(said.out, "ReadWritePaths=\"-" + (scratch / "100%% \\\"db\\\"").string() + "\"\n"),
               said.out);
    boost::replace_all(text, "'" + (scratch / "100% \"db\"/x").string() + "'",
                       "\"" + (scratch / "two\\nlines/x").string() + "\"");
    write_file(file, text);
    said = print();
    BOOST_TEST(said.exit == exited_with(2));
    BOOST_TEST(said.out == "");
    BOOST_TEST(holds(said.err, "systemd takes no control characters"), said.err);
}

BOOST_FIXTURE_TEST_CASE(what_is_missing_is_to_be_made, unit_site) {
    fs::remove(scratch / "made");
    configure_with("");
    const auto said = print({"--user", "nobody", "--group", "nogroup"});
    BOOST_TEST(said.exit == exited_with(0));
    BOOST_TEST(holds(said.err, "install -d -o nobody -g nogroup " + (scratch / "made").string()), said.err);
    BOOST_TEST(holds(said.out, path("made")), said.out);
}

BOOST_FIXTURE_TEST_CASE(a_command_that_is_told_is_one_for_a_shell, unit_site) {
    configure_with("");
    auto text = read_file(file);
    boost::replace_all(text, (scratch / "made").string(), "'" + (scratch / "two words").string() + "'");
    write_file(file, text);
    const auto said = print({"--user", "root", "--group", "bin"});
    BOOST_TEST(holds(said.err, "install -d -o root -g bin '" + (scratch / "two words").string() + "'"),
               said.err);
}

BOOST_FIXTURE_TEST_CASE(what_the_account_may_not_use_is_told, unit_site, *only_root_can("look as another")) {
    fs::permissions(scratch.path(), fs::perms(0755));
    configure_with("");
    fs::permissions(file, fs::perms(0600));
    auto said = print({"--user", "nobody"});
    BOOST_TEST(said.exit == exited_with(0));
    BOOST_TEST(holds(said.err, "nobody may not write into " + (scratch / "db").string()), said.err);
    BOOST_TEST(holds(said.err, "nobody may not write into " + (scratch / "made").string()), said.err);
    BOOST_TEST(holds(said.err, "nobody may not read " + file.string()), said.err);
    // By the group of the service, too.
    for (const auto* name : {"db", "made"}) {
        BOOST_REQUIRE(chown((scratch / name).c_str(), 0, 2) == 0);
        fs::permissions(scratch / name, fs::perms(0775));
    }
    fs::permissions(file, fs::perms(0644));
    said = print({"--user", "nobody", "--group", "bin"});
    BOOST_TEST(said.err == "");
}

BOOST_FIXTURE_TEST_CASE(the_account_is_the_owner_of_the_key_or_of_the_data, unit_site,
                        *only_root_can("give files away")) {
    configure_with("");
    BOOST_TEST(!holds(print().out, "User="));
    // root's directories tell nothing; the catalog's is another one's.
    BOOST_REQUIRE(chown((scratch / "db").c_str(), 65534, 65534) == 0);
    BOOST_TEST(holds(print().out, "\nUser=nobody\nGroup=nogroup\n"));
    BOOST_REQUIRE(chown(data.c_str(), 1, 2) == 0);
    configure_with("    local_roots: [" + data.string() + "]\n");
    BOOST_TEST(holds(print().out, "\nUser=daemon\nGroup=bin\n"), print().out);
    write_file(scratch / "key", "no key");
    BOOST_REQUIRE(chown((scratch / "key").c_str(), 65534, 65534) == 0);
    configure_with("    local_roots: [" + data.string() +
                   "]\n    ssh_host: a@[::1]\n    ssh_key: " + (scratch / "key").string() + "\n");
    BOOST_TEST(holds(print().out, "\nUser=nobody\n"), print().out);
    BOOST_TEST(holds(print({"--user", "daemon"}).out, "\nUser=daemon\nGroup=bin\n"));
    BOOST_TEST(holds(print({"--user=daemon", "--group=tty"}).out, "\nUser=daemon\nGroup=tty\n"));
}

BOOST_FIXTURE_TEST_CASE(whoever_asks_is_the_account_where_it_is_not_root, unit_site,
                        *only_root_can("become another user")) {
    configure_with("");
    run_without_root();
    std::vector<std::string> words;
    for (const auto& word : command()) {
        if (word == "run") break;
        words.push_back(word);
    }
    words.insert(words.end(), {"doctor", "--unit", "--config", file.string()});
    daemon_process doctor(words, environment, scratch / "said");
    BOOST_TEST(doctor.wait() == exited_with(0));
    BOOST_TEST(holds(doctor.log(), "\nUser=nobody\nGroup=nogroup\n"), doctor.log());
}

BOOST_FIXTURE_TEST_CASE(what_makes_no_sense_is_refused, unit_site) {
    configure_with("");
    for (const auto& words : std::vector<std::vector<std::string>>{{"--user", "no-such-account"},
                                                                   {"--group", "no-such-group"},
                                                                   {"--json"},
                                                                   {"--rebuild-side-tables"},
                                                                   {"--user"}}) {
        const auto said = print(words);
        BOOST_TEST(said.exit == exited_with(2), words.front() << ": " << said.err);
        BOOST_TEST(said.out == "");
    }
    const auto said = tool(*this).run({"doctor", "--user", "nobody", "--config", file.string()});
    BOOST_TEST(said.exit == exited_with(2));
    BOOST_TEST(holds(said.err, "--user and --group go with --unit"), said.err);
}

// conf/data-owner.conf is what is written for the configuration that stands in it.
BOOST_FIXTURE_TEST_CASE(the_example_is_what_it_writes, unit_site) {
    const auto example = read_file(tool::source_directory() / "conf/data-owner.conf");
    static const std::regex line("#   ([^\n]*\n)");
    std::string configuration;
    for (std::sregex_iterator place(example.begin(), example.end(), line), none; place != none; ++place)
        configuration += (*place)[1];
    // There is no such key here.
    write_file(scratch / "key", "");
    boost::replace_all(configuration, "/home/cryo/.ssh/id_ed25519", (scratch / "key").string());
    write_file(file, configuration);
    auto made = print({"--user", "nobody", "--group", "nogroup"}).out;
    made = made.substr(std::min(made.find("[Service]"), made.size()));
    made = std::regex_replace(made, std::regex("Environment=[^\n]*\n|MemoryHigh=[^\n]*\n"), "");
    boost::replace_all(made, "nobody", "cryo");
    boost::replace_all(made, "nogroup", "smurf");
    boost::replace_all(made, "/nonexistent", "/home/cryo");
    // Where the site's own file lies in /tmp.
    boost::replace_all(made, "# Something of this configuration lies in /tmp or /var/tmp.\nPrivateTmp=no",
                       "PrivateTmp=yes");
    const auto expected =
        std::regex_replace(example.substr(example.find("[Service]")), std::regex("MemoryHigh=[^\n]*\n"), "");
    BOOST_TEST(made == expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
