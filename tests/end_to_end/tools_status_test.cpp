// `suprsync status`: what a running daemon says, and what is said where none runs.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <memory>
#include <thread>

#include "tests/end_to_end/tool.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/tcp_sockets.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_status)

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(status_of_a_daemon_is_shown) {
    site s;
    tool t(s);
    s.start();
    const auto where = s.options.at("--http-listen");
    const auto id = s.add_file("a", "17000/hk/a", "content");
    s.await_verified(id);
    wait_until("it is counted", [&] {
        return s.status().at("archives").at(s.archive).at("files_verified").to_number<int>() > 0;
    });
    const auto document = t.run({"status", "--http", where, "--json"}).json();
    BOOST_TEST(document.at("instance_id").as_string() == s.instance);
    BOOST_TEST(document.at("archives").at(s.archive).at("files_verified").to_number<int>() >= 1);
    const auto said = t.run({"status", "--http", where});
    BOOST_TEST(said.exit == exited_with(0), said.err);
    BOOST_TEST(holds(said.out, " as test-instance, up "), said.out);
    BOOST_TEST(holds(said.out, "\nARCHIVE\tACTIVITY\tIN FLIGHT\t"), said.out);
    BOOST_TEST(holds(said.out, "\ntimestreams\t"), said.out);
    BOOST_TEST(!holds(said.out, "DEGRADED"));
    BOOST_TEST(holds(said.out, "\tVERIFIED\tDELETED\tDELETABLE\ntimestreams\t"), said.out);
    const auto shown = t.on_terminal({"status", "--http", where}).out;
    BOOST_TEST(holds(shown, "\nARCHIVE      ACTIVITY"), shown);

    // What a person should look at is shown, with what to do.
    s.add_file("b", "17000/../b", "content");
    s.await_condition("files_failed");
    const auto degraded = t.run({"status", "--http", where}).out;
    BOOST_TEST(holds(degraded, "DEGRADED\n"), degraded);
    BOOST_TEST(holds(degraded, "\n! files_failed of timestreams, since "), degraded);
}

BOOST_AUTO_TEST_CASE(what_may_be_deleted_is_a_column) {
    site s;
    tool t(s);
    s.catalog();
    s.add_file("a", "hk/a", std::string(1500, 'x'));  // of no day that is announced by a file
    s.catalog().execute("UPDATE supersync_v0 SET deletable = 1");
    s.start();
    wait_until("it is counted", [&] {
        const auto& counted = s.status().at("archives").at(s.archive).at("files_deletable");
        return counted.is_number() && counted.to_number<int>() == 1;
    });
    const auto where = s.options.at("--http-listen");
    BOOST_TEST(holds(t.run({"status", "--http", where}).out, "\ntimestreams\t1\t0\t0\t0\t1\t0\t1\n"));
    BOOST_TEST(holds(t.on_terminal({"status", "--http", where}).out, "  1 (1.5 kB)\n"));
}

BOOST_AUTO_TEST_CASE(a_daemon_with_a_token_is_asked) {
    site s;
    tool t(s);
    write_file(s.scratch / "token", "secret\n");
    write_file(s.scratch / "wrong", "other");
    write_file(s.scratch / "empty", "");
    s.options["--http-token-file"] = (s.scratch / "token").string();
    s.start_unready().await_line("ready: ");
    const auto ask = [&](const std::string& file) {
        tool::arguments words{"status", "--http", s.options.at("--http-listen"), "--json"};
        if (!file.empty()) words.insert(words.end(), {"--token-file", (s.scratch / file).string()});
        return t.run(words);
    };
    BOOST_TEST(ask("token").exit == exited_with(0));
    for (const auto* file : {"", "wrong"}) {
        const auto refused = ask(file);
        BOOST_TEST(refused.exit == exited_with(1));
        BOOST_TEST(holds(refused.err, "it wants its token: say --token-file"), refused.err);
    }
    BOOST_TEST(holds(ask("empty").err, "the file holds no token"));
    BOOST_TEST(ask("none").exit == exited_with(2));
    BOOST_TEST(holds(ask("none").err, "the file cannot be read"));
}

BOOST_AUTO_TEST_CASE(whether_it_is_alive_is_told_without_a_token) {
    site s;
    tool t(s);
    std::filesystem::create_directory(s.scratch / "run");
    write_file(s.scratch / "token", "secret\n");
    s.options["--http-token-file"] = (s.scratch / "token").string();
    s.options["--http-listen"] = "unix:" + (s.scratch / "run/http.sock").string();
    s.start_unready().await_line("ready: ");
    const auto named = t.run({"status", "--alive", "--http", s.options.at("--http-listen")});
    BOOST_TEST(named.exit == exited_with(0), named.err);
    t.environment["RUNTIME_DIRECTORY"] = (s.scratch / "run").string();
    const auto found = t.run({"status", "--alive"});
    BOOST_TEST(found.exit == exited_with(0), found.err);
    BOOST_TEST(found.out == "{\"alive\":true}\n");
    BOOST_TEST(t.run({"status", "--alive", "--json"}).exit == exited_with(2));

    // Whoever has the default port is not taken for it.
    t.environment["RUNTIME_DIRECTORY"] = (s.scratch / "none").string();
    const auto none = t.run({"status", "--alive"});
    BOOST_TEST(none.exit == exited_with(1));
    BOOST_TEST(holds(none.err, "there is no socket of one"), none.err);
    t.environment["RUNTIME_DIRECTORY"] = (s.scratch / "run").string();
    s.kill();
    BOOST_TEST(t.run({"status", "--alive"}).exit == exited_with(1));
}

BOOST_AUTO_TEST_CASE(a_daemon_that_speaks_tls_is_asked) {
    site s;
    tool t(s);
    const auto certificate = (s.scratch / "certificate").string();
    make_certificate(certificate, s.scratch / "key");
    make_certificate(s.scratch / "other", s.scratch / "other key");
    s.options["--http-tls-certificate"] = certificate;
    s.options["--http-tls-key"] = (s.scratch / "key").string();
    s.options["--http-listen"] = "127.0.0.1:0";
    s.start_unready();
    const auto line = s.daemon().await_line("listening on https://127.0.0.1:");
    const auto port = std::to_string(std::stoi(line.substr(line.find("127.0.0.1:") + 10)));
    const auto ask = [&](const std::string& url, tool::arguments more) {
        more.insert(more.begin(), {"status", "--json", "--http", url});
        return t.run(more);
    };
    for (const std::string host : {"localhost", "127.0.0.1"}) {
        const auto url = "https://" + host + ":" + port;
        const auto said = ask(url, {"--ca-file", certificate});
        BOOST_TEST(said.exit == exited_with(0), said.err);
        BOOST_TEST(said.json().at("instance_id").as_string() == s.instance);
        BOOST_TEST(ask(url + "/", {"--insecure"}).exit == exited_with(0));
        // Nobody vouches for it, or somebody else does.
        for (const auto& trusted :
             {tool::arguments{}, tool::arguments{"--ca-file", (s.scratch / "other").string()}}) {
            const auto refused = ask(url, trusted);
            BOOST_TEST(refused.exit == exited_with(1));
            BOOST_TEST(holds(refused.err, "its certificate is not trusted"), refused.err);
        }
    }
    BOOST_TEST(ask("https://127.0.0.1:" + port, {"--ca-file", (s.scratch / "none").string()}).exit ==
               exited_with(2));
    BOOST_TEST(ask("https://127.0.0.1:" + port + "/status", {}).exit == exited_with(2));
    BOOST_TEST(ask("https://", {}).exit == exited_with(2));
    BOOST_TEST(ask("127.0.0.1:" + port, {"--insecure"}).exit == exited_with(2));
    BOOST_TEST(ask("https://127.0.0.1:" + port, {"--insecure", "--ca-file", certificate}).exit ==
               exited_with(2));
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_not_there_is_told) {
    site s;
    tool t(s);
    const auto none = t.run({"status", "--http", "unix:" + (s.scratch / "none").string()});
    BOOST_TEST(none.exit == exited_with(1));
    BOOST_TEST(holds(none.err, "No such file or directory: is it running"), none.err);
    const auto refused = t.run({"status", "--http", "127.0.0.1:1"});
    BOOST_TEST(refused.exit == exited_with(1));
    BOOST_TEST(holds(refused.err, "cannot ask the daemon at 127.0.0.1:1: Connection refused"), refused.err);
    for (const auto& [words, because] : std::vector<std::pair<tool::arguments, const char*>>{
             {{"status", "--http", "nonsense"}, "--http: "},
             {{"status", "--http", "off"}, "cannot be asked at 'off'"},
             {{"status", "--interval", "2"}, "--interval goes with --watch"},
             {{"status", "--watch", "--interval", "0"}, "--interval: expected a time"},
             {{"status", "what"}, "unexpected argument 'what'"}}) {
        const auto said = t.run(words);
        BOOST_TEST(said.exit == exited_with(2), said.err);
        BOOST_TEST(holds(said.err, because), said.err);
    }
}

BOOST_AUTO_TEST_CASE(what_a_refusal_says_is_shown) {
    site s;
    tool t(s);
    std::uint16_t port = 0;
    const int listener = listen_on_loopback(port);
    const std::jthread busy([listener] {
        pollfd ready{listener, POLLIN, 0};
        ::poll(&ready, 1, -1);
        const int client = accept_from(listener);
        const std::string body = R"({"status":503,"detail":"all are taken"})";
        const auto answer =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body;
        ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
        ::close(client);
    });
    const auto said = t.run({"status", "--http", "127.0.0.1:" + std::to_string(port)});
    ::close(listener);
    BOOST_TEST(said.exit == exited_with(1));
    BOOST_TEST(holds(said.err, "it answered 503: all are taken"), said.err);
}

BOOST_AUTO_TEST_CASE(watching_goes_on_until_interrupted) {
    site s;
    tool t(s);
    const auto where = s.options.at("--http-listen");
    daemon_process watching(t.command({"status", "--http", where, "--watch", "--interval", "0.1"}),
                            t.environment, s.scratch / "watching");
    watching.await_line("is it running");
    s.start();
    watching.await_line("as test-instance, up");
    wait_until("it has looked again", [&] { return watching.lines_with("as test-instance, up") > 2; });
    s.kill();
    const auto before = watching.lines_with("is it running");
    wait_until("it has met nobody again", [&] { return watching.lines_with("is it running") > before; });
    watching.signal(SIGINT);
    BOOST_TEST(watching.wait() == exited_with(0));
}

BOOST_AUTO_TEST_CASE(a_bar_is_drawn_for_an_archive_that_has_work_while_it_is_watched) {
    site s;
    tool t(s);
    s.options["--bwlimit"] = "50";  // KiB/s: two seconds a file
    s.options["--files-per-batch"] = "1";
    s.start();
    BOOST_TEST(s.http().post("/archives/timestreams/pause", std::string("{}")).status == 200);
    for (const auto* name : {"a", "b", "c", "d"})
        s.add_file(name, std::string("17000/hk/") + name, random_content(100'000, 1));
    const auto watch = [&](const std::string& output) {
        return std::make_unique<daemon_process>(
            t.command({"status", "--http", s.options.at("--http-listen"), "--watch", "--interval", "0.1"}),
            t.environment, s.scratch / output);
    };
    const auto watching = watch("watching");
    // Nobody has looked at them yet: their sizes are not known.
    watching->await_line("timestreams [                    ] 0 of 4 files, 0 B to go, 0 B/s (paused)");
    BOOST_TEST(s.http().post("/archives/timestreams/resume", std::string("{}")).status == 200);
    watching->await_line("timestreams [#####               ] 1 of 4 files, ");
    // Who looks only now sees a bar of what is left.
    const auto late = watch("late");
    watching->await_line("timestreams [##########          ] 2 of 4 files, ");
    late->await_line(" of 3 files, ");
    s.await_all_verified();
    for (const auto& one : {watching.get(), late.get()}) {
        one->signal(SIGINT);
        BOOST_TEST(one->wait() == exited_with(0));
    }
    // Nothing is left to be drawn.
    const auto all = read_file(s.scratch / "watching");
    BOOST_TEST(!holds(all, "4 of 4 files"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
