// Over a long link the files of batches go over several lanes, which all batches share.
#include <signal.h>

#include <boost/asio/awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>

#include "engine/loop/task_group.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(lanes_of_a_long_link)

namespace {

constexpr std::size_t bytes_of_a_batch = 24 << 20;
constexpr std::size_t least_lanes =
    6;  // 80 ms: see engine/rules/batch_channels.hpp; more where it took longer

/// A far side behind a link with a round trip of 80 ms, which notes its process ids.
struct long_link {
    scratch_directory scratch;
    sshd server{scratch / "sshd"};
    tcp_proxy proxy{server.port()};
    destination there{place::far, &server};

    explicit long_link(const std::string& before_it_starts = "") {
        proxy.set_delay(std::chrono::milliseconds(40));
        server.lead_through(proxy.port());
        const auto program = scratch / "far";
        write_file(program, "#!/bin/sh\n" + before_it_starts + "\necho $$ >>" + ids().string() + "\nexec " +
                                there.options.archive.remote_suprsync + " \"$@\"\n");
        fs::permissions(program, fs::perms::owner_all);
        there.options.archive.remote_suprsync = program.string();
        there.prepare();
    }
    fs::path ids() const { return scratch / "ids"; }
    std::vector<std::string> far_sides() const {
        std::istringstream lines(read_file(ids()));
        std::vector<std::string> all;
        for (std::string line; std::getline(lines, line);) all.push_back(line);
        return all;
    }
    std::vector<stage_item> large_file(int slot) {
        return {there.make("17000/" + std::to_string(slot),
                           std::string(bytes_of_a_batch, static_cast<char>('a' + slot)))};
    }
    asio::awaitable<void> send(int slot, std::vector<stage_item> items) {
        const auto sum = md5_of_file(items.at(0).local_path);
        stage_request request;
        request.slot = slot;
        request.items = std::move(items);
        const auto report = co_await there.get().stage(std::move(request));
        check_finished(report.end);
        BOOST_TEST(!report.complaints.at(0).has_value());
        BOOST_TEST(md5_of_file(there.slot(slot) / "17000" / std::to_string(slot)) == sum);
    }
    void send_at_once(int batches) { run_to_end(there.context, send_all(batches)); }
    asio::awaitable<bool> send_one(std::vector<stage_item> items) {
        co_await send(0, std::move(items));
        co_return true;
    }
    asio::awaitable<bool> send_all(int batches) {
        task_group running(there.context.get_executor());
        for (int slot = 0; slot < batches; ++slot) running.spawn(send(slot, large_file(slot)));
        co_await running.join();
        co_return true;
    }
};

std::uint64_t bytes_read_by(const std::string& process) {
    const auto told = read_file("/proc/" + process + "/io");
    const auto at = told.find("rchar: ");
    return at == std::string::npos ? 0 : std::stoull(told.substr(at + 7));
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(batches_that_run_together_share_them, long_link) {
    send_at_once(2);
    const auto all = far_sides();
    BOOST_TEST(all.size() >= least_lanes);
    // None of them carries all of one batch.
    for (const auto& one : all) {
        BOOST_TEST(bytes_read_by(one) > 1U << 20, one);
        BOOST_TEST(bytes_read_by(one) < bytes_of_a_batch, one);
    }
}

BOOST_FIXTURE_TEST_CASE(a_batch_that_comes_later_finds_them_there, long_link) {
    send_at_once(1);
    const auto first = far_sides();
    BOOST_TEST(first.size() >= least_lanes);
    send_at_once(1);
    BOOST_TEST(far_sides() == first, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(one_that_is_killed_in_the_midst_fails_its_batch_and_no_other, long_link) {
    const auto items = large_file(0);
    stage_request request;
    request.items = items;
    bool killed = false;
    // Seconds for all of it: when it is told for the first time that some has arrived, much has not.
    proxy.set_rate(4 << 20);
    request.progress = [&](std::uint64_t, std::size_t) {
        if (std::exchange(killed, true)) return;
        ::kill(std::stoi(far_sides().back()), SIGKILL);
        proxy.set_rate(std::nullopt);
    };
    const auto report = there.wait(there.get().stage(std::move(request)));
    BOOST_TEST(killed);
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::connection), report.end.error->text());
    run_to_end(there.context, send_one(items));
}

BOOST_AUTO_TEST_CASE(
    where_none_but_the_first_can_be_made_that_one_carries_all_and_others_are_not_tried_each_time) {
    long_link link("[ -e $0.used ] && { echo >>$0.refused; exit 3; }\n: >$0.used");
    const auto refused = [&] { return read_file(link.scratch / "far.refused").size(); };
    link.send_at_once(2);
    const auto tried = refused();
    BOOST_TEST(tried >= least_lanes - 1);
    link.send_at_once(1);
    BOOST_TEST(link.far_sides().size() == 1U);
    BOOST_TEST(refused() == tried);
}

BOOST_AUTO_TEST_SUITE_END()
