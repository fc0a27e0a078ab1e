// Whatever is wrong with a configuration, wherever it is written, is told at once (spec, Configuration file):
// the exact lists, each mistake with file, line, key, what is wrong and what was meant.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/end_to_end/configured_site.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(all_mistakes)

namespace {

using texts = std::vector<std::string>;

struct mistaken_site : configured_site {
    /// What `suprsync run` tells with these words alone, a mistake a line: without its frame, the directory
    /// of the test, and the lists of all that there is.
    texts told(const texts& words, const std::map<std::string, std::string>& more = {}) {
        texts arguments{command().front(), "run"};
        arguments.insert(arguments.end(), words.begin(), words.end());
        auto with = environment;
        for (const auto& [name, value] : more) with[name] = value;
        fs::remove(scratch / "said");
        daemon_process program(arguments, with, scratch / "said");
        BOOST_TEST(program.wait() == exited_with(2), program.log());
        auto lines = lines_of(program.log());
        BOOST_REQUIRE(!lines.empty());
        BOOST_TEST(lines.back() == "See suprsync run --help");
        lines.pop_back();
        return lines;
    }
    texts lines_of(std::string text) const {
        const auto directory = scratch.path().string() + "/";
        for (auto at = text.find(directory); at != std::string::npos; at = text.find(directory))
            text.erase(at, directory.size());
        texts lines;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) {
            for (const std::string frame : {"suprsync run: ", "cannot use "})
                if (line.starts_with(frame)) line.erase(0, frame.size());
            lines.push_back(line.substr(0, line.find("; expected one of ")));
        }
        return lines;
    }
};

const std::string mistaken_file = R"(db_path: relative.db
db_path: 5
suprsync_file_root: /d/root
log_level: inf
local_roots: [data, [/x], {a: b}, other]
instance-id: x
copy_timeout: 5
http_listen: off
? [a, b]
: 1
http:
  listen: [nonsense, "0.0.0.0:1", "unix:x", off, "127.0.0.1:1", "127.0.0.1:1"]
  socket_group: no-such-group
  socket_mode: 0999
  tls_certificate: /nowhere/certificate
  tls_key: /nowhere/key
  host_names: [a b]
  nonsense: 1
include: [conf.d/*.yaml, missing.yaml, {a: b}]
archives:
  - hk
  - remote_basedir: /b
  - name: hk
    remote_basedir: /b/in
    ssh_hots: u@h
    ssh_key: /y
    copy_timeout: soon
    copy_timeout: later
    compression: [1]
  - name: hk
    remote_basedr: /c
    remote_staging_dir: x
    db_path: /x
  - name: a/b
    concurrency: 99
    verify_from: dsk
---
second: 1
)";

const texts mistakes_of_words{"--no-such: there is no such option",
                              "--cmd-timeut: there is no such option (did you mean '--cmd-timeout'?)",
                              "--once: it takes no value, got '5'",
                              "--ssh: it may be --ssh-host or --ssh-key: say which",
                              "--sleep-time: expected a value, the option --db-echo follows",
                              "--bwlimit: expected a value, nothing follows",
                              "SUPRSYNC_CHECK_CONFIG: expected true or false, got 'maybe'",
                              "the command line: unexpected argument 'stray': options begin with --",
                              "--site-file: it cannot be had together with --config"};

const texts mistakes_of_file{
    "x.yaml:37: expected one document, a second one begins here",
    "x.yaml:2: db_path: the key stands here for the second time: expected it once",
    "x.yaml:9: expected a key, got a list",
    "x.yaml:28: copy_timeout: the key stands here for the second time: expected it once",
    "x.yaml:5: local_roots: expected a list of texts, got a list in it",
    "x.yaml:5: local_roots: expected a list of texts, got a mapping in it",
    "x.yaml:6: instance-id: there is no such key (did you mean 'instance_id'?)",
    "x.yaml:7: copy_timeout: the key does not belong here: it belongs to an entry of archives",
    "x.yaml:8: http_listen: the key does not belong here: it is listen in the section http",
    "x.yaml:18: http.nonsense: there is no such key",
    "x.yaml:19: include: expected a file, a pattern such as conf.d/*.yaml, or a list of them, got a mapping in it",
    "x.yaml:21: archives[0]: expected a mapping of an archive's keys (name, remote_basedir, ...), got 'hk'",
    "x.yaml:25: archives[2].ssh_hots: there is no such key (did you mean 'ssh_host'?)",
    "x.yaml:29: archives[2].compression: expected true or false, got a list",
    "x.yaml:31: archives[3].remote_basedr: there is no such key (did you mean 'remote_basedir'?)",
    "x.yaml:33: archives[3].db_path: the key does not belong here: it is a key of the whole daemon, beside archives",
    "conf.d/a.yaml:3: log_format: expected archives only in an included file: it belongs to the file that includes it",
    "conf.d/b.yaml:2: this is not YAML: end of sequence flow not found (column 1)",
    "cannot read missing.yaml: No such file or directory: x.yaml:19 includes it",
    "x.yaml:4: log_level: expected one of trace, debug, info, warn, warning, error, critical, off, none, got 'inf' (did you mean 'info'?)",
    "x.yaml:14: http.socket_mode: expected permissions in octal, such as 0660, got '0999'",
    "x.yaml:28: archives[2].copy_timeout: expected a time such as 90, 90s, 15m, 2h or 7d, got 'later'",
    "x.yaml:35: archives[4].concurrency: expected a whole number from 1 to 64, or auto, got '99'",
    "x.yaml:36: archives[4].verify_from: expected one of cache, disk, got 'dsk' (did you mean 'disk'?)",
    "x.yaml:27: archives[2].copy_timeout: expected a time such as 90, 90s, 15m, 2h or 7d, got 'soon'",
    "x.yaml:2: db_path: expected an absolute path, got '5'",
    "x.yaml:22: archives[1].name: it is required and must not be empty",
    "x.yaml:32: archives[3].remote_staging_dir: expected an absolute path, got 'x'",
    "x.yaml:30: archives[3].name: archive 'hk' is configured twice: expected a name of its own for each archive; it stands at x.yaml:23: archives[2].name",
    "x.yaml:34: archives[4].name: 'a/b' becomes part of paths and cannot hold '/' or NUL",
    "x.yaml:34: archives[4].remote_basedir: it is required and must not be empty",
    "conf.d/a.yaml:2: archives[0].chmod: expected modes as rsync knows them (g+rwX,o+rX or D2775,F664), got 'banana'",
    "x.yaml:24: archives[2].remote_basedir: the base directory of archive 'hk', /b/in, lies inside that of '', /b: what one of them delivered, the other could replace. Choose a directory outside it, or the same one (/b) and remote paths that begin with what is below it",
    "x.yaml:12: http.listen: the port is missing; expected ADDRESS:PORT (127.0.0.1:8642 or [::1]:8642), unix:PATH or off",
    "x.yaml:12: http.listen: others can reach 0.0.0.0:1: set a token (--http-token-file), or listen on 127.0.0.1, [::1] or unix:PATH",
    "x.yaml:12: http.listen: expected an absolute path after unix:, got 'x'",
    "x.yaml:12: http.listen: off stands alone: leave it out, or the other addresses",
    "x.yaml:12: http.listen: 127.0.0.1:1 is given twice",
    "x.yaml:17: http.host_names: expected a host name or an IP address, without a port, got 'a b'",
    "x.yaml:15: http.tls_certificate: cannot use http.tls_certificate '/nowhere/certificate': No such file or directory; expected a readable PEM file with the certificate and its chain",
    "x.yaml:16: http.tls_key: cannot use http.tls_key '/nowhere/key': No such file or directory; expected a readable PEM file without a passphrase with the certificate's key",
    "x.yaml:13: http.socket_group: there is no group 'no-such-group' on this machine"};

const std::string mistaken_site_file = R"(hosts:
  other: {}
  other: {}
  srv20:
    agent-instances:
      - nothing
      - {agent-class: SupRsync, arguments: [{a: b}]}
      - agent-class: SupRsync
        instance-id: one
        arguments: [--archive-name, a, --remote-basedr, /b, --cmd-timeout, soon, stray, --config, x,
                    --concurrency, --db-path, relative, --suprsync-file-root, /r, [--chmod, {c: d}]]
      - agent-class: SupRsync
        instance-id: one
        arguments: --archive-name a
      - agent-class: SupRsync
        instance-id: two
        arguments: [--archive-name, a, --suprsync-file-root, /r, --db-path, /y, --log-level, inf]
)";

const texts mistakes_of_site_file{
    "s.yaml:3: other: the key stands here for the second time: expected it once",
    "s.yaml:6: hosts.srv20.agent-instances[0]: expected a mapping of agent-class, instance-id and arguments, got 'nothing'",
    "s.yaml:7: hosts.srv20.agent-instances[1].arguments: expected words, or lists of words, got a mapping among them",
    "s.yaml:7: hosts.srv20.agent-instances[1].instance-id: expected the name of this instance, got nothing",
    "s.yaml:11: hosts.srv20.agent-instances[2].arguments: expected words, or lists of words, got a mapping among them",
    "s.yaml:14: hosts.srv20.agent-instances[3].arguments: expected a list of words, or of lists of words, got '--archive-name a'",
    "s.yaml:12: hosts.srv20.agent-instances[3].instance-id: expected an id of its own, got 'one', which stands at s.yaml:8 already",
    "s.yaml:10: one: --remote-basedr: there is no such option (did you mean '--remote-basedir'?)",
    "s.yaml:11: one: --concurrency: expected a value, the option --db-path follows",
    "s.yaml:11: one: --chmod: expected a value, nothing follows",
    "s.yaml:10: one: --config: it belongs on the command line of the daemon: take it out",
    "s.yaml:10: one: arguments: expected an option (--NAME), got 'stray'",
    "s.yaml:17: two: --db-path: expected 'relative', as at s.yaml:11: one: --db-path, got '/y': all entries run in one daemon; choose one with --instance-id to run them apart",
    "s.yaml:17: two: --log-level: expected one of trace, debug, info, warn, warning, error, critical, off, none, got 'inf' (did you mean 'info'?)",
    "s.yaml:10: one: --cmd-timeout: expected a time such as 90, 90s, 15m, 2h or 7d, got 'soon'",
    "s.yaml:11: one: --db-path: expected an absolute path, got 'relative'",
    "s.yaml:15: two: --remote-basedir: it is required and must not be empty",
    "s.yaml:17: two: --archive-name: archive 'a' is configured twice: expected a name of its own for each archive; it stands at s.yaml:10: one: --archive-name"};

}  // namespace

BOOST_FIXTURE_TEST_CASE(of_words_environment_file_and_included_files_are_told_at_once, mistaken_site) {
    write_file(scratch / "x.yaml", mistaken_file);
    write_file(scratch / "conf.d/a.yaml",
               "archives:\n  - {name: inc, remote_basedir: /c, chmod: banana}\nlog_format: xml\n");
    write_file(scratch / "conf.d/b.yaml", "a: [1\n");
    auto all = mistakes_of_words;
    all.insert(all.end(), mistakes_of_file.begin(), mistakes_of_file.end());
    const auto file_given = (scratch / "x.yaml").string();
    BOOST_TEST(told({"--config", file_given, "--site-file", "y", "stray", "--no-such", "value",
                     "--cmd-timeut=5", "--once=5", "--ssh", "x", "--sleep-time", "--db-echo", "--bwlimit"},
                    {{"SUPRSYNC_CHECK_CONFIG", "maybe"}}) == all,
               boost::test_tools::per_element());
    BOOST_TEST(told({"--config", file_given}) == mistakes_of_file, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(of_a_site_file_are_told_at_once, mistaken_site) {
    write_file(scratch / "s.yaml", mistaken_site_file);
    BOOST_TEST(
        told({"--site-file", (scratch / "s.yaml").string(), "--site-host", "srv20"}) == mistakes_of_site_file,
        boost::test_tools::per_element());
}

// What is missing follows from none of these, and is not told.
BOOST_FIXTURE_TEST_CASE(of_a_file_that_cannot_be_read_nothing_is_said_to_be_missing, mistaken_site) {
    write_file(scratch / "x.yaml", "a: [1\n");
    const texts unread{"--no-such: there is no such option",
                       "x.yaml:2: this is not YAML: end of sequence flow not found (column 1)",
                       "--concurrency: expected a whole number from 1 to 64, or auto, got '0'"};
    BOOST_TEST(told({"--config", (scratch / "x.yaml").string(), "--no-such", "--concurrency", "0"}) == unread,
               boost::test_tools::per_element());
    BOOST_TEST(told({"--confg", (scratch / "x.yaml").string()}) ==
                   texts{"--confg: there is no such option (did you mean '--config'?)"},
               boost::test_tools::per_element());
    BOOST_TEST(told({"--archive-name", "a", "--db-pth", "/x", "--remote-basedir", "/b", "--db-echo=1"}) ==
                   texts({"--db-pth: there is no such option (did you mean '--db-path'?)",
                          "--db-echo: it takes no value, got '1'",
                          "--suprsync-file-root: it is required and must not be empty"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(of_a_file_read_again_are_a_condition_and_what_runs_goes_on, mistaken_site) {
    configure({archive_text("timestreams")});
    start();
    configure({archive_text("timestreams", "    copy_timout: 5\n"), "  - {remote_basedir: x, chmod: [a]}\n"});
    hang_up();
    await_condition("configuration_not_reloaded");
    const std::string message(condition("configuration_not_reloaded").at("message").as_string().c_str());
    for (const std::string part :
         {"archives[0].copy_timout: there is no such key", "archives[1].chmod: expected one text, got a list",
          "archives[1].name: it is required", "archives[1].remote_basedir: expected an absolute path"})
        BOOST_TEST(holds(message, part), part << " is not in " << message);
    await_verified(add_to("timestreams", "17000/a", "content"));
    stop();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
