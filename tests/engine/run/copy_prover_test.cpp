// Copies that are read anew after a sync at the destination failed: proved, sent again, or waiting.
#include "engine/run/copy_prover.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "engine/run/synced_stat.hpp"
#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(copies_read_anew)

namespace {

struct doubtful_world : deleter_world {
    copy_prover prover{archive};
    file_id first = due("a"), second = due("b");

    ~doubtful_world() { end(); }
    void distrust() { ask(catalog.real().distrust_copies("smurf")).value(); }
    void prove() { start(prover.run()); }
    void sync_fails_once() {
        there.on_stat = [this](const stat_request& request, stat_report& report) {
            BOOST_TEST(request.sync_first);
            report.sync_failed = true;
            report.end.error = failure{failure_code::io, "look at files at", "there", "the sync failed"};
            there.on_stat = {};
        };
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(after_a_failed_sync_nothing_is_deleted_before_its_copy_was_read_from_the_disk,
                        doubtful_world) {
    sync_fails_once();
    begin();
    BOOST_TEST(memory().unproved);
    // Whatever later syncs answer.
    time.advance(200);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(on_disk("b"));
    prove();
    const auto& request = there.stat_requests.back();
    BOOST_TEST(request.sync_first);
    BOOST_TEST(request.md5);
    BOOST_TEST(request.from_disk);
    BOOST_TEST(request.remote_paths.size() == 2U);
    time.advance(200);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(!on_disk("b"));
    BOOST_TEST(!memory().unproved);
    BOOST_TEST(condition(condition_kind::copies_unproved).empty());
}

BOOST_FIXTURE_TEST_CASE(a_copy_that_is_not_what_was_verified_is_sent_again, doubtful_world) {
    distrust();
    there.published["17000/a"] = "damaged";
    there.published.erase("17000/b");
    prove();
    BOOST_TEST(!verified(first));
    BOOST_TEST(!verified(second));
    BOOST_TEST(holds_text(last_error(first), "a sync at the destination failed"));
    BOOST_TEST(row(first).failed_copy_attempts == 0);
    BOOST_TEST(!memory().unproved);
}

// Whatever makes it vanish: it is not sent for ever.
BOOST_FIXTURE_TEST_CASE(a_copy_that_is_lost_a_second_time_is_told_and_not_sent_again, doubtful_world) {
    prove();
    for (const bool again : {false, true}) {
        there.published["17000/a"] = "damaged";
        there.published.erase("17000/b");
        distrust();
        time.advance(4000);
        for (const auto id : {first, second}) {
            BOOST_TEST(!verified(id));
            BOOST_TEST((view(id).state == "failed") == again);
        }
        BOOST_TEST(condition(condition_kind::copies_lost).empty() == !again);
        for (const auto id : {first, second})
            if (!again) deliver(id);
        there.published["17000/a"] = "content of a";
        there.published["17000/b"] = "content of b";
    }
    BOOST_TEST(holds_text(last_error(first), "a second time"));
    BOOST_TEST(holds_text(condition(condition_kind::copies_lost), "2 verified copies are"));
}

BOOST_FIXTURE_TEST_CASE(what_is_lost_in_a_new_start_is_sent_again_however_often, doubtful_world) {
    ask(note_boot(archive, "start 0", 0));
    prove();
    for (const auto* start : {"start 1", "start 2", "start 3"}) {
        deliver(first);
        there.published["17000/a"] = "torn";
        ask(note_boot(archive, start, 0));
        time.advance(4000);
        BOOST_TEST(!verified(first), start);
        BOOST_TEST(view(first).state == "pending", start);
        there.published["17000/a"] = "content of a";
    }
    // Nor does it count when somebody removes it.
    deliver(first);
    there.published["17000/a"] = "other";
    distrust();
    time.advance(4000);
    BOOST_TEST(view(first).state == "pending");
    BOOST_TEST(condition(condition_kind::copies_lost).empty());
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_read_from_the_disk_is_not_proved, doubtful_world) {
    distrust();
    for (const auto& [source, told] : {std::pair(read_source::cache, "its memory holds it"),
                                       std::pair(read_source::unknown, "install fincore")}) {
        there.on_stat = [from = source](const stat_request&, stat_report& report) {
            report.answers.back().source = from;
        };
        if (source == read_source::cache)
            prove();
        else
            time.advance(61);
        BOOST_TEST(memory().unproved);
        BOOST_TEST(holds_text(condition(condition_kind::copies_unproved), "17000/b"));
        BOOST_TEST(holds_text(condition(condition_kind::copies_unproved), told));
    }
    there.on_stat = {};
    time.advance(61);
    BOOST_TEST(!memory().unproved);
    BOOST_TEST(condition(condition_kind::copies_unproved).empty());
}

BOOST_FIXTURE_TEST_CASE(what_was_asked_for_in_vain_is_asked_again_only_in_the_next_round, doubtful_world) {
    std::vector<file_id> all{first, second};
    while (all.size() < 250) all.push_back(due("f" + std::to_string(all.size())));
    distrust();
    std::multiset<std::string> asked;
    there.on_stat = [&](const stat_request& request, stat_report& report) {
        BOOST_TEST(request.remote_paths.size() <= 100U);
        asked.insert(request.remote_paths.begin(), request.remote_paths.end());
        for (auto& answer : report.answers) answer.source = read_source::cache;
    };
    prove();
    for (std::size_t round = 1; round <= 3; ++round) {
        BOOST_TEST(asked.size() == round * all.size());
        BOOST_TEST(asked.count("17000/f249") == round);
        time.advance(61);
    }
    there.on_stat = {};
    time.advance(61);
    BOOST_TEST(!memory().unproved);
}

BOOST_FIXTURE_TEST_CASE(what_the_destination_says_nothing_of_is_asked_again, doubtful_world) {
    distrust();
    there.on_stat = [](const stat_request&, stat_report& report) { report.answers.front() = {}; };
    prove();
    BOOST_TEST(memory().unproved);
    BOOST_TEST(verified(first));
    there.on_stat = {};
    time.advance(61);
    BOOST_TEST(!memory().unproved);
}

BOOST_FIXTURE_TEST_CASE(what_is_listed_there_under_another_name_is_no_copy, doubtful_world) {
    distrust();
    there.on_stat = [](const stat_request&, stat_report& report) {
        for (auto& answer : report.answers) {
            answer = {};
            answer.listed_as = "17000/A";
        }
    };
    prove();
    BOOST_TEST(!verified(first));
    BOOST_TEST(!memory().unproved);
}

BOOST_FIXTURE_TEST_CASE(while_the_destination_does_not_answer_copies_stay_doubtful, doubtful_world) {
    distrust();
    there.down = failure{failure_code::connection, "connect to", "there", "refused"};
    prove();
    BOOST_TEST(errors.size() == 1U);
    BOOST_TEST(memory().unproved);
    BOOST_TEST(holds_text(condition(condition_kind::copies_unproved),
                          "copies at user@host:/base may not be on its disk"));
}

BOOST_FIXTURE_TEST_CASE(a_sync_that_fails_meanwhile_begins_it_anew, doubtful_world) {
    distrust();
    sync_fails_once();
    prove();
    BOOST_TEST(memory().unproved);
    time.advance(61);
    BOOST_TEST(!memory().unproved);
    BOOST_TEST(there.stat_requests.back().failed_sync_known);
}

BOOST_FIXTURE_TEST_CASE(of_an_archive_without_doubtful_copies_a_sync_alone_is_asked_and_once,
                        doubtful_world) {
    prove();
    time.advance(1000);
    BOOST_REQUIRE(there.stat_requests.size() == 1U);
    BOOST_TEST(there.stat_requests.front().sync_first);
    BOOST_TEST(there.stat_requests.front().remote_paths.empty());
    BOOST_TEST(prover.idle());
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_is_not_synced_is_told_until_it_is, doubtful_world) {
    there.on_stat = [](const stat_request&, stat_report& report) {
        report.end.error = error(failure_code::timed_out, "took longer than 60 s");
    };
    prove();
    BOOST_TEST(holds_text(condition(condition_kind::copies_unproved), "took longer than 60 s"));
    time.advance(61);
    BOOST_TEST(there.stat_requests.size() == 2U);
    BOOST_TEST(!condition(condition_kind::copies_unproved).empty());
    there.on_stat = {};
    time.advance(62);
    BOOST_TEST(there.stat_requests.size() == 3U);
    BOOST_TEST(condition(condition_kind::copies_unproved).empty());
    BOOST_TEST(errors.empty());
}

BOOST_FIXTURE_TEST_CASE(a_paused_archive_is_not_synced, doubtful_world) {
    archive.pause();
    prove();
    time.advance(1000);
    BOOST_TEST(there.calls.empty());
}

BOOST_AUTO_TEST_SUITE_END()
