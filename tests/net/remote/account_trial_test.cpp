// Accounts that run no commands of ours, and programs that are not what they are named: told at the first
// contact, by the daemon and by the doctor alike, in the other side's words.
#include "net/remote/account_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "net/remote/probe.hpp"
#include "tests/net/remote/preparing.hpp"
#include "tests/support/net/far_shells.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(account_trials)

namespace {

bool says(const failure& f, const std::string& part) {
    const bool said = f.text().find(part) != std::string::npos;
    BOOST_TEST(said, "'" << f.text() << "' does not say '" << part << "'");
    return said;
}

/// A destination whose account does as a program of the test's says, for every command.
struct odd_account {
    explicit odd_account(const std::vector<std::string>& lines = {}) : server(home / "sshd", with(lines)) {
        does("eval \"$SSH_ORIGINAL_COMMAND\"");
    }
    std::vector<std::string> with(std::vector<std::string> lines) const {
        if (lines.empty()) lines = {"ForceCommand exec sh '" + (home / "account").string() + "'"};
        return lines;
    }
    void does(const std::string& commands) { write_file(home / "account", commands + "\n"); }
    failure refusal() {
        const auto facts = ask(d);
        BOOST_REQUIRE(facts.has_error());
        return facts.error();
    }
    std::optional<failure> doctors_refusal() {
        child_runner runner(d.context.get_executor(), nullptr);
        auto options = d.options;
        options.runtime_directory = home / std::to_string(doctors++);
        fs::create_directory(options.runtime_directory);
        auto found = d.wait(probe_destination(d.context.get_executor(), runner, options, catalog_uuid));
        runner.stop();
        d.context.restart();
        while (runner.running() > 0) d.context.run_one();
        return found.unreachable;
    }

    scratch_directory home;
    int doctors = 0;
    sshd server;
    destination d{place::ssh, &server};
};

/// Makes a directory of links to programs of BusyBox, under the names of our tools.
void make_tools_of_busybox(const fs::path& directory) {
    fs::create_directories(directory);
    for (const char* name : {"find", "stat", "sed", "md5sum"})
        fs::create_symlink(path_of_shell("busybox"), directory / name);
}

script_answer ended(std::string output, std::string error = {}) {
    script_answer answer;
    answer.ran = true;
    answer.output = std::move(output);
    answer.error = std::move(error);
    answer.end.exit_class = "0";
    return answer;
}

constexpr std::chrono::milliseconds limit{1500};

failure refused(const script_answer& answer) {
    const auto trial = judge_account(answer, "user@host", limit);
    BOOST_REQUIRE(trial.refused.has_value());
    return *trial.refused;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_account_that_runs_no_commands_is_told_with_what_it_says) {
    odd_account a;
    const std::vector<std::pair<std::string, std::string>> accounts = {
        {"exec /usr/sbin/nologin", "This account is currently not available"},
        {"exec /usr/bin/rrsync /tmp", "SSH_ORIGINAL_COMMAND does not run rsync"},
        {"echo 'Your password has expired.' >&2; exit 1", "Your password has expired"},
        {"exec /usr/lib/openssh/sftp-server", "says nothing"},
        {"exit 1", "says nothing"},
        {"echo; echo backup only", "backup only"},
        {"cat >/dev/null; eval \"$SSH_ORIGINAL_COMMAND\"", "reads the standard input"},
        {"echo 'Welcome to the archive'; date; eval \"$SSH_ORIGINAL_COMMAND\"", "Welcome to the archive"},
        {"printf '\\033]0;archive\\007'; eval \"$SSH_ORIGINAL_COMMAND\"", "prints something"}};
    for (const auto& [program, words] : accounts) {
        BOOST_TEST_CONTEXT(program) {
            a.does(program);
            const auto why = a.refusal();
            BOOST_TEST((why.code == failure_code::not_permitted));
            says(why, a.server.host());
            says(why, words);
            const auto to_the_doctor = a.doctors_refusal();
            BOOST_REQUIRE(to_the_doctor.has_value());
            BOOST_TEST(to_the_doctor->text() == why.text());
        }
    }
    // What is mended is tried again.
    a.does("echo noise >&2; eval \"$SSH_ORIGINAL_COMMAND\"");
    a.d.prepare();
    BOOST_TEST(!a.doctors_refusal().has_value());
    // And an account that changes is tried again, when a command failed.
    a.does("exec /usr/sbin/nologin");
    BOOST_TEST(ask(a.d).has_error());
    says(a.refusal(), "This account is currently not available");
}

BOOST_AUTO_TEST_CASE(an_account_that_never_answers_is_told_in_its_time_with_what_it_said) {
    odd_account a;
    a.d.options.trial_limit = 1;
    const auto bin = a.home / "bin";
    write_file(bin / "rsync", "#!/bin/sh\nexec sleep 60\n");
    fs::permissions(bin / "rsync", fs::perms::owner_all);
    const std::vector<std::pair<std::string, std::string>> accounts = {
        {"exec sleep 60", "did not get to a command within 1 s: does it"},
        {"cat >/dev/null; exec sleep 60", "did not get to a command within 1 s: does it"},
        {"echo 'Enter your code:'; echo 'no token server' >&2; exec sleep 60",
         "did not get to a command within 1 s, but said \"Enter your code:; no token server\": does it"},
        {"PATH='" + bin.string() + "':$PATH; eval \"$SSH_ORIGINAL_COMMAND\"",
         "the programs of the account there are not all tried within 1 s: rsync is the one that did not answer"}};
    for (const auto& [program, words] : accounts) {
        BOOST_TEST_CONTEXT(program) {
            a.does(program);
            a.d.close();
            const auto why = a.refusal();
            BOOST_TEST((why.code == failure_code::timed_out));
            says(why, a.server.host());
            says(why, words);
            const auto to_the_doctor = a.doctors_refusal();
            BOOST_REQUIRE(to_the_doctor.has_value());
            BOOST_TEST(
                to_the_doctor->text() ==
                why.text() +
                    " An account that is slow rather than silent is given longer by the daemon, up to 16 s");
        }
    }
}

// None of them alone would be called silent.
BOOST_AUTO_TEST_CASE(programs_that_all_answer_slowly_are_told_when_the_time_of_the_whole_trial_has_passed) {
    odd_account a;
    a.d.options.trial_limit = 1.5;
    const auto bin = a.home / "bin";
    const std::vector<std::string> slow = {"find", "stat", "sed", "xargs", "md5sum", "sort", "rsync"};
    for (const auto& name : slow) {
        write_file(bin / name, "#!/bin/sh\n/bin/sleep 0.5\nexec /usr/bin/" + name + " \"$@\"\n");
        fs::permissions(bin / name, fs::perms::owner_all);
    }
    a.does("PATH='" + bin.string() + "':$PATH; eval \"$SSH_ORIGINAL_COMMAND\"");
    const auto why = a.refusal();
    BOOST_TEST(std::any_of(slow.begin(), slow.end(), [&](const std::string& name) {
        return why.text().find("within 1.5 s: " + name + " is the one") != std::string::npos;
    }));
}

BOOST_AUTO_TEST_CASE(a_slow_account_is_given_more_time_until_it_is_used) {
    odd_account a;
    a.d.options.trial_limit = 0.5;
    a.does("sleep 1; eval \"$SSH_ORIGINAL_COMMAND\"");
    BOOST_TEST((a.refusal().code == failure_code::timed_out));
    // 1 s, 2 s, 4 s, 8 s.
    int further = 1;
    while (ask(a.d).has_error() && further < 4) ++further;
    BOOST_REQUIRE(further < 4);
    // What has been learnt is kept, whatever else fails: it would be silent once at every new contact.
    a.does("exec /usr/sbin/nologin");
    for (int i = 0; i < 2; ++i) BOOST_TEST(ask(a.d).has_error());
    a.does("exec sleep 60");
    const auto why = a.refusal();
    says(why, fmt::format("did not get to a command within {:.3g} s:", 0.5 * (1 << further)));
}

// An hour of it would not make the account a silent one.
BOOST_AUTO_TEST_CASE(the_time_to_connect_and_to_authenticate_is_not_counted) {
    odd_account a;
    a.d.options.trial_limit = transport_options().trial_limit;
    std::ofstream(a.server.client_configuration(), std::ios::app)
        << "  ProxyCommand sh -c \"sleep " << a.d.options.trial_limit + 1 << "; exec /usr/sbin/sshd -i -f '"
        << (a.home / "sshd/sshd_config").string() << "'\"\n";
    const auto facts = ask(a.d, true);
    BOOST_TEST(facts.has_value(), (facts ? "" : facts.error().text()));
}

BOOST_AUTO_TEST_CASE(an_account_for_sftp_only_says_so) {
    odd_account a({"ForceCommand internal-sftp"});
    says(a.refusal(), "This service allows sftp connections only");
}

BOOST_DATA_TEST_CASE(programs_of_busybox_are_told_by_what_they_cannot_do, data::make(both_places), where) {
    const scratch_directory home;
    make_tools_of_busybox(home / "bin");
    const path_with path(home / "bin");
    sshd server(home / "sshd", {"SetEnv PATH=" + (home / "bin").string() + ":/usr/bin:/bin"});
    destination d(where, &server);
    const auto facts = ask(d);
    BOOST_REQUIRE(facts.has_error());
    BOOST_TEST((facts.error().code == failure_code::missing_program));
    for (const char* part :
         {"stat: unrecognized option '--printf'", "sed: invalid option -- 'z'",
          "find: unrecognized: -newerct", "md5sum: unrecognized option '--status'", "GNU coreutils"})
        says(facts.error(), part);
}

BOOST_AUTO_TEST_CASE(a_ksh_is_refused_under_every_name) {
    const scratch_directory home;
    write_file(home / "sh", "#!/bin/dash\nexec " + path_of_shell("ksh").string() + " \"$@\"\n");
    fs::permissions(home / "sh", fs::perms::owner_all);
    const auto is_refused = [] {
        destination d;
        const auto facts = ask(d);
        BOOST_REQUIRE(facts.has_error());
        BOOST_TEST((facts.error().code == failure_code::missing_program));
        says(facts.error(), "it is ksh");
    };
    {
        const path_with under_its_own_name(home.path());
        is_refused();
    }
    const sh_is as_sh("ksh");
    is_refused();
}

BOOST_DATA_TEST_CASE(every_sh_that_is_meant_passes, data::make(every_sh), name) {
    const sh_is sh(name);
    destination d;
    d.prepare();
}

BOOST_AUTO_TEST_CASE(a_program_that_says_something_beside_its_answer_does_what_is_needed) {
    destination d;
    const auto program = d.scratch / "bin/md5sum";
    write_file(
        program,
        "#!/bin/sh\necho 'warning: setlocale: cannot change locale' >&2\nexec /usr/bin/md5sum \"$@\"\n");
    fs::permissions(program, fs::perms::owner_all);
    const path_with path(program.parent_path());
    BOOST_TEST(ask(d).has_value());
}

BOOST_AUTO_TEST_CASE(a_flock_that_cannot_wait_is_a_reason_against_staging) {
    destination d;
    const auto program = d.scratch / "bin/flock";
    write_file(program, "#!/bin/sh\necho \"flock: invalid option -- 'w'\" >&2\nexit 1\n");
    fs::permissions(program, fs::perms::owner_all);
    const path_with path(program.parent_path());
    BOOST_TEST(refusal_of_staging(ask(d)).find("flock: invalid option -- 'w'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(answers_mean_what_they_say) {
    BOOST_TEST(!judge_account(ended("suprsync\0Z\0"s), "h", limit).refused);
    BOOST_TEST(judge_account(ended("suprsync\0Kno flock\0Z\0"s), "h", limit).no_locks == "no flock");
    auto why = refused(ended("suprsync\0Mrsync\0Mmd5sum\0Z\0"s));
    BOOST_TEST((why.code == failure_code::missing_program));
    BOOST_TEST(why.text() == "cannot use user@host: not installed there: rsync, md5sum");
    // Cut short.
    says(refused(ended("suprsync\0"s, "sh: Syntax error\n")), "sh: Syntax error");
    says(refused(ended("")), "standard input");
    // Nothing of what is quoted plays with a terminal.
    BOOST_TEST(refused(ended("\x1b[2Jhello\r\n"s)).text().find('\x1b') == std::string::npos);

    auto lost = ended("");
    lost.end = {failure{failure_code::connection, "use", "host", "the connection was lost (exit status 255)"},
                "255"};
    BOOST_TEST((refused(lost).code == failure_code::connection));
    lost.connection_lasts = true;
    BOOST_TEST((refused(lost).code == failure_code::not_permitted));
    lost.error = "mux_client_request_session: session request failed: Session open refused by peer\n";
    BOOST_TEST((refused(lost).code == failure_code::connection));
    auto silent = ended("");
    silent.end = {failure{failure_code::timed_out, "use", "host", "the time limit was reached"}, "timed out"};
    why = refused(silent);
    BOOST_TEST((why.code == failure_code::timed_out));
    says(why, "did not get to a command within 1.5 s: does it, or one of its start-up files");
    silent.output = "suprsync\0Tsh\0Trsync\0"s;
    why = refused(silent);
    says(why, "not all tried within 1.5 s: rsync is the one that did not answer in time");
    script_answer never;
    never.end = {failure{failure_code::connection, "connect to", "host", "Connection refused"}, "connection"};
    BOOST_TEST(refused(never).text() == "cannot connect to host: Connection refused");
}

BOOST_AUTO_TEST_SUITE_END()
