// The configuration file (spec, Configuration file): what is read, and for every mistake the file, the line,
// the key and what was expected.
#include "engine/config/configuration_file.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/config/written_configuration.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(configuration_file)

namespace {

const std::string daemon_lines = "db_path: /d/x.db\nsuprsync_file_root: /d/root\n";     // lines 1 and 2
const std::string archive_lines = "archives:\n  - name: hk\n    remote_basedir: /b\n";  // 3, 4, 5
const std::string whole = daemon_lines + archive_lines;

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_example_of_the_specification_is_read, written_configuration) {
    const auto c = good(R"(instance_id: smurf-sync-srv20
db_path: /data/so/dbs/suprsync.db
suprsync_file_root: /data/so/suprsync
local_roots: [/data]
http: {listen: 127.0.0.1:8642}
archives:
  - name: timestreams
    remote_basedir: /path/to/base/dir/timestreams
    ssh_host: user@host
    ssh_key: /dev/null
    delete_local_after: 7d
    copy_timeout: 60
    cmd_timeout: 5
)");
    BOOST_TEST(c.instance_id == "smurf-sync-srv20");
    BOOST_TEST(c.db_path == "/data/so/dbs/suprsync.db");
    BOOST_TEST(c.http_listen == std::vector<std::string>{"127.0.0.1:8642"}, boost::test_tools::per_element());
    BOOST_REQUIRE(c.archives.size() == 1U);
    const auto& a = c.archives[0];
    BOOST_TEST(a.name == "timestreams");
    BOOST_TEST(a.destination() == "user@host:/path/to/base/dir/timestreams");
    BOOST_TEST(a.ssh_key.value_or("") == "/dev/null");
    BOOST_TEST(a.delete_local_after.value_or(0) == 604800);
    BOOST_TEST(a.copy_timeout.value_or(0) == 60);
    BOOST_TEST(a.cmd_timeout.value_or(0) == 5);
    BOOST_TEST(a.instance_id == "smurf-sync-srv20");
    BOOST_TEST(a.suprsync_file_root == "/data/so/suprsync");
    BOOST_TEST(a.local_roots == std::vector<std::string>{"/data"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(archives_have_keys_of_their_own, written_configuration) {
    const auto c = good(daemon_lines + R"(local_roots: [/data]
archives:
  - {name: a, remote_basedir: /b/a, compression: yes, concurrency: 2, recheck_remote: md5, verify_from: disk}
  - name: b
    remote_basedir: /b/b
    instance_id: other
    suprsync_file_root: /other/root
    local_roots: [/x, /y]
    sleep_time: 2h
    files_per_batch: "7"
  - name: "17"
    remote_basedir: /b/c
)");
    BOOST_REQUIRE(c.archives.size() == 3U);
    BOOST_TEST(c.archives[0].compression);
    BOOST_TEST((c.archives[0].concurrency == 2U));
    BOOST_TEST((c.archives[0].recheck_remote == recheck_kind::md5));
    BOOST_TEST((c.archives[0].verify_from == verify_kind::disk));
    BOOST_TEST(c.archives[0].instance_id == "host-name");
    BOOST_TEST(c.archives[1].instance_id == "other");
    BOOST_TEST(c.archives[1].suprsync_file_root == "/other/root");
    BOOST_TEST(c.archives[1].local_roots.size() == 2U);
    BOOST_TEST(c.archives[1].sleep_time == 7200);
    BOOST_TEST((c.archives[1].files_per_batch == 7U));
    BOOST_TEST(c.archives[2].name == "17");
    BOOST_TEST(c.archives[2].local_roots.size() == 1U);
    BOOST_TEST(c.archives[2].suprsync_file_root == "/d/root");
    BOOST_TEST(c.http_listen.empty());
}

BOOST_FIXTURE_TEST_CASE(what_listens_is_one_address_or_a_list, written_configuration) {
    const std::vector<std::string> two{"unix:/run/x", "127.0.0.1:1"};
    const auto c = good(whole + "http: {listen: [unix:/run/x, 127.0.0.1:1], socket_mode: 0600}\n");
    BOOST_TEST(c.http_listen == two, boost::test_tools::per_element());
    BOOST_TEST(c.http_socket_mode == 0600U);
    for (const std::string wrong : {"listen: []", "listen: {}", "listen: [[a]]", "socket_mode: 0999",
                                    "socket_mode: rw", "socket_mode: 01777", "socket_mode: 7"})
        BOOST_TEST(!read(whole + "http: {" + wrong + "}\n").has_value(), wrong);
    BOOST_TEST(read(whole + "http: {listen: []}\n").error().detail ==
               "expected one text or more, got an empty list");
    // Other lists are lists.
    BOOST_TEST(!read(whole + "local_roots: /data\n").has_value());
}

BOOST_FIXTURE_TEST_CASE(keys_of_the_agent_without_effect_are_noticed, written_configuration) {
    const auto r = read(whole + "db_pool_size: 5\n");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->warnings.empty());
    BOOST_REQUIRE(r->notices.size() == 1U);
    BOOST_TEST((r->notices[0].find(file + ":6: db_pool_size has no effect") == 0), r->notices[0]);
}

BOOST_FIXTURE_TEST_CASE(unknown_keys_are_refused, written_configuration) {
    const auto r = read(whole + "nonsense: 1\n");
    BOOST_REQUIRE(!r.has_value());
    BOOST_TEST(r.error().subject == file + ":6: nonsense");
    for (const char* known : {"there is no such key; expected one of", "db_path", "archives", "http"})
        BOOST_TEST((r.error().detail.find(known) != std::string::npos), r.error().detail);
    const auto in_archive = read(whole + "    nonsense: 1\n");
    BOOST_REQUIRE(!in_archive.has_value());
    BOOST_TEST(in_archive.error().subject == file + ":6: archives[0].nonsense");
    BOOST_TEST((in_archive.error().detail.find("remote_basedir") != std::string::npos));
    refused(
        whole + "http:\n  listen: off\n  nonsense: 1\n",
        "8: http.nonsense: there is no such key; expected one of listen, socket_mode, socket_group, token_file, tls_certificate, tls_key, host_names, access");
    // A key of a section is in its section only: beside it, it would go unseen that it stands twice.
    const auto dotted = read(whole + "http.listen: off\nhttp: {listen: off}\n");
    BOOST_REQUIRE(!dotted.has_value());
    BOOST_TEST((dotted.error().text().find(":6: http.listen: there is no such key") != std::string::npos));
    // A quote without an end would swallow every key that follows.
    for (const char* quote : {"\"", "'"}) {
        const auto open = read(whole + "instance_id: " + quote + "x\nlocal_roots: [/data]\n");
        BOOST_REQUIRE(!open.has_value());
        BOOST_TEST(
            (open.error().text().find(":6: the quote that begins here has no end") != std::string::npos),
            open.error().text());
    }
    for (const char* fine : {"instance_id: \"x y\"", "instance_id: 'it''s'", "instance_id: x # don't",
                             "instance_id: \"x\"\n...", "instance_id: \"x\n  y\"", "instance_id: 'x\n  y'",
                             "instance_id: \"x\\\n  y\"", "local_roots: [\"/a\n  b\",\n '/c']"})
        BOOST_TEST(read(whole + fine + "\n").has_value(), fine);
    BOOST_TEST(good(whole + "instance_id: \"x\n  y\"").instance_id == "x y");
    for (const char* open :
         {"instance_id: \"x", "instance_id: \"x\\\n", "instance_id: \"x\n# y\n", "local_roots: [\"/data\n",
          "local_roots: [\"/data, \"/b\"]\n", "http: {listen: 'off\n}\n", "instance_id: \"x\n...\n",
          "instance_id: \"x\nlog_level: \"info\"\n"})
        BOOST_TEST(!read(whole + open).has_value(), open);
    // As an option is written, and as another place has it.
    BOOST_TEST(!read(whole + "instance-id: x\n").has_value());
    refused(whole + "copy_timeout: 5\n",
            "6: copy_timeout: the key does not belong here: it belongs to an entry of archives");
    refused(
        whole + "    db_path: /x\n",
        "6: archives[0].db_path: the key does not belong here: it is a key of the whole daemon, beside archives");
}

BOOST_FIXTURE_TEST_CASE(keys_that_stand_twice_are_refused, written_configuration) {
    refused(whole + "db_path: /d/y.db\n",
            "6: db_path: the key stands here for the second time: expected it once");
    refused(whole + "    name: hk\n", "6: name: the key stands here for the second time: expected it once");
    refused(whole + "http:\n  listen: off\n  listen: off\n",
            "8: listen: the key stands here for the second time: expected it once");
}

BOOST_FIXTURE_TEST_CASE(wrong_types_and_values_are_refused, written_configuration) {
    const std::string time = "expected a time such as 90, 90s, 15m, 2h or 7d, got ";
    refused(whole + "    copy_timeout: soon\n", "6: archives[0].copy_timeout: " + time + "'soon'");
    refused(whole + "    copy_timeout: [60]\n", "6: archives[0].copy_timeout: " + time + "a list");
    refused(whole + "    copy_timeout: {s: 60}\n", "6: archives[0].copy_timeout: " + time + "a mapping");
    refused(whole + "    copy_timeout:\n",
            "6: archives[0].copy_timeout: " + time + "nothing: leave the key out for its default");
    refused(whole + "    copy_timeout: -5\n", "6: archives[0].copy_timeout: " + time + "'-5'");
    refused(whole + "    stall_timeout: 0\n",
            "6: archives[0].stall_timeout: expected a number of seconds above 0, got 0");
    refused(whole + "    max_copy_attempts: 2.5\n",
            "6: archives[0].max_copy_attempts: expected a whole number from 0 to 2147483647, got '2.5'");
    refused(whole + "    max_copy_attempts: -1\n",
            "6: archives[0].max_copy_attempts: expected a whole number from 0 to 2147483647, got '-1'");
    refused(whole + "    concurrency: 65\n",
            "6: archives[0].concurrency: expected a whole number from 1 to 64, or auto, got '65'");
    refused(whole + "    compression: 1\n", "6: archives[0].compression: expected true or false, got '1'");
    refused(whole + "    verify_from: memory\n",
            "6: archives[0].verify_from: expected one of cache, disk, got 'memory'");
    refused(whole + "    recheck_remote: sometimes\n",
            "6: archives[0].recheck_remote: expected one of size, md5, off, got 'sometimes'");
    refused(whole + "log_format: xml\n", "6: log_format: expected one of text, json, got 'xml'");
    refused(whole + "db_echo: [true]\n", "6: db_echo: expected true or false, got a list");
    refused(whole + "local_roots: /data\n", "6: local_roots: expected a list of texts, got '/data'");
    refused(whole + "local_roots:\n  - /data\n  - [/x]\n",
            "8: local_roots: expected a list of texts, got a list in it");
    refused(whole + "local_roots: [/data, data]\n", "6: local_roots: expected an absolute path, got 'data'");
    refused(
        whole + "http: 127.0.0.1:8642\n",
        "6: http: expected a mapping of listen, socket_mode, socket_group, token_file, tls_certificate, tls_key, host_names, access, got '127.0.0.1:8642'");
    refused(daemon_lines + "archives: hk\n",
            "3: archives: expected a list with at least one archive, got 'hk'");
    refused(daemon_lines + "archives: {name: hk}\n",
            "3: archives: expected a list with at least one archive, got a mapping");
    refused(daemon_lines + "archives: []\n",
            "3: archives: expected a list with at least one archive, got an empty one");
    refused(daemon_lines + "archives:\n  - hk\n",
            "4: archives[0]: expected a mapping of an archive's keys (name, remote_basedir, ...), got 'hk'");
    refused(whole + "? [a, b]\n: 1\n", "6: expected a key, got a list");
}

BOOST_FIXTURE_TEST_CASE(values_that_contradict_are_refused, written_configuration) {
    refused(whole + "    ssh_key: /dev/null\n",
            "6: archives[0].ssh_key: it has no meaning without --ssh-host: copies are local");
    refused("db_path: x.db\nsuprsync_file_root: /d/root\n" + archive_lines,
            "1: db_path: expected an absolute path, got 'x.db'");
    refused("db_path: /x.db\nsuprsync_file_root: root\n" + archive_lines,
            "2: suprsync_file_root: expected an absolute path, got 'root'");
    refused(whole + "  - name: a/b\n    remote_basedir: /c\n",
            "6: archives[1].name: 'a/b' becomes part of paths and cannot hold '/' or NUL");
    refused(
        whole + "  - name: hk\n    remote_basedir: /c\n",
        "6: archives[1].name: archive 'hk' is configured twice: expected a name of its own for each archive; it stands at " +
            file + ":4: archives[0].name");
    refused(
        whole + "    remote_staging_dir: /b/x\n",
        "6: archives[0].remote_staging_dir: '/b/x' lies inside the base directory '/b', where nothing but files under their final names may appear: choose a directory beside it");
    refused(
        whole + "  - name: in\n    remote_basedir: /b/in\n",
        "7: archives[1].remote_basedir: the base directory of archive 'in', /b/in, lies inside that of 'hk', /b: what one of them delivered, the other could replace. Choose a directory outside it, or the same one (/b) and remote paths that begin with what is below it");
}

BOOST_FIXTURE_TEST_CASE(required_keys_are_required, written_configuration) {
    const std::string required = "it is required and must not be empty";
    refused("suprsync_file_root: /r\n" + archive_lines, "1: db_path: " + required);
    refused("db_path: /x.db\n" + archive_lines, "3: archives[0].suprsync_file_root: " + required);
    refused(daemon_lines, "1: archives: it is required: no archive to serve");
    refused(daemon_lines + "archives:\n  - remote_basedir: /b\n", "4: archives[0].name: " + required);
    refused(whole + "  - name: b\n    ssh_host: u@h\n", "6: archives[1].remote_basedir: " + required);
    refused("db_path: \"\"\nsuprsync_file_root: /r\n" + archive_lines, "1: db_path: " + required);
}

BOOST_FIXTURE_TEST_CASE(of_a_value_of_any_length_the_beginning_is_told, written_configuration) {
    const std::string word(1 << 20, 'w');
    for (const auto& text :
         {whole + word + ": 1\n", whole + "    " + word + ": 1\n", whole + "    concurrency: " + word + "\n",
          whole + "    compression: " + word + "\n", whole + "log_format: " + word + "\n",
          whole + "local_roots: " + word + "\n", whole + "local_roots: [" + word + "]\n",
          whole + "http: " + word + "\n", whole + "http: {" + word + ": 1}\n",
          daemon_lines + "archives: " + word, daemon_lines + "archives: [" + word + "]\n",
          whole + "include: [" + word + "/]\n", word}) {
        const auto r = read(text);
        BOOST_REQUIRE(!r.has_value());
        BOOST_TEST(r.error().text().size() < 2000U, r.error().text().substr(0, 200));
    }
}

BOOST_FIXTURE_TEST_CASE(files_that_are_no_configuration_are_refused, written_configuration) {
    refused("", "1: the file is empty: expected a mapping of keys to values");
    refused("# nothing\n", "1: the file is empty: expected a mapping of keys to values");
    refused("- a\n- b\n", "1: expected a mapping of keys to values, got a list");
    refused("just words\n", "1: expected a mapping of keys to values, got 'just words'");
    refused(whole + "---\na: b\n", "6: expected one document, a second one begins here");
    for (const char* bad : {"a: [1\nb: 2\n", "\tx: y\n", "a: *nobody\n"}) {
        const auto r = read(bad);
        BOOST_REQUIRE_MESSAGE(!r.has_value(), bad);
        BOOST_TEST((r.error().code == failure_code::invalid));
        BOOST_TEST((r.error().subject.find(file + ":") == 0), r.error().text());
        BOOST_TEST((r.error().detail.find("this is not YAML") == 0), r.error().text());
    }
    configuration_layers none;
    const auto missing = read_configuration_file((scratch / "missing").string(), none);
    BOOST_REQUIRE(!missing.has_value());
    BOOST_TEST((missing.error().code == failure_code::not_found));
    BOOST_TEST((missing.error().text().find((scratch / "missing").string()) != std::string::npos));
    const auto directory = read_configuration_file(scratch.path().string(), none);
    BOOST_REQUIRE(!directory.has_value());
    BOOST_TEST((directory.error().text().find("irectory") != std::string::npos), directory.error().text());
}

BOOST_AUTO_TEST_SUITE_END()
