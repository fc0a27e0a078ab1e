// The connection misbehaves: cut, slow, silent, refused, not authenticated. What arrived stays, and all of it
// heals.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/waiting.hpp"

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(connections)

namespace {

/// A destination behind a connection of its own.
struct far_away {
    scratch_directory home;
    sshd server{home / "sshd"};
    tcp_proxy proxy{server.port()};
    destination d{place::ssh, &server};

    far_away() { server.lead_through(proxy.port()); }

    std::vector<process> processes() const { return processes_about(d.scratch.path()); }
};

failure_code code_of(const process_end& end) {
    BOOST_REQUIRE(end.error.has_value());
    BOOST_TEST_MESSAGE(end.error->text());
    return end.error->code;
}

failure prepare_failure(destination& d) {
    prepare_request request;
    request.catalog_uuid = catalog_uuid;
    const auto facts = d.wait(d.get().prepare(std::move(request)));
    BOOST_REQUIRE(facts.has_error());
    BOOST_TEST_MESSAGE(facts.error().text());
    return facts.error();
}

bool says(const failure& f, const std::string& text) { return f.text().find(text) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_cut_connection_is_told_and_what_arrived_is_not_sent_again) {
    far_away f;
    f.d.prepare();
    const auto content = random_content(20 << 20, 1);
    const auto item = f.d.make("17000/big", content);
    f.proxy.set_rate(40 << 20);
    f.proxy.cut_after(8 << 20);
    BOOST_TEST(code_of(f.d.stage({item}).end) == failure_code::connection);
    BOOST_TEST(f.proxy.cuts() == 1U);
    // The receiver there sees the end of its input.
    wait_until("the receiver ends", [&] { return processes_about(f.d.slot(), "rsync").empty(); });
    const auto again = f.d.stage({item});
    BOOST_TEST(again.end.finished());
    BOOST_TEST(f.d.digests({item}).md5[0].value_or("") == md5_of(content));
    BOOST_TEST(f.proxy.to_target() < content.size() * 115 / 100);
    BOOST_TEST(files_below(f.d.base()).empty());
}

BOOST_AUTO_TEST_CASE(a_transfer_longer_than_its_time_limit_arrives_in_slices) {
    far_away f;
    f.d.options.archive.copy_timeout = 6;
    f.d.prepare();
    const auto content = random_content(32 << 20, 2);
    const auto item = f.d.make("17000/big", content);
    // It takes more than twice the limit.
    f.proxy.set_rate(2 << 20);
    int slices = 0;
    stage_report report;
    for (int tries = 0; tries < 60; ++tries) {
        report = f.d.stage({item});
        if (report.end.finished()) break;
        const auto code = code_of(report.end);
        // The receiver of the slice before may still be dying.
        if (code == failure_code::slot_busy) continue;
        BOOST_TEST(code == failure_code::timed_out);
        BOOST_TEST(report.end.exit_class == "timed out");
        // A machine that does much else may not get as far as the first byte.
        if (report.bytes > 0) ++slices;
    }
    BOOST_TEST(report.end.finished());
    BOOST_TEST(slices >= 1);
    BOOST_TEST(f.d.digests({item}).md5[0].value_or("") == md5_of(content));
    BOOST_TEST(f.proxy.to_target() < content.size() * 115 / 100);
}

BOOST_AUTO_TEST_CASE(a_silent_connection_stalls_and_heals) {
    far_away f;
    f.d.options.archive.stall_timeout = 10;
    f.d.options.archive.cmd_timeout = 100;
    f.d.options.connect_timeout = 10;
    f.d.prepare();
    const auto item = f.d.make("17000/big", random_content(12 << 20, 3));
    f.proxy.set_rate(4 << 20);
    stage_request request;
    request.items = {item};
    request.progress = [&](std::uint64_t total, std::size_t) {
        if (total > 2 << 20) f.proxy.swallow(true);
    };
    const auto report = f.d.wait(f.d.get().stage(std::move(request)));
    // Our clock or ssh's keepalive, whichever is first.
    const auto code = code_of(report.end);
    BOOST_TEST((code == failure_code::stalled || code == failure_code::connection));
    BOOST_TEST(code_of(f.d.stat({"17000/big"}).end) == failure_code::connection);
    f.proxy.swallow(false);
    f.proxy.cut();
    f.proxy.set_rate(std::nullopt);
    wait_until("the slot is free", [&] { return f.d.stage({item}).end.finished(); });
    BOOST_TEST(f.d.publish({item}).end.finished());
    BOOST_TEST(md5_of_file(f.d.base() / "17000/big") == md5_of_file(item.local_path));
}

BOOST_AUTO_TEST_CASE(bytes_that_did_not_arrive_are_no_progress) {
    far_away f;
    f.d.options.archive.copy_timeout = 2;
    f.d.prepare();
    const auto item = f.d.make("17000/big", random_content(30 << 20, 4));
    f.proxy.swallow(true);
    const auto report = f.d.stage({item});
    BOOST_TEST(code_of(report.end) == failure_code::timed_out);
    BOOST_TEST(report.bytes == 0U);
}

BOOST_AUTO_TEST_CASE(a_dead_sshd_is_a_failure_of_the_connection_and_its_return_is_noticed) {
    far_away f;
    f.d.prepare();
    BOOST_TEST(f.d.stat({"a"}).end.finished());
    f.server.kill();
    BOOST_TEST(code_of(f.d.stat({"a"}).end) == failure_code::connection);
    BOOST_TEST(code_of(f.d.stage({f.d.make("17000/a", "x")}).end) == failure_code::connection);
    f.server.start();
    BOOST_TEST(f.d.stat({"a"}).end.finished());
    f.proxy.refuse(true);
    f.server.kill_connections();
    const auto refused = f.d.stat({"a"});
    BOOST_TEST(code_of(refused.end) == failure_code::connection);
    f.proxy.refuse(false);
    BOOST_TEST(f.d.stat({"a"}).end.finished());
}

BOOST_AUTO_TEST_CASE(a_frozen_sshd_is_given_up_and_nothing_of_ours_is_left) {
    far_away f;
    f.d.options.archive.stall_timeout = 10;
    f.d.options.archive.cmd_timeout = 100;
    f.d.options.connect_timeout = 10;
    f.d.prepare();
    const auto item = f.d.make("17000/a", "x");
    f.server.freeze();
    const auto code = code_of(f.d.stage({item}).end);
    BOOST_TEST((code == failure_code::stalled || code == failure_code::connection));
    BOOST_TEST(code_of(f.d.digests({item}).end) == failure_code::connection);
    wait_until("our ssh and rsync are gone", [&] {
        f.d.context.poll();
        return processes_about(f.d.scratch.path(), "rsync").empty() &&
               processes_about(f.d.scratch.path(), "ssh -F").empty();
    });
    f.server.thaw();
    wait_until("it works again", [&] { return f.d.stage({item}).end.finished(); });
}

BOOST_AUTO_TEST_CASE(a_sum_that_takes_too_long_is_ended_there_and_answers_before_it_count) {
    for (auto where : both_places) {
        destination d(where);
        d.options.archive.cmd_timeout = 10;
        d.prepare();
        std::vector<stage_item> items;
        for (int i = 0; i < 250; ++i)
            items.push_back(d.make("17000/" + std::to_string(i), "x" + std::to_string(i)));
        BOOST_TEST(d.stage(items).end.finished());
        // md5sum reads a hole for hours.
        write_file(d.slot() / "17000/hangs", "");
        fs::resize_file(d.slot() / "17000/hangs", 1ULL << 43);
        items.push_back({"/dev/null", "17000/hangs", 0});
        const auto report = d.digests(items);
        BOOST_TEST(code_of(report.end) == failure_code::timed_out);
        for (std::size_t i = 0; i < 200; ++i) BOOST_TEST(report.md5[i].has_value());
        BOOST_TEST(!report.md5[250]);
        wait_until("md5sum is gone", [&] { return processes_about(d.slot()).empty(); });
        fs::remove(d.slot() / "17000/hangs");
        items.pop_back();
        BOOST_TEST(d.publish(items).end.finished());
    }
}

BOOST_AUTO_TEST_CASE(more_commands_at_a_time_than_sshd_allows_on_one_connection) {
    destination d(place::ssh);
    d.prepare();
    constexpr int count = 25;
    int finished = 0;
    int ended = 0;
    for (int i = 0; i < count; ++i) {
        stat_request request;
        request.remote_paths = {"a"};
        asio::co_spawn(d.context, d.get().stat(std::move(request)),
                       [&](const std::exception_ptr& thrown, const stat_report& report) {
                           ++ended;
                           if (!thrown && report.end.finished()) ++finished;
                           if (report.end.error) BOOST_TEST_MESSAGE(report.end.error->text());
                       });
    }
    d.context.restart();
    while (ended < count) d.context.run_one();
    BOOST_TEST(finished == count);
    BOOST_TEST(shared_sshd().log().find("no more sessions") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(stop_ends_transfers_that_run) {
    for (auto where : both_places) {
        destination d(where);
        d.options.archive.bwlimit = "500";
        d.prepare();
        const auto item = d.make("17000/big", random_content(20 << 20, 5));
        stage_request request;
        request.items = {item};
        request.progress = [&](std::uint64_t, std::size_t) { d.get().stop(); };
        const auto report = d.wait(d.get().stage(std::move(request)));
        BOOST_TEST(code_of(report.end) == failure_code::stopped);
        wait_until("nothing is left", [&] {
            d.context.poll();
            return processes_about(d.scratch.path()).empty();
        });
        BOOST_TEST(fs::file_size(d.slot() / "17000/big") > 0U);
        BOOST_TEST(files_below(d.base()).empty());
    }
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_is_told) {
    far_away f;
    f.proxy.refuse(true);
    f.proxy.connections();
    wait_until("the proxy has closed its port",
               [&] { return says(prepare_failure(f.d), "Connection refused"); });
    BOOST_TEST(prepare_failure(f.d).code == failure_code::connection);
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_is_given_up) {
    far_away f;
    f.d.options.connect_timeout = 1;
    f.proxy.swallow(true);
    BOOST_TEST(prepare_failure(f.d).code == failure_code::connection);
    f.proxy.swallow(false);
    f.d.prepare();
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_accepted_is_told) {
    far_away f;
    fs::resize_file(f.home / "sshd/authorized_keys", 0);
    const auto why = prepare_failure(f.d);
    BOOST_TEST(why.code == failure_code::connection);
    BOOST_TEST(says(why, "Permission denied (publickey)"));
    BOOST_TEST(says(why, "authorized_keys"));
}

BOOST_AUTO_TEST_CASE(a_host_key_that_is_not_known_is_refused) {
    far_away f;
    fs::resize_file(f.server.known_hosts(), 0);
    const auto why = prepare_failure(f.d);
    BOOST_TEST(why.code == failure_code::connection);
    BOOST_TEST(says(why, "Host key verification failed"));
}

BOOST_AUTO_TEST_CASE(a_host_that_no_name_service_knows_is_told) {
    far_away f;
    f.d.options.archive.ssh_host = "nobody@suprsync.invalid";
    const auto why = prepare_failure(f.d);
    BOOST_TEST(why.code == failure_code::connection);
    BOOST_TEST(says(why, "Could not resolve hostname"));
}

BOOST_AUTO_TEST_SUITE_END()
