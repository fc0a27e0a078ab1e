// Who is told of what happens (spec, Being told): a real program, a real web server with TLS, and
// `suprsync notify --test`.
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/end_to_end/configured_site.hpp"
#include "tests/end_to_end/tool.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/web_server.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(being_told)

namespace {

struct telling_site : configured_site {
    telling_site() {
        make_certificate(certificate, key);
        write_file(program, "#!/bin/sh\ncat >>\"$1\"\n");
        fs::permissions(program, fs::perms::owner_all);
        set_address(server_address());
    }

    const std::string secret = "T000-B000-XXXXXXXXXXXX";
    const fs::path certificate = scratch / "certificate", key = scratch / "key";
    const fs::path program = scratch / "take", out = scratch / "told", address = scratch / "address";
    web_server* server = nullptr;

    std::string server_address() const {
        return (server ? server->url() : "https://localhost:1") + "/services/" + secret;
    }
    void set_address(const std::string& text) {
        write_file(address, text + "\n");
        fs::permissions(address, fs::perms::owner_read | fs::perms::owner_write);
    }
    std::string to_program(const std::string& more = "") const {
        return "  - command: [" + program.string() + ", " + out.string() + "]\n" + more;
    }
    std::string to_webhook(const std::string& more = "") const {
        return "  - webhook_file: " + address.string() + "\n    ca_file: " + certificate.string() + "\n" +
               more;
    }
    void tell(const std::string& entries) { configure({archive_text("smurf"), "notify:\n" + entries}); }

    // What the program has read.
    std::vector<boost::json::object> told() const {
        std::vector<boost::json::object> all;
        if (!fs::exists(out)) return all;
        std::istringstream lines(read_file(out));
        for (std::string line; std::getline(lines, line);)
            all.push_back(boost::json::parse(line).as_object());
        return all;
    }
    bool is_told(const std::string& event, const std::string& kind = "") const {
        for (const auto& one : told())
            if (one.at("event").as_string() == event && (kind.empty() || one.at("kind").as_string() == kind))
                return true;
        return false;
    }
    bool holds_secret(const std::string& text) const { return holds(text, secret); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_program_and_a_webhook_are_told_and_no_secret_is_shown, telling_site) {
    web_server slack(certificate, key);
    server = &slack;
    set_address(server_address());
    tell(to_program("    on: [condition_begins, condition_ends, finalized]\n") +
         to_webhook("    form: slack\n    archives: [smurf]\n"));
    start();
    const auto id = add_to("smurf", "17000/x", "content");
    await_verified(id);
    wait_until("the day is told", [&] { return is_told("finalized"); });
    BOOST_TEST(http().post("/archives/smurf/pause", std::string("{}")).status == 200);
    wait_until("the pause is told", [&] { return is_told("condition_begins", "paused"); });
    wait_until("the webhook has it", [&] { return !slack.asked().empty(); });
    BOOST_TEST(http().post("/archives/smurf/resume", std::string("{}")).status == 200);
    wait_until("its end is told", [&] { return is_told("condition_ends", "paused"); });
    for (const auto& one : told()) {
        BOOST_TEST(one.at("instance_id").as_string() == instance);
        BOOST_TEST(one.at("archive").as_string() == "smurf");
    }
    const auto asked = slack.asked().front();
    BOOST_TEST(asked.target == "/services/" + secret);
    const auto text = std::string(boost::json::parse(asked.body).at("text").as_string());
    BOOST_TEST(text.starts_with("*paused of smurf (test-instance at "), text);

    for (const auto* path : {"/status", "/archives", "/metrics", "/archives/smurf"})
        BOOST_TEST(!holds_secret(http().get(path).body), path);
    BOOST_TEST(!holds_secret(daemon().log()));
    const auto printed = said(0, {"--print-config"});
    BOOST_TEST(!holds_secret(printed));
    BOOST_TEST(holds(printed, "    webhook_file: <set>  # "), printed);
}

BOOST_FIXTURE_TEST_CASE(who_cannot_be_told_is_a_condition_without_the_secret_until_a_reload_mends_it,
                        telling_site) {
    web_server gone(certificate, key);
    gone.answer = [](const web_question& q) { return web_answer_of(404, "", "no such hook: " + q.target); };
    server = &gone;
    set_address(server_address());
    tell(to_webhook() + to_program());
    start();
    BOOST_TEST(http().post("/archives/smurf/pause", std::string("{}")).status == 200);
    await_condition("notification_failed");
    const auto message = std::string(condition("notification_failed").at("message").as_string());
    BOOST_TEST(holds(message, "notify 1 (the webhook at localhost:" + std::to_string(gone.port()) + "): "),
               message);
    BOOST_TEST(holds(message, "it answered 404: no such hook: <set>; "), message);
    BOOST_TEST(holds(message, "try it with: suprsync notify --test"), message);
    wait_until("the other is told of it", [&] { return is_told("condition_begins", "notification_failed"); });
    BOOST_TEST(!holds_secret(daemon().log()));

    tell(to_program());
    hang_up();
    await_no_condition("notification_failed");
    BOOST_TEST(!holds_secret(daemon().log()));
    BOOST_TEST(http().post("/archives/smurf/resume", std::string("{}")).status == 200);
    wait_until("it is told on", [&] { return is_told("condition_ends", "paused"); });
}

BOOST_FIXTURE_TEST_CASE(a_program_that_hangs_delays_nothing_and_not_the_end, telling_site) {
    tell("  - command: [sleep, '600']\n    timeout: 10m\n");
    start();
    BOOST_TEST(http().post("/archives/smurf/pause", std::string("{}")).status == 200);
    wait_until("it runs",
               [&] { return !processes_about("SUPRSYNC_TEST=" + scratch.path().string(), "sleep").empty(); });
    BOOST_TEST(http().post("/archives/smurf/resume", std::string("{}")).status == 200);
    await_verified(add_to("smurf", "17000/x", "content"));
    stop();
    BOOST_TEST(holds(daemon().log(), "not delivered: the daemon ends"));
    BOOST_TEST(processes_about("SUPRSYNC_TEST=" + scratch.path().string(), "sleep").empty());
}

BOOST_FIXTURE_TEST_CASE(a_test_message_says_how_each_went_without_a_daemon, telling_site) {
    web_server slack(certificate, key);
    server = &slack;
    set_address(server_address());
    tell(to_program() + to_webhook("    form: slack\n") + "  - command: [sh, -c, 'echo no >&2; exit 3']\n");
    tool t(*this);
    const auto test = [&](tool::arguments more) {
        more.insert(more.begin(), {"notify", "--config", file.string()});
        return t.run(more);
    };
    const auto all = test({"--test"});
    BOOST_TEST(all.exit == exited_with(1));
    BOOST_TEST(
        all.out ==
        "ok    notify 1 (the command " + program.string() +
            "): the message was taken\nok    notify 2 (the webhook at localhost:" +
            std::to_string(slack.port()) +
            "): the message was taken\nFAIL  notify 3 (the command sh): cannot send a message by the command sh: exit 3: no\n");
    BOOST_REQUIRE(told().size() == 1U);
    BOOST_TEST(told()[0].at("event").as_string() == "test");
    BOOST_TEST(slack.asked().size() == 1U);
    const auto one = test({"--test", "--to", "2"});
    BOOST_TEST(one.exit == exited_with(0), one.out);
    BOOST_TEST(slack.asked().size() == 2U);
    BOOST_TEST(told().size() == 1U);

    for (const auto& [words, because] : std::vector<std::pair<tool::arguments, const char*>>{
             {{}, "say --test"},
             {{"--test", "--to", "4"}, "--to: expected an entry of notify, 1 to 3, got '4'"},
             {{"--test", "--to", "x"}, "--to: expected an entry of notify, 1 to 3, got 'x'"}}) {
        const auto wrong = test(words);
        BOOST_TEST(wrong.exit == exited_with(2));
        BOOST_TEST(holds(wrong.err, because), wrong.err);
    }
    configure({archive_text("smurf")});
    const auto nobody = test({"--test"});
    BOOST_TEST(nobody.exit == exited_with(1));
    BOOST_TEST(holds(nobody.err, "the configuration tells nobody"), nobody.err);
}

BOOST_FIXTURE_TEST_CASE(mistakes_are_told_before_the_start, telling_site) {
    const auto mistakes = [&](const std::string& entries) {
        tell(entries);
        return said(2, {"--check-config"});
    };
    BOOST_TEST(holds(
        mistakes("  - command: [mail]\n    kinds: [file_failed]\n"),
        "notify[0].kinds: expected kinds of conditions (docs/messages.md has them), got 'file_failed' (did you mean 'files_failed'?)"));
    fs::remove(address);
    BOOST_TEST(holds(mistakes(to_webhook()), "notify[0].webhook_file: "));
    set_address("http://example.org/" + secret);
    const auto plain = mistakes(to_webhook());
    BOOST_TEST(holds(plain, "expected https://"), plain);
    BOOST_TEST(!holds_secret(plain));
    const auto written = mistakes("  - webhook: ftp://example.org/" + secret + "\n");
    BOOST_TEST(!holds_secret(written), written);
}

BOOST_FIXTURE_TEST_CASE(the_doctor_looks_for_programs_and_at_who_may_read_addresses, telling_site) {
    fs::permissions(address, fs::perms::others_read, fs::perm_options::add);
    tell("  - command: [no-such-program]\n" + to_webhook() + to_program());
    auto words = command();
    for (auto& word : words)
        if (word == "run") word = "doctor";
    daemon_process program_of(words, environment, scratch / "doctor");
    BOOST_TEST(program_of.wait() == exited_with(1));
    const auto text = program_of.log();
    BOOST_TEST(
        holds(
            text,
            "FAIL  notify 1: there is no program 'no-such-program' that this account may execute: install it"),
        text);
    BOOST_TEST(
        holds(text,
              "ok    notify 2: the webhook at localhost:1 is told; to try it: suprsync notify --test --to 2"),
        text);
    BOOST_TEST(holds(text, "ok    notify 3: the command " + program.string() + " (" + program.string() +
                               ") is told"),
               text);
    BOOST_TEST(holds(text, "warn  notify[1].webhook_file: " + address.string() +
                               " may be read or changed by other accounts"),
               text);
    BOOST_TEST(!holds_secret(text));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
