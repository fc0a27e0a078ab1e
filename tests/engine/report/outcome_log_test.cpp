// What is told of files: lines of the log, few where there are many files, and events and figures.
#include "engine/report/outcome_log.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/engine/report/captured_log.hpp"
#include "tests/support/manual_clock.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

using lines = std::vector<std::string>;

file_row row(file_id id) {
    file_row r;
    r.id = id;
    r.local_path = "/data/f" + std::to_string(id);
    r.remote_path = "17000/f" + std::to_string(id);
    return r;
}

file_outcome failed(file_id id) {
    file_outcome o;
    o.seen = row(id);
    o.error = "no reason";
    o.attempts_lost = 1;
    return o;
}

deletion_record deletion(file_id id, deletion_outcome outcome, const std::string& error = "") {
    deletion_record r;
    r.seen = row(id);
    r.outcome = outcome;
    r.error = error;
    return r;
}

struct told {
    boost::asio::io_context loop;
    manual_clock time{loop};
    event_feed events{loop.get_executor(), time};
    archive_instruments figures;
    captured_log log;
    outcome_log outcomes{"smurf", 5, events, figures};

    // "<kind> <id>", with reason, attempts and whether it was given up where it failed.
    lines events_told() {
        lines all;
        constexpr const char* kinds[] = {"registered", "copied", "verified", "failed", "deleted"};
        for (const auto* e : events.after(0, 1000)) {
            const auto& f = std::get<file_event>(e->what);
            auto line = std::string(kinds[static_cast<int>(f.what)]) + " " + std::to_string(f.id);
            if (!f.reason.empty()) line += " " + f.reason;
            if (f.attempts > 0) line += " " + std::to_string(f.attempts) + (f.given_up ? " given up" : "");
            all.push_back(line);
        }
        return all;
    }
};

std::size_t starting(const lines& all, const std::string& level) {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const auto& l) { return l.starts_with(level + " "); }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outcome_log_lines)

BOOST_FIXTURE_TEST_CASE(logs_unfit_files_one_by_one, told) {
    auto ignored = failed(2);
    ignored.error.reset();
    outcomes.log_not_sent({failed(1), ignored});
    BOOST_TEST(log.take() == lines{"warning [smurf] /data/f1 (id 1) is not copied: no reason"},
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(logs_twenty_of_many_unfit_files_and_their_number, told) {
    std::vector<file_outcome> many;
    for (int i = 1; i <= 20; ++i) many.push_back(failed(i));
    outcomes.log_not_sent(many);
    BOOST_TEST(starting(log.take(), "warning") == 20U);
    many.push_back(failed(21));
    outcomes.log_not_sent(many);
    const auto all = log.take();
    BOOST_TEST(starting(all, "warning") == 21U);
    BOOST_TEST(starting(all, "debug") == 1U);
    BOOST_TEST(all.back() == "warning [smurf] 21 files are not copied, of which the first 20 are told above");
}

BOOST_FIXTURE_TEST_CASE(logs_each_file_of_a_small_batch, told) {
    const auto good = row(1), bad = row(2), open = row(3);
    const auto sums = outcomes.log_batch(
        {{good, 7, true, {}}, {bad, 8, false, "it differs"}, {open, 9, false, {}}}, 24, 1, {});
    BOOST_TEST(sums.verified == 1U);
    BOOST_TEST(sums.failed == 1U);
    BOOST_TEST(log.take() == (lines{"info [smurf] /data/f1 (id 1) is verified at 17000/f1 (7 bytes)",
                                    "warning [smurf] /data/f2 (id 2) is not copied: it differs"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(sums_up_a_batch_that_ended_before_its_time, told) {
    const auto open = row(1);
    outcomes.log_batch({{open, 9, false, {}}}, 9, 1.5,
                       failure{failure_code::connection, "copy", "host", "lost"});
    BOOST_TEST(
        log.take() ==
            lines{
                "info [smurf] batch of 1 files, 9 bytes: 0 verified, 0 failed in 1.50 s, cannot copy host: lost"},
        boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(sums_up_a_large_batch_with_its_first_twenty_failures, told) {
    std::vector<file_row> rows;
    for (int i = 1; i <= 60; ++i) rows.push_back(row(i));
    std::vector<outcome_log::batch_file> files;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool good = i < 30;
        files.push_back({rows[i], 1, good, good ? "" : "it differs"});
    }
    outcomes.log_batch(files, 60, 2, {});
    const auto all = log.take();
    BOOST_TEST(starting(all, "warning") == 20U);
    BOOST_TEST(starting(all, "debug") == 30U + 10U);
    BOOST_TEST(all.back() == "info [smurf] batch of 60 files, 60 bytes: 30 verified, 30 failed in 2.00 s");
}

BOOST_FIXTURE_TEST_CASE(logs_what_became_of_files_that_were_due, told) {
    using out = deletion_outcome;
    const auto sums = outcomes.log_deletions(
        {deletion(1, out::deleted), deletion(2, out::gone, "it is gone already"),
         deletion(3, out::vanished, "it vanished"), deletion(4, out::lost_again, "it vanished again"),
         deletion(5, out::lost_again, "it is other"), deletion(6, out::new_version, "it changed"),
         deletion(7, out::postponed, "not permitted"), deletion(8, out::postponed)});
    BOOST_TEST(sums.deleted == 1U);
    BOOST_TEST(sums.lost == 2U);
    BOOST_TEST(sums.first_lost == "/data/f4: it vanished again");
    BOOST_TEST(log.take() == (lines{"info [smurf] /data/f1 (id 1) is deleted",
                                    "info [smurf] /data/f2 (id 2) is not deleted: it is gone already",
                                    "warning [smurf] /data/f3 (id 3) is not deleted: it vanished",
                                    "warning [smurf] /data/f4 (id 4) is not deleted: it vanished again",
                                    "warning [smurf] /data/f5 (id 5) is not deleted: it is other",
                                    "warning [smurf] /data/f6 (id 6) is not deleted: it changed",
                                    "warning [smurf] /data/f7 (id 7) is not deleted: not permitted"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(counts_many_deleted_files_and_tells_twenty_problems, told) {
    std::vector<deletion_record> records;
    for (int i = 1; i <= 25; ++i) records.push_back(deletion(i, deletion_outcome::deleted));
    for (int i = 26; i <= 50; ++i)
        records.push_back(deletion(i, deletion_outcome::postponed, "not permitted"));
    outcomes.log_deletions(records);
    const auto all = log.take();
    BOOST_TEST(starting(all, "info") == 1U);
    BOOST_TEST(all.back() == "info [smurf] 25 files are deleted");
    BOOST_TEST(starting(all, "warning") == 20U);
    BOOST_TEST(starting(all, "debug") == 5U);
}

BOOST_FIXTURE_TEST_CASE(who_waits_is_shown_to_who_looks_closely, told) {
    outcomes.log_waiting(row(1), "another needs it");
    BOOST_TEST(log.take() == lines{"debug [smurf] /data/f1 (id 1) is not deleted yet: another needs it"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(outcome_log_events)

BOOST_FIXTURE_TEST_CASE(tells_transfer_and_proof_of_a_verified_file, told) {
    file_outcome o;
    o.seen = row(1);
    o.verified = true;
    o.copied = 7;
    outcomes.tell_copy(o, true, 10);
    BOOST_TEST(events_told() == (lines{"copied 1", "verified 1"}), boost::test_tools::per_element());
    outcomes.tell_copy(o, false, 10);  // found delivered
    BOOST_TEST(events_told().size() == 3U);
    BOOST_TEST(figures.verified_bytes == 20U);
    BOOST_TEST(figures.failed_attempts == 0U);
}

BOOST_FIXTURE_TEST_CASE(counts_attempts_until_the_last, told) {
    for (int before = 3; before <= 4; ++before) {
        auto o = failed(before);
        o.seen.failed_copy_attempts = before;
        outcomes.tell_copy(o, false, std::nullopt);
    }
    auto for_good = failed(7);
    for_good.fail_for_good = true;
    outcomes.tell_copy(for_good, false, std::nullopt);
    BOOST_TEST(events_told() == (lines{"failed 3 no reason 4", "failed 4 no reason 5 given up",
                                       "failed 7 no reason 5 given up"}),
               boost::test_tools::per_element());
    BOOST_TEST(figures.failed_attempts == 3U);
}

BOOST_FIXTURE_TEST_CASE(tells_nothing_of_a_file_that_lost_no_attempt, told) {
    auto o = failed(1);
    o.attempts_lost = 0;
    outcomes.tell_copy(o, false, std::nullopt);
    BOOST_TEST(events_told().empty());
    BOOST_TEST(figures.failed_attempts == 0U);
}

BOOST_FIXTURE_TEST_CASE(tells_what_became_of_files_that_were_due, told) {
    using out = deletion_outcome;
    for (const auto outcome :
         {out::deleted, out::gone, out::vanished, out::lost_again, out::new_version, out::postponed})
        outcomes.tell_deletion(
            deletion(static_cast<int>(outcome) + 1, outcome, outcome == out::deleted ? "" : "why"));
    BOOST_TEST(events_told() == (lines{"deleted 1", "deleted 2 why", "failed 4 why 5 given up"}),
               boost::test_tools::per_element());
    BOOST_TEST(figures.failed_attempts == 1U);
}

BOOST_FIXTURE_TEST_CASE(counts_registrations_until_they_are_taken, told) {
    outcomes.tell_registration(row(1));
    outcomes.tell_registration(row(2));
    outcome_log next("smurf", 5, events, figures);
    next.follow(outcomes);
    BOOST_TEST(next.take_registered() == 2);
    BOOST_TEST(next.take_registered() == 0);
    BOOST_TEST(events_told() == (lines{"registered 1", "registered 2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
