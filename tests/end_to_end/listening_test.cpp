// Where the daemon listens: by default, at several places, after a reload (spec, Who may ask).
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/tool.hpp"
#include "tests/support/curl.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(listening)

namespace {

unsigned permissions_of(const fs::path& path) {
    struct stat facts{};
    BOOST_REQUIRE(stat(path.c_str(), &facts) == 0);
    return facts.st_mode & 07777;
}

// Sites that listen where nobody says where, as daemons of one user.
struct default_site : site {
    explicit default_site(const fs::path& runtime) {
        options.erase("--http-listen");
        environment["RUNTIME_DIRECTORY"] = runtime;
        catalog();
    }
};

struct listening_site : configured_site {
    std::string socket(const std::string& name) const { return "unix:" + (scratch / name).string(); }
    void listen_at(const std::string& list) {
        options.erase("--http-listen");
        configure({archive_text("timestreams")});
        write_file(file, "http: {listen: " + list + "}\n" + read_file(file));
    }
    static int status_at(const std::string& where) { return http_client(where).get("/healthz").status; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(several_daemons_of_one_host_each_answer_at_a_socket_that_tools_find) {
    scratch_directory scratch;
    const auto runtime = scratch / "run";
    default_site one(runtime), two(runtime);
    two.options["--instance-id"] = "second";
    one.start_unready().await_line("ready: ");
    two.start_unready().await_line("ready: ");
    const auto first = (runtime / "http.sock").string(), second = (runtime / "http-2.sock").string();
    one.daemon().await_line("listening on unix:" + first);
    two.daemon().await_line("listening on unix:" + second);
    // Whoever has the port: it is not the second one, which says where it answers.
    two.daemon().await_line("this daemon answers at unix:" + second);
    BOOST_TEST(two.daemon().lines_with("http_port_busy") == 0U);
    BOOST_TEST(permissions_of(first) == 0660U);
    BOOST_TEST(permissions_of(runtime) == 0711U);
    BOOST_TEST(curl({"--unix-socket", second, "http://localhost/status"}, scratch.path()).status == 200);
    // What any account of the machine may do is said by the one that has the port.
    BOOST_TEST(two.daemon().lines_with("asks for no token") == 0U);

    tool t(one);
    t.environment["RUNTIME_DIRECTORY"] = runtime;
    const auto both = t.run({"status"});
    BOOST_TEST(both.exit == exited_with(0), both.err);
    BOOST_TEST(holds(both.out, "unix:" + first + ":\nsuprsync "), both.out);
    BOOST_TEST(holds(both.out, " as second, up "), both.out);
    const auto which = t.run({"status", "--json"});
    BOOST_TEST(which.exit == exited_with(2));
    BOOST_TEST(holds(which.err, "say --http with one of unix:" + first + " unix:" + second), which.err);
    // One that was killed leaves a socket, which nobody takes for a daemon, and its successor makes anew.
    one.kill();
    BOOST_TEST(t.run({"status", "--json"}).json().at("instance_id").as_string() == "second");
    one.start_unready().await_line("listening on unix:" + first);
}

BOOST_AUTO_TEST_CASE(a_socket_that_is_removed_is_made_anew) {
    scratch_directory scratch;
    default_site s(scratch / "run");
    s.environment["WATCHDOG_USEC"] = "300000";  // it looks three times as often
    s.start_unready().await_line("ready: ");
    const auto listening = "listening on unix:" + (scratch / "run/http.sock").string();
    BOOST_TEST(s.daemon().lines_with(listening) == 1U);
    fs::remove_all(scratch / "run");
    wait_until("it listens again", [&] { return s.daemon().lines_with(listening) == 2; });
    BOOST_TEST(listening_site::status_at("unix:" + (scratch / "run/http.sock").string()) == 200);
}

BOOST_FIXTURE_TEST_CASE(a_list_that_changes_drops_nobody_elsewhere, listening_site) {
    listen_at("[" + socket("a") + ", '" + socket("b") + "']");
    start_unready().await_line("ready: ");
    BOOST_TEST(status_at(socket("a")) == 200);
    BOOST_TEST(status_at(socket("b")) == 200);
    listen_at("[" + socket("c") + ", " + socket("a") + "]");
    hang_up();
    daemon().await_line("was read again: http.listen: ");
    BOOST_TEST(status_at(socket("a")) == 200);
    BOOST_TEST(status_at(socket("c")) == 200);
    BOOST_TEST(!fs::exists(scratch / "b"));
    // What cannot be had changes nothing.
    listen_at("[" + socket("d") + ", " + socket("missing/e") + "]");
    hang_up();
    daemon().await_line("condition configuration_not_reloaded");
    BOOST_TEST(status_at(socket("a")) == 200);
    BOOST_TEST(status_at(socket("c")) == 200);
    BOOST_TEST(!fs::exists(scratch / "d"));
    stop();
    // At a start it is a failure.
    BOOST_TEST(start_unready().wait() == exited_with(1));
    BOOST_TEST(holds(daemon().log(), "missing/e"));
}

BOOST_FIXTURE_TEST_CASE(lists_that_cannot_be_meant_are_refused, listening_site) {
    for (const auto& [list, because] : std::map<std::string, std::string>{
             {"[]", "http.listen: expected one text or more, got an empty list"},
             {"[off, 127.0.0.1:0]", "http.listen: off stands alone"},
             {"['127.0.0.1:1', 'localhost:1']", "http.listen: 127.0.0.1:1 is given twice"},
             {"[" + socket("a") + ", '0.0.0.0:0']", "http.listen: others can reach 0.0.0.0:0"}}) {
        listen_at(list);
        BOOST_TEST(holds(said(2, {"--check-config"}), because), list);
    }
    listen_at(socket("a"));
    BOOST_TEST(holds(said(2, {"--check-config", "--http-socket-group", "no such group"}),
                     "--http-socket-group: there is no group 'no such group'"));
    BOOST_TEST(
        holds(said(2, {"--check-config", "--http-socket-mode", "rw"}), "expected permissions in octal"));
}

BOOST_AUTO_TEST_CASE(token_files_are_made_and_kept) {
    site s;
    const tool t(s);
    const auto file = (s.scratch / "token").string();
    const auto made = t.run({"token", file});
    BOOST_TEST(made.exit == exited_with(0), made.err);
    BOOST_TEST(holds(made.out, "http: {token_file: " + file + "}"), made.out);
    BOOST_TEST(permissions_of(file) == 0600U);
    const auto token = read_file(file);
    BOOST_TEST(token.size() == 65U);
    BOOST_TEST(!holds(made.out, token.substr(0, 64)));
    const auto kept = t.run({"token", file});
    BOOST_TEST(kept.exit == exited_with(1));
    BOOST_TEST(holds(kept.err, "say --force"), kept.err);
    BOOST_TEST(read_file(file) == token);
    BOOST_TEST(t.run({"token", file, "--force"}).exit == exited_with(0));
    BOOST_TEST(read_file(file) != token);
    BOOST_TEST(t.run({"token", (s.scratch / "missing/token").string()}).exit == exited_with(1));
    BOOST_TEST(t.run({"token"}).exit == exited_with(2));
    const auto left = std::distance(fs::directory_iterator(s.scratch.path()), fs::directory_iterator());
    BOOST_TEST(t.run({"token", file}).exit == exited_with(1));
    BOOST_TEST(std::distance(fs::directory_iterator(s.scratch.path()), fs::directory_iterator()) == left);
}

BOOST_AUTO_TEST_CASE(a_token_that_others_may_read_is_told_by_the_doctor_and_at_a_start) {
    site s;
    const auto file = s.scratch / "token";
    write_file(file, "secret");
    fs::permissions(file, fs::perms(0644));
    s.options["--http-token-file"] = file;
    const auto told =
        "http.token_file: " + file.string() + " may be read or changed by other accounts (mode 0644)";
    auto& program = s.start_unready();
    program.await_line(told);
    program.await_line("ready: ");  // a catalog that is just being made is a fault to the doctor
    tool::arguments words{"doctor"};
    for (const auto& [option, value] : s.options) words.insert(words.end(), {option, value});
    const auto doctor = tool(s).run(words);
    BOOST_TEST(doctor.exit == exited_with(0), doctor.out);
    BOOST_TEST(holds(doctor.out, "warn  " + told), doctor.out);
}

// What the doctor says of how a daemon would listen, and of its secrets, a start says, too.
BOOST_AUTO_TEST_CASE(how_it_listens_and_who_may_read_its_secrets_is_told_by_doctor_and_start) {
    site s;
    const auto token = (s.scratch / "token").string(), key = (s.scratch / "key").string();
    for (const auto& secret : {token, key}) {
        write_file(secret, "secret\n");
        fs::permissions(secret, fs::perms(0644));
    }
    const std::string open = "asks for no token: any account of this machine may register files",
                      clear = "takes the token in the clear",
                      token_read = token + " may be read or changed by other accounts (mode 0644)",
                      key_read = key + " may be read or changed by other accounts (mode 0644)";
    const std::map<std::string, std::map<std::string, std::string>> told{
        {"http: 127.0.0.1:", {{"--http-listen", "127.0.0.1:0"}}},
        {"http: 0.0.0.0:", {{"--http-listen", "0.0.0.0:0"}, {"--http-token-file", token}}},
        {"", {{"--http-listen", "127.0.0.1:0"}, {"--http-access", "read-only"}}}};
    const auto options = s.options;
    for (const auto& [begins, added] : told) {
        s.options = options;
        for (const auto& [option, value] : added) s.options[option] = value;
        s.start_unready().await_line("ready: ");
        const auto at_start = s.daemon().log();
        s.stop();
        fs::remove(s.log);
        // A host that there is not: the key is looked at none the less.
        tool::arguments words{"doctor", "--ssh-host", "nobody@[::1]", "--ssh-key", key};
        for (const auto& [option, value] : s.options) words.insert(words.end(), {option, value});
        const auto doctor = tool(s).run(words).out;
        for (const auto& said : {at_start, doctor}) {
            BOOST_TEST(holds(said, open) == begins.starts_with("http: 127"), said);
            BOOST_TEST(holds(said, clear) == begins.starts_with("http: 0.0.0.0"), said);
            BOOST_TEST(holds(said, "http.token_file: " + token_read) == added.contains("--http-token-file"),
                       said);
            BOOST_TEST((begins.empty() || holds(said, begins)), said);
        }
        BOOST_TEST(holds(doctor, "warn  [" + s.archive + "] ssh_key: " + key_read), doctor);
    }
}

// Whoever has the port while the daemon does not run would be told it.
BOOST_AUTO_TEST_CASE(a_token_goes_over_plain_tcp_only_where_that_is_asked_for) {
    site s;
    tool t(s);
    t.environment["RUNTIME_DIRECTORY"] = s.scratch / "run";
    const auto file = (s.scratch / "token").string();
    write_file(file, "secret");
    const auto port = "127.0.0.1:1";
    for (const auto& words : {tool::arguments{"status", "--token-file", file},
                              {"status", "--token-file", file, "--http", port}}) {
        const auto refused = t.run(words);
        BOOST_TEST(refused.exit == exited_with(2));
        BOOST_TEST(holds(refused.err, "--token-in-clear"), refused.err);
    }
    const auto sent = t.run({"status", "--token-file", file, "--token-in-clear", "--http", port});
    BOOST_TEST(sent.exit == exited_with(1));
    BOOST_TEST(holds(sent.err, "Connection refused"), sent.err);
    BOOST_TEST(t.run({"status", "--token-in-clear"}).exit == exited_with(2));
}

// The group that the installation makes, where the account belongs to it and nobody names another one.
BOOST_AUTO_TEST_CASE(the_group_of_operators_may_ask, *only_where_file_systems_can_be_mounted()) {
    site s;
    const auto socket = s.scratch / "http";
    write_file(s.scratch / "group", read_file("/etc/group") + "suprsync:x:47110:\nothers:x:47111:\n");
    const auto run_in = [&](const std::string& groups, const std::vector<std::string>& more) {
        std::vector<std::string> words{
            "/usr/bin/unshare",
            "-m",
            "sh",
            "-c",
            "mount --bind \"$1\" /etc/group && shift && exec setpriv --groups=\"$@\"",
            "sh",
            (s.scratch / "group").string(),
            groups};
        for (const auto& list : {s.command(), more}) words.insert(words.end(), list.begin(), list.end());
        daemon_process daemon(words, s.environment, s.log);
        wait_until("it listens", [&] { return fs::exists(socket) || daemon.ended(); });
        daemon.await_line("ready: ");
        struct stat facts{};
        BOOST_REQUIRE(stat(socket.c_str(), &facts) == 0);
        BOOST_TEST((facts.st_mode & 07777) == 0660U);
        daemon.signal(SIGTERM);
        BOOST_TEST(daemon.wait() == exited_with(0), daemon.log());
        fs::remove(s.log);
        return facts.st_gid;
    };
    BOOST_TEST(run_in("47110,47111", {}) == 47110U);
    BOOST_TEST(run_in("47111", {}) == getegid());
    BOOST_TEST(run_in("47110,47111", {"--http-socket-group", "others"}) == 47111U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
