// The scripts that run at the destination, through a real sh as the transport runs them: lists cut short,
// another base directory, locks.
#include "net/remote/scripts.hpp"

#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "net/remote/script_protocol.hpp"
#include "net/remote/shell_text.hpp"
#include "tests/net/remote/scripted_destination.hpp"
#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(remote_scripts)

namespace {

failure_code code_of(const script_answer& answer) {
    BOOST_REQUIRE_MESSAGE(answer.end.error.has_value(), answer.output);
    return answer.end.error->code;
}

/// Runs a receiver's command as the login shell there does.
struct received {
    int status = -1;
    std::string output;
};
received receive(const fs::path& scratch, const std::string& command, const std::string& rest) {
    write_file(scratch / "receiver", command + " " + rest + "\n");
    const path_with fakes(scratch / "bin");
    received answer;
    answer.output = shell("sh " + shell_quoted((scratch / "receiver").string()) + " 2>&1; echo $?");
    const auto line = answer.output.rfind('\n');
    const auto at = line == std::string::npos ? 0 : line + 1;
    answer.status = std::stoi(answer.output.substr(at));
    answer.output.resize(at);
    return answer;
}

void fake_rsync(const fs::path& scratch, const std::string& commands) {
    write_file(scratch / "bin/rsync", "#!/bin/sh\n" + commands + "\n");
    fs::permissions(scratch / "bin/rsync", fs::perms::owner_all);
}

}  // namespace

BOOST_DATA_TEST_CASE(a_publish_list_cut_anywhere_publishes_whole_records_only, data::make(every_sh), sh) {
    scripted_destination d(sh);
    const std::string long_name = "17000/x\n's/y";
    const auto list =
        publish_list({{1, "17000/a", md5_of("1"), std::nullopt}, {2, long_name, md5_of("2"), std::nullopt}});
    const auto first = list.find('\0', list.find("17000/a")) + 1;
    // One byte of the second record, most of it, all but its seal, all but a half of it, all but the NUL.
    for (std::size_t cut : {first + 1, first + 40, list.size() - 4, list.size() - 3, list.size() - 2}) {
        fs::remove_all(d.base() / "17000");
        write_file(d.slot() / "17000/a", "1");
        write_file(d.slot() / long_name, "2");
        const auto answer = d.publish_listed(list.substr(0, cut));
        BOOST_TEST(answer.end.finished());
        BOOST_TEST(read_file(d.base() / "17000/a") == "1");
        BOOST_TEST(files_below(d.base()).size() == 1U, cut);
        BOOST_TEST(read_file(d.slot() / long_name) == "2");
    }
    BOOST_TEST(d.publish_listed(list.substr(0, list.size() - 1)).end.finished());
}

BOOST_DATA_TEST_CASE(cut_lists_of_directories_and_of_what_to_sweep_do_no_harm, data::make(every_sh), sh) {
    scripted_destination d(sh);
    auto answer = d.run(scripts::make_directories, sealed_list({"a", "a/b"}) + "a/b/cut");
    BOOST_TEST(answer.end.finished());
    BOOST_TEST((tree_of(d.base()) == std::vector<std::string>{"d a", "d a/b"}));
    write_file(d.slot() / "17000/keep", "1");
    write_file(d.slot() / "17000/keep me not", "1");
    const auto list = sealed_list({"17000/keep me not"}) + std::string("17000/keep");
    answer = d.run(scripts::sweep, list, assignment("slots", "0:" + std::to_string(list.size())));
    BOOST_TEST(answer.end.finished());
    BOOST_TEST((tree_of(d.slot()) == std::vector<std::string>{"d 17000", "f 17000/keep"}));
}

BOOST_DATA_TEST_CASE(hostile_lists_are_lists, data::make(every_sh), sh) {
    scripted_destination d(sh);
    const auto trap = (d.scratch / "trap").string();
    const std::vector<std::string> names = {"-rf",
                                            "--help",
                                            "$(touch " + trap + ")",
                                            "`touch " + trap + "`",
                                            "a\nb",
                                            "'; touch " + trap + "; '",
                                            "*",
                                            " ",
                                            "\\",
                                            "a//b"};
    for (const auto& name : names) write_file(d.slot() / name, name);
    const auto sums = read_sums(d.run(scripts::digests, dotted_list(names)).output, names);
    for (std::size_t i = 0; i < names.size(); ++i)
        BOOST_TEST(sums[i].value_or("none") == md5_of(names[i]), names[i]);
    const auto list = sealed_list(names);
    BOOST_TEST(
        d.run(scripts::sweep, list, assignment("slots", "0:" + std::to_string(list.size()))).end.finished());
    BOOST_TEST(files_below(d.slot()).empty());
    BOOST_TEST(!fs::exists(trap));
}

BOOST_DATA_TEST_CASE(another_base_directory_or_none_is_told_by_every_script_that_enters_it,
                     data::make(every_sh), sh) {
    const auto all = [](scripted_destination& d) {
        write_file(d.slot() / "a", "1");
        return std::vector<script_answer>{
            d.run(scripts::digests, dotted_list({"a"}), assignment("slot", "")),
            d.publish_listed(publish_list({{1, "a", md5_of("1"), std::nullopt}})),
            d.run(scripts::make_directories, sealed_list({"new"})),
            d.run(scripts::stat, dotted_list({"a"}),
                  assignment("sync_first", "1") + assignment("synced_bytes", "0") +
                      assignment("sizes_bytes", "4"))};
    };
    scripted_destination d(sh);
    fs::rename(d.base(), d.scratch / "unmounted");
    for (const auto& answer : all(d)) BOOST_TEST(code_of(answer) == failure_code::base_missing);
    fs::create_directory(d.base());
    for (const auto& answer : all(d)) BOOST_TEST(code_of(answer) == failure_code::base_changed);
    BOOST_TEST(fs::is_empty(d.base()));
    fs::remove(d.base());
    fs::rename(d.scratch / "unmounted", d.base());
    for (const auto& answer : all(d)) BOOST_TEST(answer.end.finished());
    fs::remove_all(d.slot());
    BOOST_TEST(code_of(d.run(scripts::digests, dotted_list({"a"}))) == failure_code::io);
}

// Every wait for a lock takes seconds: one style a shell.
BOOST_DATA_TEST_CASE(a_held_slot_is_busy_in_both_styles_of_locks,
                     data::make(every_sh) ^ data::make({"directory", "file", "directory"}), sh, style) {
    const std::string lock_style = style;
    scripted_destination d(sh, lock_style);
    write_file(d.slot() / "a", "1");
    const int lock = d.lock(lock_style == "file" ? fs::path(d.slot().string() + ".lock") : d.slot());
    const auto list = sealed_list({"a"});
    BOOST_TEST(code_of(d.run(scripts::digests, dotted_list({"a"}))) == failure_code::slot_busy);
    BOOST_TEST(code_of(d.publish_listed(publish_list({{1, "a", md5_of("1"), std::nullopt}}))) ==
               failure_code::slot_busy);
    BOOST_TEST(
        d.run(scripts::sweep, list, assignment("slots", "0:" + std::to_string(list.size()))).end.finished());
    const auto receiver =
        receive(d.scratch.path(), scripts::receiver_in_staging((d.staging() / "in").string(), 0, lock_style),
                "--version");
    BOOST_TEST(receiver.status == 86);
    BOOST_TEST(receiver.output == "suprsync: slot busy\n");
    BOOST_TEST(read_file(d.slot() / "a") == "1");
    BOOST_TEST(fs::is_empty(d.base()));
    ::close(lock);
    BOOST_TEST(d.publish_listed(publish_list({{1, "a", md5_of("1"), std::nullopt}})).end.finished());
    BOOST_TEST(read_file(d.base() / "a") == "1");
}

BOOST_DATA_TEST_CASE(the_receiver_unlinks_what_is_published_and_tells_what_is_staged, data::make(every_sh),
                     sh) {
    for (const std::string style : {"directory", "file"}) {
        scripted_destination d(sh, style);
        write_file(d.slot(1) / "published", "do not write into me");
        fs::create_hard_link(d.slot(1) / "published", d.base() / "published");
        write_file(d.slot(1) / "17000/new\nline", "12345");
        fake_rsync(d.scratch.path(),
                   "for word do printf '<%s>' \"$word\"; done; pwd; flock -n . true || echo locked");
        const auto receive_in = [&](int slot, const std::string& rest) {
            return receive(d.scratch.path(),
                           scripts::receiver_in_staging((d.staging() / "in").string(), slot, style), rest);
        };
        auto told = receive_in(1, "--server 'a b' .");
        BOOST_TEST(told.status == 0);
        BOOST_TEST(told.output == "suprsync: staged 5\n<--server><a b><.>" + d.slot(1).string() + "\n" +
                                      (style == "file" ? "" : "locked\n"));
        BOOST_TEST(!fs::exists(d.slot(1) / "published"));
        BOOST_TEST(read_file(d.base() / "published") == "do not write into me");
        // A slot is made at first use, `in` never.
        BOOST_TEST(receive_in(7, "x").status == 0);
        BOOST_TEST(fs::is_directory(d.slot(7)));
        fs::remove_all(d.staging() / "in");
        BOOST_TEST(receive_in(0, "x").status == 89);
        BOOST_TEST(!fs::exists(d.staging() / "in"));
    }
}

BOOST_DATA_TEST_CASE(the_receiver_without_staging_writes_into_the_base_directory_it_knows_only,
                     data::make(every_sh), sh) {
    scripted_destination d(sh);
    const auto odd = d.scratch / "it's\n$(x) base\n";
    fs::create_directory(odd);
    fake_rsync(d.scratch.path(), "echo here; [ . -ef " + shell_quoted(odd.string()) + " ]");
    const auto identity =
        shell("cd " + shell_quoted(odd.string()) + " && echo $(stat -f -c %i .) $(stat -c %i .)");
    const auto receive_at = [&](const std::string& expected) {
        return receive(d.scratch.path(), scripts::receiver_in_base(odd.string(), expected), "x");
    };
    auto told = receive_at(identity);
    BOOST_TEST(told.status == 0);
    BOOST_TEST(told.output == "here\n");
    told = receive_at(identity + "0");
    BOOST_TEST(told.status == 87);
    BOOST_TEST(told.output == "suprsync: base changed\n");
    fs::remove(odd);
    BOOST_TEST(receive_at(identity).status == 88);
}

BOOST_DATA_TEST_CASE(a_receiver_reads_no_settings_of_the_accounts, data::make(every_sh), sh) {
    scripted_destination d(sh);
    fake_rsync(d.scratch.path(), "env | grep ^RSYNC_; echo ran");
    std::vector<std::pair<std::string, std::string>> settings = {{"BASHOPTS", "failglob"}};
    for (const char* name :
         {"ICONV", "PROTECT_ARGS", "OLD_ARGS", "MAX_ALLOC", "CHECKSUM_LIST", "COMPRESS_LIST"})
        settings.emplace_back(std::string("RSYNC_") + name, "1");
    const environment_with odd(settings);
    const auto told = receive(
        d.scratch.path(), scripts::receiver_in_staging((d.staging() / "in").string(), 1, "directory"), "x");
    BOOST_TEST(told.output == "suprsync: staged 0\nran\n");
}

BOOST_AUTO_TEST_CASE(a_receivers_command_can_be_read_by_any_login_shell) {
    // csh ends a quotation with the line and looks for "!" in it; fish takes two backslashes in it for one.
    for (const std::string& command : {scripts::receiver_in_staging("/it's\n!\\/in", 0, "directory"),
                                       scripts::receiver_in_base("/it's\n!\\", "1f 2")}) {
        BOOST_TEST(command.find_first_of("\n!") == std::string::npos, command);
        BOOST_TEST(command.find("\\\\") == std::string::npos, command);
        BOOST_TEST(command.find("\\'") == std::string::npos, command);
        BOOST_TEST(command.size() < 2000U, command);
    }
}

BOOST_DATA_TEST_CASE(staged_bytes_are_counted, data::make(every_sh), sh) {
    scripted_destination d(sh);
    BOOST_TEST(d.run(scripts::staged_bytes, "").output == "0\n");
    write_file(d.slot() / "17000/new\nline", "12345");
    write_file(d.slot() / "-x", "67");
    BOOST_TEST(d.run(scripts::staged_bytes, "").output == "7\n");
}

BOOST_AUTO_TEST_SUITE_END()
