// Where files are staged, against real rsync and sshd: what lies there already, who else is there, and
// copying where there is no staging.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <sstream>

#include "engine/rules/sending_order.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/waiting.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(transport_staging)

BOOST_DATA_TEST_CASE(what_the_receiver_cannot_write_is_told_by_its_remote_path, data::make(each_kind),
                     where) {
    destination d(where);
    d.prepare();
    // A directory in the way of a file, and a file in the way of a directory, left in staging: a file gives
    // way.
    write_file(d.slot() / "17000/a/b/left", "x");
    write_file(d.slot() / "17000/f", "x");
    const std::vector<stage_item> items = {d.make("17000/a", "1"), d.make("17000/f/c", "2"),
                                           d.make("17000/g", "3")};
    const auto report = d.stage(items);
    check_finished(report.end);
    BOOST_TEST(report.complaints[0].value_or("").find(items[0].remote_path) != std::string::npos);
    BOOST_TEST(report.complaints[0].value_or("").find(d.slot().string()) == std::string::npos);
    BOOST_TEST(!report.complaints[1]);
    BOOST_TEST(read_file(d.slot() / "17000/f/c") == "2");
    BOOST_TEST(!report.complaints[2]);
    BOOST_TEST(read_file(d.slot() / "17000/g") == "3");
}

BOOST_DATA_TEST_CASE(it_tells_how_many_files_are_sent, data::make(every_place), where) {
    destination d(where);
    d.prepare();
    std::vector<std::size_t> told;
    stage_request request;
    for (const auto* name : {"17000/c", "17000/hk/a", "17000/empty", "17000/b"})
        request.items.push_back(
            d.make(name, std::string(name) == "17000/empty" ? "" : random_content(100000, 1)));
    request.progress = [&](std::uint64_t, std::size_t files) { told.push_back(files); };
    check_finished(d.wait(d.get().stage(std::move(request))).end);
    BOOST_REQUIRE(!told.empty());
    BOOST_TEST(std::is_sorted(told.begin(), told.end()));
    BOOST_TEST(told.back() == 4U);
}

// As the program that is installed sends them.
BOOST_AUTO_TEST_CASE(files_are_sent_in_the_order_that_is_told) {
    const scratch_directory place;
    const std::vector<std::string_view> paths{
        "17000/smurf/b", "17000/smurf.b/q", "17001/x",   "plain",          "17000/zz",        "17000/a/k",
        "17000/smurf/a", "17000/smurf/a b", "17000/Top", "17000/smurf-/c", "17000/smurf/d/e", "-x"};
    std::string list;
    for (const auto& path : paths) {
        fs::create_directories((place / "from" / path).parent_path());
        write_file(place / "from" / path, "content");
        list += "./" + std::string(path) + '\0';
    }
    write_file(place / "list", list);
    const auto root = place.path().string();
    BOOST_REQUIRE(std::system(("rsync -LtOs8 --from0 --files-from='" + root +
                               "/list' --no-implied-dirs --out-format=%n '" + root + "/from/' '" + root +
                               "/to/' > '" + root + "/said'")
                                  .c_str()) == 0);
    std::string expected;
    for (const auto at : sending_order(paths)) expected += std::string(paths[at]) + "\n";
    std::string sent;
    std::istringstream said(read_file(place / "said"));
    for (std::string line; std::getline(said, line);)
        if (!line.ends_with('/')) sent += line + "\n";
    BOOST_TEST(sent == expected);
}

// rsync has an order of its own, the daemon goes by its list, also where a far side takes the files.
BOOST_DATA_TEST_CASE(the_order_that_is_told_is_that_of_who_copies, data::make(every_place), where) {
    destination d(where);
    d.prepare();
    const std::vector<std::string_view> paths{"17000/hk/a", "17000/c", "17000/b"};
    const auto of_list = std::vector<std::size_t>{0, 1, 2};
    const bool by_list = is_without_rsync(where);
    const auto expected = by_list ? of_list : sending_order(paths);
    BOOST_TEST((expected == of_list) == by_list);
    BOOST_TEST(d.get().order_of(paths) == expected, boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(what_lies_staged_is_not_sent_again_and_a_mismatch_is_mended, data::make(every_place),
                     where) {
    destination d(where);
    d.prepare();
    const auto content = random_content(4 << 20, 1);
    const auto item = d.make("17000/big", content);
    write_file(d.slot() / "17000/big", content.substr(0, 3 << 20));
    std::uint64_t last = 0;
    stage_request request;
    request.items = {item};
    request.progress = [&](std::uint64_t total, std::size_t) {
        BOOST_TEST(total >= last);
        last = total;
    };
    auto report = d.wait(d.get().stage(std::move(request)));
    check_finished(report.end);
    BOOST_TEST(report.bytes >= 1U << 20);
    BOOST_TEST(report.bytes < (1U << 20) + 100000);
    BOOST_TEST(d.digests({item}).md5[0].value_or("") == md5_of(content));
    // A bit flips there; size and time are as they were.
    auto damaged = content;
    damaged[1 << 20] = static_cast<char>(damaged[1 << 20] ^ 1);
    const auto time = fs::last_write_time(d.slot() / "17000/big");
    write_file(d.slot() / "17000/big", damaged);
    fs::last_write_time(d.slot() / "17000/big", time);
    check_finished(d.stage({item}).end);
    BOOST_TEST(d.digests({item}).md5[0].value_or("") == md5_of(damaged));
    report = d.stage({item}, stage_mode::compare);
    check_finished(report.end);
    BOOST_TEST(report.bytes < 200000U);
    BOOST_TEST(d.digests({item}).md5[0].value_or("") == md5_of(content));
}

BOOST_DATA_TEST_CASE(a_slot_that_another_process_holds_is_busy, data::make(every_place), where) {
    destination d(where);
    d.prepare();
    const auto item = d.make("17000/a", "x");
    check_finished(d.stage({item}).end);
    const int lock = ::open(d.slot().c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_REQUIRE(::flock(lock, LOCK_EX) == 0);
    const auto busy = [](const process_end& end) {
        BOOST_REQUIRE(end.error.has_value());
        BOOST_TEST((end.error->code == failure_code::slot_busy), end.error->text());
    };
    busy(d.stage({item}, stage_mode::compare).end);
    busy(d.digests({item}).end);
    const auto report = d.publish({item});
    busy(report.end);
    BOOST_TEST((report.outcomes[0] == publish_outcome::unknown));
    check_finished(d.stage({item}, stage_mode::resume, 1).end);
    ::close(lock);
    check_finished(d.publish({item}).end);
    BOOST_TEST(read_file(d.base() / "17000/a") == "x");
}

// As an rsync that was given up here and hangs there: stopped, with the slot's lock, which its own children
// share.
BOOST_DATA_TEST_CASE(who_hangs_in_a_slot_is_ended, data::make(every_place), where) {
    destination d(where);
    d.prepare();
    const auto item = d.make("17000/a", "x");
    check_finished(d.stage({item}).end);
    const auto holder = [&](const std::string& then) {
        return daemon_process(
            {"/bin/sh", "-c", "cd \"$0\" && exec 9<. && flock 9 && { " + then + "; }", d.slot()}, {},
            d.scratch / "holder");
    };
    {
        auto writing = holder("echo held && while :; do echo >>grows; done");
        writing.await_line("held");
        const auto busy = d.stage({item}).end;
        BOOST_REQUIRE(busy.error.has_value());
        BOOST_TEST((busy.error->code == failure_code::slot_busy), busy.error->text());
        BOOST_TEST(!writing.ended().has_value());
    }
    auto hanging = holder("sleep 1000 & echo hangs; kill -STOP $$");
    hanging.await_line("hangs");
    wait_until("the slot is free", [&] { return d.stage({item}).end.finished(); });
    BOOST_TEST(hanging.wait().by_signal);
    BOOST_TEST(processes_about(d.slot(), "sleep").empty());
    check_finished(d.publish({item}).end);
}

// rsync reads from a FIFO here that nobody writes to, as it would from a server that does not answer.
BOOST_DATA_TEST_CASE(a_stall_over_a_local_file_is_no_error_of_the_connection, data::make({false, true}),
                     staged) {
    destination d;
    d.options.archive.stall_timeout = 0.5;
    d.options.archive.cmd_timeout = 60;  // of what does not stall, on a busy machine
    if (!staged) d.options.archive.remote_staging_dir = d.base() / "refused";
    d.prepare();
    std::vector<stage_item> items = {d.make("17000/fine", "1"), d.make("17000/hangs", "2")};
    const auto silent = d.local("silent");
    BOOST_REQUIRE(::mkfifo(silent.c_str(), 0600) == 0);
    const int writer = ::open(silent.c_str(), O_RDWR | O_CLOEXEC);
    items[1].read_at = "/proc/self/fd/" + std::to_string(writer);
    write_file(d.scratch / "bin/rsync", "#!/bin/sh\nexec cat '" + silent.string() + "'\n");
    fs::permissions(d.scratch / "bin/rsync", fs::perms::owner_all);
    const path_with path(d.scratch / "bin");
    const auto report = d.stage(items);
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::place));
    BOOST_REQUIRE(report.unreadable.size() == 2U);
    BOOST_TEST(!report.unreadable[0]);
    BOOST_REQUIRE(report.unreadable[1].has_value());
    BOOST_TEST(report.unreadable[1]->text().find("did not answer rsync") != std::string::npos);
    ::close(writer);
}

BOOST_DATA_TEST_CASE(without_staging_files_go_straight_to_their_places, data::make(every_place), where) {
    destination d(where);
    d.options.archive.remote_staging_dir = d.base() / "refused";
    ::chmod(d.base().c_str(), 0750);
    const auto facts = d.prepare();
    BOOST_TEST(!facts.staging_refused.empty());
    std::vector<stage_item> items;
    for (const std::string name : {"17000/it's $(here)", "17000/deep/new\nline", "-x", "#y"})
        items.push_back(d.make(name, "content of " + name));
    const auto report = d.stage(items);
    check_finished(report.end);
    for (const auto& complaint : report.complaints) BOOST_TEST(!complaint, complaint.value_or(""));
    const auto sums = d.digests(items, std::nullopt);
    check_finished(sums.end);
    for (std::size_t i = 0; i < items.size(); ++i)
        BOOST_TEST(sums.md5[i].value_or("") == md5_of_file(items[i].local_path));
    const auto published = d.publish(items);
    check_finished(published.end);
    for (auto outcome : published.outcomes) BOOST_TEST((outcome == publish_outcome::published));
    BOOST_TEST(files_below(d.base()).size() == items.size());
    BOOST_TEST(!fs::exists(d.scratch / "dest/.suprsync"));
    struct stat found = {};
    ::stat(d.base().c_str(), &found);
    BOOST_TEST((found.st_mode & 0777U) == 0750U);
    ::stat((d.base() / "17000/deep").c_str(), &found);
    BOOST_TEST((found.st_mode & 0777U) == 0775U);
    // A file that was changed there, size and time as before, is compared.
    const auto path = d.base() / items[0].remote_path;
    const auto time = fs::last_write_time(path);
    auto damaged = read_file(path);
    damaged[0] = '!';
    write_file(path, damaged);
    fs::last_write_time(path, time);
    check_finished(d.stage({items[0]}, stage_mode::compare).end);
    BOOST_TEST(md5_of_file(path) == md5_of_file(items[0].local_path));
    // And nothing is written where the base directory has become another one.
    fs::rename(d.base(), d.scratch / "unmounted");
    fs::create_directory(d.base());
    const auto elsewhere = d.stage(items);
    BOOST_REQUIRE(elsewhere.end.error.has_value());
    BOOST_TEST((elsewhere.end.error->code == failure_code::base_changed));
    BOOST_TEST(fs::is_empty(d.base()));
}

BOOST_AUTO_TEST_SUITE_END()
