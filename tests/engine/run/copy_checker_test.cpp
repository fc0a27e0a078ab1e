// Copies that are asked for again, portion by portion: what is found, how fast, and what becomes of failures.
#include "engine/run/copy_checker.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(copies_asked_for_again)

namespace {

struct checked_world : deleter_world {
    copy_checker checker{loop.get_executor(), catalog, there, time};
    check_request request;
    std::optional<check_report> report;
    file_id first = due("a"), second = due("b"), third = due("c");

    checked_world() { request.which.archive = "smurf"; }
    ~checked_world() { end(); }
    boost::asio::awaitable<void> keep_report() { report = co_await checker.run(request); }
    void check() {
        report.reset();
        start(keep_report());
    }
    std::int64_t found(copy_finding finding) const { return report.value().count(finding); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(copies_that_are_as_they_were_verified_are_fine, checked_world) {
    check();
    BOOST_TEST(report.value().all_as_proven());
    BOOST_TEST(found(copy_finding::fine) == 3);
    BOOST_TEST(report->bytes == 3 * std::string("content of a").size());
    BOOST_TEST(there.prepared.size() == 1U);
    BOOST_TEST(there.prepared[0].only_look);
    BOOST_TEST(there.stat_requests.size() == 1U);
    const auto& asked = there.stat_requests[0];
    BOOST_TEST((asked.md5 && asked.from_disk));
    // The word of a sync is for whoever deletes: the kernel there gives it once.
    BOOST_TEST(!asked.sync_first);
}

BOOST_FIXTURE_TEST_CASE(what_is_not_as_it_was_is_told_and_nothing_is_changed, checked_world) {
    there.published.erase("17000/a");
    there.published["17000/b"] = "Content of b";
    there.published["17000/c"] = "short";
    check();
    BOOST_TEST(!report.value().all_as_proven());
    BOOST_TEST(found(copy_finding::vanished) == 1);
    BOOST_TEST(found(copy_finding::wrong_content) == 2);
    BOOST_TEST(report->not_fine.size() == 3U);
    BOOST_TEST(report->not_fine[0].copy.file.row.id == first);
    for (const auto id : {first, second, third}) BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(by_size_no_content_is_read, checked_world) {
    there.published.erase("17000/a");
    there.published["17000/b"] = "Content of b";
    request.depth = check_depth::size;
    check();
    BOOST_TEST(found(copy_finding::vanished) == 1);
    BOOST_TEST(found(copy_finding::fine) == 2);
    BOOST_TEST(!there.stat_requests.at(0).md5);
    BOOST_TEST(report->bytes == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_copy_that_was_replaced_while_it_was_asked_for_is_no_loss, checked_world) {
    there.published.erase("17000/a");
    there.on_stat = [this](const stat_request&, stat_report&) { change(first, "ignore = 1"); };
    check();
    BOOST_TEST(found(copy_finding::vanished) == 0);
    BOOST_TEST(report.value().all_as_proven());
}

BOOST_FIXTURE_TEST_CASE(it_reads_no_faster_than_it_is_told, checked_world) {
    while (due("f" + std::to_string(rows())) < 500) {
    }
    request.rate = 1000;
    check();
    BOOST_TEST(there.stat_requests.size() == 1U);
    BOOST_TEST(!report.has_value());
    BOOST_TEST(there.stat_requests[0].remote_paths.size() == 1U);
    // 12 bytes.
    time.advance(0.011);
    BOOST_TEST(there.stat_requests.size() == 1U);
    time.advance(0.002);
    BOOST_TEST(there.stat_requests.size() == 2U);
    time.advance(100);
    BOOST_TEST(report.value().all_as_proven());
    BOOST_TEST(found(copy_finding::fine) == 500);
}

BOOST_FIXTURE_TEST_CASE(a_portion_that_takes_too_long_is_halved_and_one_file_alone_left_out, checked_world) {
    there.on_stat = [](const stat_request& asked, stat_report& answers) {
        for (const auto& path : asked.remote_paths)
            if (path == "17000/b")
                answers.end.error = error(failure_code::timed_out, "the time limit was reached");
    };
    check();
    BOOST_TEST(found(copy_finding::fine) == 2);
    BOOST_TEST(found(copy_finding::unanswered) == 1);
    BOOST_TEST(report.value().over);
    BOOST_TEST(!report->all_as_proven());
    BOOST_TEST(report->not_fine.at(0).copy.file.row.id == second);
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_is_lost_is_made_anew_some_times, checked_world) {
    there.on_stat = [this](const stat_request&, stat_report& answers) {
        answers.end.error = error(failure_code::connection, "lost");
        there.on_stat = {};
    };
    check();
    BOOST_TEST(!report.has_value());
    time.advance(3);
    BOOST_TEST(report.value().all_as_proven());
    BOOST_TEST(there.count("prepare") == 2U);
    there.on_stat = [](const stat_request&, stat_report& answers) {
        answers.end.error = error(failure_code::connection, "lost");
    };
    check();
    time.advance(200);
    BOOST_TEST(holds_text(report.value().error.value().text(), "lost"));
    BOOST_TEST(there.count("stat") == 2U + copy_checker::most_failures_in_a_row);
}

BOOST_FIXTURE_TEST_CASE(a_destination_that_never_answered_is_not_waited_for, checked_world) {
    there.down = error(failure_code::connection, "refused");
    check();
    BOOST_TEST((report.value().error.value().code == failure_code::connection));
}

BOOST_FIXTURE_TEST_CASE(below_another_base_directory_nothing_is_asked_for, checked_world) {
    ask(catalog.real().remember_base("smurf", {"another", 7})).value();
    check();
    BOOST_TEST((report.value().error.value().code == failure_code::base_changed));
    BOOST_TEST(there.count("stat") == 0U);
    BOOST_TEST(!report->all_as_proven());
}

BOOST_FIXTURE_TEST_CASE(told_to_stop_it_ends_with_what_it_has, checked_world) {
    while (due("f" + std::to_string(rows())) < 500) {
    }
    request.rate = 1000;
    check();
    checker.stop();
    settle(loop);
    BOOST_TEST((report.value().error.value().code == failure_code::stopped));
    BOOST_TEST(!report->over);
    BOOST_TEST(report->reached > 0);
    BOOST_TEST(found(copy_finding::fine) > 0);
}

BOOST_AUTO_TEST_SUITE_END()
