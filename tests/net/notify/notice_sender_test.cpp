// Messages get to real programs and real web servers, and nowhere else.
#include "net/notify/notice_sender.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "net/notify/webhook.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/waiting.hpp"
#include "tests/support/web_server.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(notice_senders)

namespace {

using outcome = std::optional<delivery_failure>;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A variable of the environment, for the time of a test.
class variable {
  public:
    variable(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    }
    ~variable() { ::unsetenv(name_); }  // NOLINT(concurrency-mt-unsafe)
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;

  private:
    const char* name_;
};

struct sending {
    scratch_directory scratch;
    const std::string certificate = (scratch / "certificate").string();
    const std::string key = (scratch / "key").string();
    boost::asio::io_context loop;
    child_runner runner{loop.get_executor(), nullptr, std::chrono::milliseconds(200)};
    std::unique_ptr<notice_sender> sender = make_notice_sender(loop.get_executor(), runner);

    sending() { make_certificate(certificate, key); }

    void begin(notify_configuration to, outcome& into, bool& ended, const std::string& text = "{}") {
        boost::asio::co_spawn(loop, sender->deliver(std::move(to), "application/json", text),
                              [&](const std::exception_ptr& bug, outcome got) {
                                  if (bug) std::rethrow_exception(bug);
                                  into = std::move(got);
                                  ended = true;
                              });
    }
    outcome deliver(notify_configuration to, const std::string& text = "{}") {
        outcome got;
        bool ended = false;
        begin(std::move(to), got, ended, text);
        loop.restart();
        while (!ended) loop.run_one();
        return got;
    }
    std::string failure_of(notify_configuration to) {
        const auto failed = deliver(std::move(to));
        BOOST_REQUIRE(failed.has_value());
        return failed->why.text();
    }
    notify_configuration webhook(const web_server& at, const std::string& path = "/secret-path") const {
        notify_configuration to;
        to.url = at.url() + path;
        to.ca_file = certificate;
        return to;
    }
    static notify_configuration program(std::vector<std::string> command) {
        notify_configuration to;
        to.command = std::move(command);
        return to;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_program_reads_the_message_and_no_shell_reads_its_arguments, sending) {
    const auto out = (scratch / "out").string();
    write_file(scratch / "take", "#!/bin/sh\ncat >\"$1\"\nprintf %s \"$2\" >>\"$1\"\n");
    std::filesystem::permissions(scratch / "take", std::filesystem::perms::owner_all);
    const auto failed =
        deliver(program({(scratch / "take").string(), out, "$(touch x); `y` 'z'"}), "{\"a\":1}\n");
    BOOST_TEST(!failed.has_value());
    BOOST_TEST(read_file(out) == "{\"a\":1}\n$(touch x); `y` 'z'");
}

BOOST_FIXTURE_TEST_CASE(how_a_program_failed_is_told, sending) {
    BOOST_TEST(failure_of(program({"sh", "-c", "echo no such account >&2; echo more >&2; exit 67"})) ==
               "cannot send a message by the command sh: exit 67: no such account");
    BOOST_TEST(has(failure_of(program({"no-such-program-here"})), "no-such-program-here"));
    auto slow = program({"sleep", "600"});
    slow.timeout = 0.2;
    const auto failed = deliver(slow);
    BOOST_REQUIRE(failed.has_value());
    BOOST_TEST((failed->why.code == failure_code::timed_out));
    BOOST_TEST(failed->why.text() ==
               "cannot send a message by the command sleep: it did not end within 0.2 s (timeout)");
    BOOST_TEST(!failed->for_good);
    // One that does not read what it is given has taken it all the same.
    BOOST_TEST(!deliver(program({"true"}), std::string(1'000'000, 'x')).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_webhook_gets_the_message_over_tls, sending) {
    web_server server(certificate, key);
    BOOST_TEST(!deliver(webhook(server, "/hook?a=b"), "{\"text\":\"é\"}").has_value());
    const auto asked = server.asked();
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked[0].target == "/hook?a=b");
    BOOST_TEST(asked[0].body == "{\"text\":\"é\"}");
    BOOST_TEST(asked[0].headers.at("content-type") == "application/json");
    BOOST_TEST(asked[0].headers.at("user-agent").starts_with("suprsync/"));
    web_server plain;
    BOOST_TEST(!deliver(webhook(plain)).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_server_that_nobody_vouches_for_or_that_has_another_name_is_told_nothing, sending) {
    web_server server(certificate, key);
    auto to = webhook(server);
    to.ca_file.reset();
    BOOST_TEST(has(failure_of(to), "certificate"), failure_of(to));
    make_certificate(scratch / "other", scratch / "other key");
    to.ca_file = (scratch / "other").string();
    BOOST_TEST(has(failure_of(to), "certificate"), failure_of(to));
    BOOST_TEST(server.asked().empty());
    make_certificate(scratch / "named", scratch / "named key", "DNS:elsewhere.example.org");
    web_server named(scratch / "named", scratch / "named key");
    to = webhook(named);
    to.ca_file = (scratch / "named").string();
    const auto failed = failure_of(to);
    BOOST_TEST(has(failed, "certificate"), failed);
    BOOST_TEST(!has(failed, "secret-path"), failed);
    BOOST_TEST(named.asked().empty());
}

BOOST_FIXTURE_TEST_CASE(an_answer_says_whether_to_try_again_and_when, sending) {
    web_server server(certificate, key);
    int status = 0;
    std::string headers;
    server.answer = [&](const web_question&) { return web_answer_of(status, headers, "no_service"); };
    for (const int fine : {200, 201, 202, 204}) {
        status = fine;
        BOOST_TEST(!deliver(webhook(server)).has_value(), fine);
    }
    for (const int later : {408, 425, 429, 500, 502, 503}) {
        status = later;
        const auto failed = deliver(webhook(server));
        BOOST_REQUIRE(failed.has_value());
        BOOST_TEST(!failed->for_good, later);
        BOOST_TEST(!failed->retry_after.has_value());
    }
    for (const int never : {400, 401, 403, 404, 410, 413}) {
        status = never;
        const auto failed = deliver(webhook(server));
        BOOST_REQUIRE(failed.has_value());
        BOOST_TEST(failed->for_good, never);
        BOOST_TEST(failed->why.text() ==
                   "cannot send a message to the webhook at localhost:" + std::to_string(server.port()) +
                       ": it answered " + std::to_string(never) + ": no_service");
    }
    status = 429;
    headers = "Retry-After: 120\r\n";
    const auto failed = deliver(webhook(server));
    BOOST_REQUIRE(failed.has_value());
    BOOST_TEST((failed->retry_after == 120.0));
}

BOOST_FIXTURE_TEST_CASE(a_redirection_is_not_followed, sending) {
    web_server other(certificate, key);
    web_server server(certificate, key);
    server.answer = [&](const web_question&) {
        return web_answer_of(307, "Location: " + other.url() + "/another-secret\r\n");
    };
    const auto failed = deliver(webhook(server));
    BOOST_REQUIRE(failed.has_value());
    BOOST_TEST(failed->for_good);
    BOOST_TEST(has(failed->why.text(), "it answered 307 and named another address (at localhost:" +
                                           std::to_string(other.port()) + ")"),
               failed->why.text());
    BOOST_TEST(!has(failed->why.text(), "another-secret"));
    BOOST_TEST(other.asked().empty());
}

BOOST_FIXTURE_TEST_CASE(no_secret_of_the_address_is_told_whatever_a_server_says, sending) {
    web_server server(certificate, key);
    server.answer = [&](const web_question& q) { return web_answer_of(404, "", "no hook at " + q.target); };
    const auto failed = failure_of(webhook(server, "/services/T000/B000/XXXXXXXXXXXX?token=YYYYYYYYYYYYYY"));
    BOOST_TEST(has(failed, "it answered 404: no hook at <set>"), failed);
    for (const char* secret : {"XXXXXXXXXXXX", "YYYYYYYYYYYYYY"}) BOOST_TEST(!has(failed, secret), failed);
    const std::string url = "https://h/services/XXXXXXXXXXXX?token=YYYYYYYYYYYYYY";
    BOOST_TEST(without_address("token YYYYYYYYYYYYYY of XXXXXXXXXXXX is bad, " + url, url) ==
               "token <set> of <set> is bad, <set>");
    BOOST_TEST(without_address("Could not resolve host: h", url) == "Could not resolve host: h");
}

BOOST_FIXTURE_TEST_CASE(a_server_that_does_not_answer_is_given_up_in_time, sending) {
    web_server silent(certificate, key);
    silent.answer = [](const web_question&) { return ""; };
    auto to = webhook(silent);
    to.timeout = 0.5;
    const auto failed = deliver(to);
    BOOST_REQUIRE(failed.has_value());
    BOOST_TEST((failed->why.code == failure_code::timed_out));
    BOOST_TEST(has(failed->why.text(), "no answer in time: "), failed->why.text());
    // Nobody listens.
    to.url = "https://localhost:1/secret-path";
    BOOST_TEST((deliver(to)->why.code == failure_code::connection));
    BOOST_TEST(!has(deliver(to)->why.text(), "secret-path"));
}

BOOST_FIXTURE_TEST_CASE(an_answer_without_an_end_is_not_read_to_it, sending) {
    web_server endless(certificate, key);
    endless.answer = [](const web_question&) {
        return "HTTP/1.1 200 X\r\n\r\n" + std::string(10'000'000, 'x');
    };
    BOOST_TEST(!deliver(webhook(endless)).has_value());
}

// What was taken is not sent a second time.
BOOST_FIXTURE_TEST_CASE(an_answer_that_ends_too_early_counts_by_its_status, sending) {
    web_server server(certificate, key);
    std::string begins;
    server.answer = [&](const web_question&) { return begins + " X\r\nContent-Length: 100\r\n\r\nhalf"; };
    begins = "HTTP/1.1 200";
    BOOST_TEST(!deliver(webhook(server)).has_value());
    begins = "HTTP/1.1 404";
    const auto failed = deliver(webhook(server));
    BOOST_REQUIRE(failed.has_value());
    BOOST_TEST(failed->for_good);
    // That one is to come is no answer.
    server.answer = [](const web_question&) { return std::string("HTTP/1.1 100 Continue\r\n\r\n"); };
    BOOST_TEST((deliver(webhook(server))->why.code == failure_code::connection));
}

BOOST_FIXTURE_TEST_CASE(one_that_is_slow_holds_up_no_other_and_stop_ends_it, sending) {
    web_server silent(certificate, key);
    silent.answer = [](const web_question&) { return ""; };
    web_server server(certificate, key);
    outcome slow, hanging;
    bool slow_ended = false, hanging_ended = false;
    begin(webhook(silent), slow, slow_ended);
    begin(program({"sleep", "600"}), hanging, hanging_ended);
    BOOST_TEST(!deliver(webhook(server)).has_value());
    BOOST_TEST(!slow_ended);
    wait_until("it is asked", [&] { return silent.asked().size() == 1; });
    sender->stop();
    loop.restart();
    while (!slow_ended || !hanging_ended) loop.run_one();
    BOOST_TEST((slow->why.code == failure_code::stopped));
    BOOST_TEST((hanging->why.code == failure_code::stopped));
    BOOST_TEST((deliver(webhook(server))->why.code == failure_code::stopped));
    BOOST_TEST((deliver(program({"true"}))->why.code == failure_code::stopped));
}

BOOST_FIXTURE_TEST_CASE(the_proxy_of_the_environment_is_used, sending) {
    web_server proxy;
    proxy.answer = [](const web_question&) { return web_answer_of(403, "", "not through here"); };
    const variable by_proxy("https_proxy", proxy.url());
    notify_configuration to;
    to.url = "https://hooks.example.org/secret-path";
    const auto failed = failure_of(to);
    BOOST_TEST(!has(failed, "secret-path"), failed);
    const auto asked = proxy.asked();
    BOOST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(asked[0].target == "hooks.example.org:443");
    // What is not encrypted goes through none, and nothing where it says so.
    const variable for_plain("http_proxy", proxy.url());
    web_server plain;
    BOOST_TEST(!deliver(webhook(plain)).has_value());
    BOOST_TEST(plain.asked().size() == 1U);
    const variable not_for("no_proxy", "localhost");
    web_server server(certificate, key);
    BOOST_TEST(!deliver(webhook(server)).has_value());
    BOOST_TEST(proxy.asked().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
