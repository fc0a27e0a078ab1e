// The same destination through every shell that may run our programs there, or start them.
#include "tests/support/net/far_shells.hpp"

#include <sys/stat.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>

#include "net/remote/probe.hpp"
#include "net/remote/scripts.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/waiting.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(far_shells)

namespace {

/// A base directory that shells would stumble over, and names in it likewise.
fs::path odd_base(const destination& d) { return d.scratch / "dest/it's a \"b$x\" 01234\\ \n!\xff" / "base"; }

std::vector<stage_item> odd_files(destination& d) {
    std::vector<stage_item> items;
    for (const std::string name :
         {"17000/a b", "17000/new\nline/it's", "17000/!x $(y)", "-rf", "17000/\\\\0101"})
        items.push_back(d.make(name, "content of " + name));
    return items;
}

/// Every program, with and without something in the way.
void use_all_of(destination& d) {
    fs::create_directories(odd_base(d));
    d.options.archive.remote_basedir = odd_base(d);
    d.options.archive.chmod = "Dg+rwxs,o-rwx";
    const auto facts = d.prepare();
    BOOST_TEST(facts.base == odd_base(d).string());
    BOOST_TEST(facts.staging_refused.empty(), facts.staging_refused);

    auto items = odd_files(d);
    check_finished(d.stage(items).end);
    std::vector<publish_item> asked;
    for (const auto& item : items)
        asked.push_back(
            {static_cast<file_id>(asked.size() + 1), item.remote_path, md5_of_file(item.local_path), {}});
    // A directory whose name has a newline is beyond the short way.
    asked.erase(asked.begin() + 1);
    auto report = d.wait(d.get().deliver(0, asked, 100));
    check_finished(report.end);
    for (std::size_t i = 0; i < asked.size(); ++i)
        BOOST_TEST(report.outcomes[i] == publish_outcome::published,
                   asked[i].remote_path << ": " << report.details[i]);
    BOOST_TEST(d.digests({items[1]}).md5[0].value_or("none") == md5_of_file(items[1].local_path));
    BOOST_TEST(d.publish({items[1]}).outcomes[0] == publish_outcome::published);
    BOOST_TEST(files_below(odd_base(d)).size() == items.size());
    struct stat directory = {};
    BOOST_REQUIRE(::stat((odd_base(d) / "17000/new\nline").c_str(), &directory) == 0);
    BOOST_TEST((directory.st_mode & 07777U) == 02770U);

    write_file(odd_base(d) / "17000/a b", "theirs");
    check_finished(d.stage({items[0]}).end);
    report = d.publish({items[0]});
    BOOST_TEST(report.outcomes[0] == publish_outcome::replaced, report.details[0]);

    const auto seen = d.stat({items[0].remote_path, items[1].remote_path, "17000/none"}, true, true);
    check_finished(seen.end);
    for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST(seen.answers[i].md5.value_or("none") == md5_of_file(items[i].local_path));
    BOOST_TEST((seen.answers[2].answered && !seen.answers[2].size));

    check_finished(d.stage({items[0]}).end);
    const auto left = d.prepare();
    BOOST_REQUIRE(left.staged.size() == 1U);
    BOOST_TEST(d.wait(d.get().sweep(left.staged)).has_value());
    BOOST_TEST(d.prepare().staged.empty());
}

void copy_without_staging(destination& d) {
    d.close();
    fs::remove_all(odd_base(d));
    fs::create_directories(odd_base(d));
    d.options.archive.remote_staging_dir = odd_base(d) / "refused";
    BOOST_TEST(!d.prepare().staging_refused.empty());
    const auto items = odd_files(d);
    check_finished(d.stage(items).end);
    BOOST_TEST(files_below(odd_base(d)).size() == items.size());
}

/// Every word of our programs that is a command which a function may replace.
std::set<std::string> commands_of_programs() {
    std::string text = scripts::compose_trial() + scripts::receiver_in_base("/x", "1 2") +
                       scripts::receiver_in_staging("/x", 0, "directory");
    for (const auto program :
         {scripts::deliver, scripts::digests, scripts::make_directories, scripts::prepare, scripts::probe,
          scripts::publish, scripts::space, scripts::staged_bytes, scripts::stat, scripts::sweep,
          scripts::sweep_leftovers})
        text += scripts::compose("", program);
    std::set<std::string> commands = {"[", "cd", "command", "read", "umask", "wait"};
    const std::regex word("[a-z][a-z0-9]*");
    for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at)
        if (fs::exists("/usr/bin/" + at->str())) commands.insert(at->str());
    return commands;
}

/// Files that write to `ran` where they are run, to be copied and in the base directory already.
std::vector<stage_item> files_named_as_programs(destination& d) {
    const auto ran = (d.scratch / "ran").string();
    std::vector<stage_item> items;
    fs::create_directories(d.options.archive.remote_basedir);
    for (const std::string program : {"cp", "find", "flock", "head", "ln", "md5sum", "mkdir", "rm", "rsync",
                                      "sh", "shopt", "sort", "stat", "sync", "timeout", "xargs"}) {
        items.push_back(d.make("17000/" + program, "#!/bin/sh\necho $0 >>'" + ran + "'\nexit 1\n"));
        fs::permissions(items.back().local_path, fs::perms::owner_all);
        fs::copy_file(items.back().local_path, fs::path(d.options.archive.remote_basedir) / program);
    }
    return items;
}

void copy_all(destination& d, const std::vector<stage_item>& items) {
    std::vector<std::string> paths;
    for (const auto& item : items) paths.push_back(item.remote_path);
    d.prepare();
    check_finished(d.stage(items).end);
    check_finished(d.stage(items).end);
    check_finished(d.publish(items).end);
    check_finished(d.stat(paths, true, true).end);
}

/// Longer than any command line of theirs (our own ssh has many options), and shorter than the programs.
constexpr std::size_t short_line = 700;

}  // namespace

BOOST_DATA_TEST_CASE(programs_work_in_every_sh, data::make(every_sh), name) {
    const sh_is sh(name);
    destination d;
    use_all_of(d);
    copy_without_staging(d);
}

// CDPATH leads to a directory of the same name as a slot, in which files with a second link would be deleted.
BOOST_DATA_TEST_CASE(the_environment_of_the_account_changes_nothing, data::make(every_sh), name) {
    const sh_is sh(name);
    destination d;
    const auto foreign = d.scratch / "foreign";
    write_file(foreign / "keep", "precious");
    fs::create_directories(foreign / "0");
    fs::create_hard_link(foreign / "keep", foreign / "0/second link");
    fs::create_directories(foreign / "1");
    const auto before = tree_of(foreign);
    {
        const environment_with odd({{"CDPATH", foreign.string() + ":."},
                                    {"BASH_FUNC_cd%%", "() { echo no directory; }"},
                                    {"BASH_FUNC_find%%", "() { rm -rf '" + foreign.string() + "'; }"},
                                    {"BASH_FUNC_head%%", "() { echo not the head; }"},
                                    {"SHELLOPTS", "noglob:noclobber:nounset"},
                                    {"GLOBIGNORE", "*"},
                                    {"IFS", "s"},
                                    {"ENV", (foreign / "keep").string()},
                                    {"POSIXLY_CORRECT", "1"}});
        use_all_of(d);
        copy_without_staging(d);
    }
    BOOST_TEST((tree_of(foreign) == before));
}

BOOST_DATA_TEST_CASE(no_function_or_option_of_the_accounts_shell_is_used, data::make(every_sh), name) {
    const sh_is sh(name);
    destination d;
    const auto ran = d.scratch / "ran";
    std::vector<std::pair<std::string, std::string>> odd = {
        {"BASHOPTS", "dotglob:failglob:nocaseglob:nocasematch:nullglob"}};
    const auto commands = commands_of_programs();
    BOOST_TEST(commands.count("timeout") == 1U);
    for (const auto& command : commands)
        odd.emplace_back("BASH_FUNC_" + command + "%%",
                         "() { builtin echo " + command + " >>'" + ran.string() + "'; return 1; }");
    {
        const environment_with functions(odd);
        use_all_of(d);
        copy_without_staging(d);
    }
    BOOST_TEST(!fs::exists(ran), (fs::exists(ran) ? read_file(ran) : ""));
}

// `PATH=$UNSET:$PATH` leaves an empty element, which is the directory that a program of ours has entered.
BOOST_DATA_TEST_CASE(no_file_that_was_copied_there_is_run, data::make(every_sh), name) {
    const sh_is sh(name);
    destination d;
    const auto items = files_named_as_programs(d);
    const std::string path = ::getenv("PATH");
    const environment_with odd({{"PATH", ":" + path + "::.:" + "dest"}});
    copy_all(d, items);
    BOOST_TEST(!fs::exists(d.scratch / "ran"));
}

// The base directory is the account's home, in which its login shell starts.
BOOST_DATA_TEST_CASE(no_file_that_was_copied_home_is_run, data::make(every_login_shell), name) {
    const scratch_directory home;
    const auto account = home / "account";
    fs::create_directories(account);
    const std::string path = ::getenv("PATH");
    sshd server(home / "sshd",
                {"ForceCommand cd '" + account.string() + "' && exec env HOME='" + account.string() +
                 "' PATH=':" + path + "' " + path_of_shell(name).string() + " -c \"$SSH_ORIGINAL_COMMAND\""});
    destination d(place::ssh, &server);
    d.options.archive.remote_basedir = account;
    copy_all(d, files_named_as_programs(d));
    BOOST_TEST(!fs::exists(d.scratch / "ran"));
}

BOOST_DATA_TEST_CASE(every_login_shell_starts_the_programs, data::make(every_login_shell), name) {
    const scratch_directory home;
    fs::create_directories(home / "account");
    sshd server(home / "sshd", {"ForceCommand exec env HOME='" + (home / "account").string() + "' " +
                                path_of_shell(name).string() + " -c \"$SSH_ORIGINAL_COMMAND\""});
    destination d(place::ssh, &server);
    use_all_of(d);
    copy_without_staging(d);

    child_runner runner(d.context.get_executor(), nullptr);
    d.options.runtime_directory = home.path();
    const auto probed = d.wait(probe_destination(d.context.get_executor(), runner, d.options, catalog_uuid));
    BOOST_TEST(!probed.unreachable.has_value());
    BOOST_TEST(probed.base == odd_base(d).string());
    runner.stop();
    d.context.restart();
    while (runner.running() > 0) d.context.run_one();
}

BOOST_AUTO_TEST_CASE(the_program_that_links_is_on_no_command_line) {
    destination d;
    d.prepare();
    const auto item = d.make("17000/a", "x");
    check_finished(d.stage({item}).end);
    // Tells the command lines of the process that starts it, and of that one's parent.
    write_file(
        d.scratch / "bin/cp",
        "#!/bin/sh\nread -r pid name state parent rest </proc/$PPID/stat\ncat /proc/$PPID/cmdline /proc/$parent/cmdline >>'" +
            (d.scratch / "lines").string() + "'\nexec /bin/cp \"$@\"\n");
    fs::permissions(d.scratch / "bin/cp", fs::perms::owner_all);
    {
        const path_with fakes(d.scratch / "bin");
        BOOST_TEST(d.publish({item}).outcomes[0] == publish_outcome::published);
    }
    const auto lines = read_file(d.scratch / "lines");
    BOOST_TEST(lines.find("eval \"$link_staged\"") != std::string::npos, lines);
    BOOST_TEST(lines.size() < 2 * short_line, lines);
}

BOOST_DATA_TEST_CASE(command_lines_there_do_not_hold_the_programs, data::make(both_places), where) {
    const scratch_directory home;
    // Whatever runs there has this directory's name in its environment.
    const auto mark = home.path().string();
    sshd server(home / "sshd", {"SetEnv SUPRSYNC_TEST=" + mark});
    if (where == place::here) ::setenv("SUPRSYNC_TEST", mark.c_str(), 1);
    destination d(where, &server);
    d.prepare();
    // md5sum reads a hole for hours; meanwhile all processes are there to be seen.
    write_file(d.slot() / "hangs", "");
    fs::resize_file(d.slot() / "hangs", 1ULL << 43);
    digest_request request;
    request.slot = 0;
    request.remote_paths = {"hangs"};
    bool ended = false;
    boost::asio::co_spawn(d.context, d.get().digests(std::move(request)),
                          [&](const std::exception_ptr& thrown, const digest_report&) {
                              ended = true;
                              if (thrown) std::rethrow_exception(thrown);
                          });
    d.context.restart();
    wait_until("md5sum runs", [&] {
        d.context.poll();
        return !processes_about(d.slot(), "md5sum -z").empty();
    });
    ::unsetenv("SUPRSYNC_TEST");
    BOOST_TEST(processes_about(mark, "timeout -k").size() >= 1U);
    BOOST_TEST(processes_about(mark, "eval \"$watch_input\"").size() == 1U);
    for (const auto& process : processes_about(mark))
        BOOST_TEST(process.command.size() < short_line, process.command);
    d.get().stop();
    while (!ended) d.context.run_one();
}

BOOST_AUTO_TEST_SUITE_END()
