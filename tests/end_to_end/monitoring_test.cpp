// What is shipped for monitoring (conf/monitoring) asks for what the daemon tells, and `suprsync status
// --check` tells a monitoring program how it stands.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/tool.hpp"
#include "tests/support/web_server.hpp"
#include "tests/support/what_program_says.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(monitoring)

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string complaints_about_names(const std::string& metrics) {
    const auto source = tool::source_directory();
    return what_program_says(
        "python3 " + (source / "tests/monitoring/names.py").string() + " " + source.string(), metrics);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(alerts_and_dashboard_name_what_the_daemon_tells, site) {
    options["--max-copy-attempts"] = "1";
    start();
    const auto copied = add_file("a", std::to_string(timecode_now()) + "/a", "content");
    await_verified(copied);
    add_file("b", "17000/../b", "content");
    await_condition("files_failed");
    const auto metrics = http().get("/metrics").body;
    BOOST_TEST(complaints_about_names(metrics) == "");

    // It does find what is wrong.
    std::string other;
    for (std::size_t begin = 0, end; (end = metrics.find('\n', begin)) != std::string::npos; begin = end + 1)
        if (const auto line = metrics.substr(begin, end - begin); !has(line, "suprsync_sent_bytes_total"))
            other += line + "\n";
    const auto complaints = complaints_about_names(other);
    BOOST_TEST(has(complaints, "SuprsyncNothingArrives: there is no metric suprsync_sent_bytes_total\n"),
               complaints);
    BOOST_TEST(has(complaints, "grafana.json, Sent: there is no metric suprsync_sent_bytes_total"),
               complaints);
}

BOOST_AUTO_TEST_CASE(check_is_0_where_all_is_well_1_where_a_condition_holds_2_without_an_answer) {
    site s;
    tool t(s);
    const auto where = s.options.at("--http-listen");
    const auto check = [&] { return t.run({"status", "--check", "--http", where}); };

    const auto none = check();
    BOOST_TEST(none.exit == exited_with(2));
    BOOST_TEST(none.out.starts_with("SUPRSYNC CRITICAL - cannot ask the daemon at unix:"), none.out);
    BOOST_TEST(none.err == "");

    s.options["--max-copy-attempts"] = "1";
    s.start();
    const auto fine = check();
    BOOST_TEST(fine.exit == exited_with(0));
    BOOST_TEST(fine.out.starts_with("SUPRSYNC OK - suprsync "), fine.out);
    BOOST_TEST(
        has(fine.out, " | conditions=0 files_waiting=0 files_in_flight=0 files_failed=0 bytes_to_go=0B "),
        fine.out);

    s.add_file("b", std::to_string(timecode_now()) + "/../b|c", "content");
    s.await_condition("files_failed");
    const auto degraded = check();
    BOOST_TEST(degraded.exit == exited_with(1));
    BOOST_TEST(degraded.out.starts_with("SUPRSYNC WARNING - files_failed of timestreams, since "),
               degraded.out);
    BOOST_TEST(has(degraded.out, " | conditions=1 "), degraded.out);

    // The oldest with what it says, the others by name; one line, and one bar.
    BOOST_TEST(s.http().post("/archives/timestreams/pause", std::string("{}")).status == 200);
    const auto more = check();
    BOOST_TEST(more.exit == exited_with(1));
    BOOST_TEST(has(more.out, "; also paused of timestreams | conditions=2 "), more.out);
    for (const auto& said : {none, fine, degraded, more}) {
        BOOST_TEST(std::count(said.out.begin(), said.out.end(), '\n') == 1, said.out);
        BOOST_TEST(std::count(said.out.begin(), said.out.end(), '|') <= 1, said.out);
    }

    for (const auto* other : {"--json", "--watch", "--alive"})
        BOOST_TEST(t.run({"status", "--check", other, "--http", where}).exit == exited_with(2));
    s.kill();
    BOOST_TEST(check().exit == exited_with(2));
    // A mistake of whoever set it up is a line, too.
    for (const std::string option : {"--config", "--token-file"}) {
        const auto wrong = t.run({"status", "--check", "--http", where, option, "/nowhere/at/all"});
        BOOST_TEST(wrong.exit == exited_with(2));
        BOOST_TEST(has(wrong.out, "SUPRSYNC CRITICAL - "), wrong.out);
        BOOST_TEST(has(wrong.out, "/nowhere/at/all"), wrong.out);
    }
}

BOOST_AUTO_TEST_CASE(check_without_an_address_finds_the_daemon_and_takes_a_refusal_for_no_answer) {
    site s;
    tool t(s);
    std::filesystem::create_directory(s.scratch / "run");
    write_file(s.scratch / "token", "secret\n");
    s.options["--http-token-file"] = (s.scratch / "token").string();
    s.options["--http-listen"] = "unix:" + (s.scratch / "run/http.sock").string();
    s.start_unready().await_line("ready: ");
    t.environment["RUNTIME_DIRECTORY"] = (s.scratch / "run").string();
    const auto refused = t.run({"status", "--check"});
    BOOST_TEST(refused.exit == exited_with(2));
    BOOST_TEST(has(refused.out, "SUPRSYNC CRITICAL - "), refused.out);
    BOOST_TEST(has(refused.out, "it wants its token: say --token-file"), refused.out);
    const auto fine = t.run({"status", "--check", "--token-file", (s.scratch / "token").string()});
    BOOST_TEST(fine.exit == exited_with(0), fine.out);
}

// A socket where nobody takes connections any more: one more is told so at once, where the first waits for
// its answer.
struct hanging_daemon {
    explicit hanging_daemon(const std::filesystem::path& path) {
        sockaddr_un where{};
        where.sun_family = AF_UNIX;
        path.string().copy(where.sun_path, sizeof where.sun_path - 1);
        const auto* there = reinterpret_cast<const sockaddr*>(&where);
        const auto made = [&] {
            return sockets.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
        };
        const int listens = made();
        BOOST_REQUIRE(::bind(listens, there, sizeof where) == 0);
        BOOST_REQUIRE(::listen(listens, 0) == 0);
        while (::connect(made(), there, sizeof where) == 0) {
        }
        BOOST_REQUIRE(errno == EAGAIN);
    }
    hanging_daemon(const hanging_daemon&) = delete;
    hanging_daemon& operator=(const hanging_daemon&) = delete;
    ~hanging_daemon() {
        for (const int one : sockets) ::close(one);
    }

    std::vector<int> sockets;
};

BOOST_AUTO_TEST_CASE(check_is_2_where_one_daemon_hangs_and_another_is_well) {
    site s;
    tool t(s);
    const auto run = s.scratch / "run";
    std::filesystem::create_directory(run);
    s.options["--http-listen"] = "unix:" + (run / "http-2.sock").string();
    s.start_unready().await_line("ready: ");
    t.environment["RUNTIME_DIRECTORY"] = run.string();
    BOOST_TEST(t.run({"status", "--check"}).exit == exited_with(0));
    const hanging_daemon other(run / "http.sock");
    const auto verdict = t.run({"status", "--check"});
    BOOST_TEST(verdict.exit == exited_with(2));
    BOOST_TEST(has(verdict.out, "SUPRSYNC CRITICAL - cannot ask the daemon at unix:"), verdict.out);
    BOOST_TEST(has(verdict.out, "/run/http.sock: too many wait for its answer already: does it hang"),
               verdict.out);
    // Who looks is shown the other one, too.
    const auto shown = t.run({"status"});
    BOOST_TEST(has(shown.out, "\nIn the catalog:\n"), shown.out);
    BOOST_TEST(has(shown.out, "\n! cannot ask the daemon at unix:"), shown.out);
}

BOOST_AUTO_TEST_CASE(check_is_2_where_another_program_answers) {
    site s;
    tool t(s);
    web_server other;
    other.answer = [](const web_question&) {
        return web_answer_of(200, "Content-Type: application/json\r\n", R"({"status": "up"})");
    };
    const auto verdict = t.run({"status", "--check", "--http", "127.0.0.1:" + std::to_string(other.port())});
    BOOST_TEST(verdict.exit == exited_with(2));
    BOOST_TEST(
        has(verdict.out, "SUPRSYNC CRITICAL - cannot read the daemon's status: what answers is no suprsync"),
        verdict.out);
}

// Each at a socket of its own; the worst of them counts.
BOOST_AUTO_TEST_CASE(check_of_several_daemons_is_that_of_the_worst) {
    site first, second;
    tool t(first);
    const auto run = first.scratch / "run";
    std::filesystem::create_directory(run);
    first.options["--http-listen"] = "unix:" + (run / "http.sock").string();
    second.options["--http-listen"] = "unix:" + (run / "http-2.sock").string();
    second.options["--max-copy-attempts"] = "1";
    second.options["--instance-id"] = "other-instance";
    first.start();
    second.start();
    t.environment["RUNTIME_DIRECTORY"] = run.string();
    const auto check = [&] { return t.run({"status", "--check"}); };
    const auto fine = check();
    BOOST_TEST(fine.exit == exited_with(0), fine.out);
    BOOST_TEST(has(fine.out, " as test-instance, up "), fine.out);
    BOOST_TEST(has(fine.out, " as other-instance, up "), fine.out);
    second.add_file("b", std::to_string(timecode_now()) + "/../b", "content");
    second.await_condition("files_failed");
    BOOST_TEST(first.http().post("/archives/timestreams/pause", std::string("{}")).status == 200);
    const auto degraded = check();
    BOOST_TEST(degraded.exit == exited_with(1));
    BOOST_TEST(degraded.out.starts_with("SUPRSYNC WARNING - files_failed of timestreams, since "),
               degraded.out);
    BOOST_TEST(has(degraded.out, "; also paused of timestreams | conditions=2 "), degraded.out);
    BOOST_TEST(has(degraded.out, " files_failed=1 "), degraded.out);
    // Either alone, where it is named.
    const auto alone = t.run({"status", "--check", "--http", first.options.at("--http-listen")});
    BOOST_TEST(alone.out.starts_with("SUPRSYNC WARNING - paused of timestreams, "), alone.out);
    BOOST_TEST(has(alone.out, " | conditions=1 "), alone.out);
    BOOST_TEST(std::count(degraded.out.begin(), degraded.out.end(), '\n') == 1);
}

BOOST_AUTO_TEST_CASE(check_tells_of_all_archives_of_a_daemon) {
    configured_site s;
    tool t(s);
    s.configure({s.archive_text("hk", ""), s.archive_text("smurf", "")});
    s.start();
    for (const char* archive : {"smurf", "hk"})
        BOOST_TEST(s.http().post(std::string("/archives/") + archive + "/pause", std::string("{}")).status ==
                   200);
    s.add_to("hk", std::to_string(timecode_now()) + "/a", "content");
    s.add_to("smurf", std::to_string(timecode_now()) + "/b", "content");
    wait_until("they are counted", [&] {
        return has(t.run({"status", "--check", "--http", s.options.at("--http-listen")}).out,
                   " files_waiting=2 ");
    });
    const auto said = t.run({"status", "--check", "--http", s.options.at("--http-listen")});
    BOOST_TEST(said.exit == exited_with(1));
    BOOST_TEST(said.out.starts_with("SUPRSYNC WARNING - paused of smurf, since "), said.out);
    BOOST_TEST(has(said.out, "; also paused of hk | conditions=2 "), said.out);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
