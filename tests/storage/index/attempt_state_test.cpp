// What is known of a row beside the shared table, and what ends it: a delay, the wish to compare, the
// identity of the verified local file.
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_attempt_state)

namespace {

const file_identity identity{5, 6, 7, 8};
constexpr double soon = early + 10;
constexpr double far = early + 1000;

struct one_file : ready_database {
    file_id id = foreign().insert(row_of(1));

    void lose_attempt() {
        file_outcome outcome;
        outcome.seen = row(id);
        outcome.attempts_lost = 1;
        outcome.error = "checksums differ";
        outcome.next_attempt = far;
        outcome.compare = true;
        record({outcome}).value();
    }
    void find(deletion_outcome outcome, double again_at = 0) {
        record_deletions({{row(id), outcome, "", early, again_at}}).value();
    }
    void update(const std::string& what) { foreign().execute("UPDATE supersync_v0 SET " + what); }
    bool is_deletable_at(double now) { return !load_deletable(later, now).value().empty(); }
    bool has_identity() { return load_deletable().value().at(0).identity.has_value(); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(delay_of_a_lost_attempt_ends_when_the_file_is_verified, one_file) {
    lose_attempt();
    record_verified({id}, identity);
    BOOST_TEST(is_deletable_at(soon));
    update("remote_md5sum = NULL");
    BOOST_TEST(work_ids(soon) == ids{id}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(wish_to_compare_ends_when_the_file_is_verified, one_file) {
    lose_attempt();
    BOOST_TEST(work().items.at(0).compare);
    record_verified({id}, identity);
    update("remote_md5sum = NULL");
    BOOST_TEST(!work().items.at(0).compare);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_kept_of_a_verified_file_whose_identity_cannot_be_trusted, one_file) {
    lose_attempt();
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_notes") == 1);
    file_outcome outcome;
    outcome.seen = row(id);
    outcome.remote_md5sum = outcome.seen.local_md5sum;
    outcome.verified = true;
    outcome.error = "";
    record({outcome}).value();
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_notes") == 0);
}

BOOST_FIXTURE_TEST_CASE(delay_of_a_deletion_ends_when_the_file_is_sent_again, one_file) {
    for (const auto outcome : {deletion_outcome::vanished, deletion_outcome::new_version}) {
        record_verified({id}, identity);
        find(deletion_outcome::postponed, far);
        BOOST_TEST(!is_deletable_at(soon));
        find(outcome);
        BOOST_TEST(work_ids(soon) == ids{id}, boost::test_tools::per_element());
        update("local_md5sum = '" + sum_of("content") + "'");
    }
}

BOOST_FIXTURE_TEST_CASE(delay_of_a_deletion_ends_when_attempts_are_given_back, one_file) {
    record_verified({id}, identity);
    update("failed_copy_attempts = 2");
    find(deletion_outcome::postponed, far);
    BOOST_TEST(!is_deletable_at(soon));
    update("failed_copy_attempts = 0");
    BOOST_TEST(is_deletable_at(soon));
}

// Somebody else says that it is verified now: what we verified was before.
BOOST_FIXTURE_TEST_CASE(identity_ends_with_an_attempt_and_with_a_copy_that_vanished, one_file) {
    const std::string by_hand = "remote_md5sum = local_md5sum";
    record_verified({id}, identity);
    BOOST_TEST(has_identity());
    update("remote_md5sum = NULL");
    lose_attempt();
    update(by_hand);
    BOOST_TEST(!has_identity());

    record_verified({id}, identity);
    BOOST_TEST(has_identity());
    find(deletion_outcome::vanished);
    update(by_hand);
    BOOST_TEST(!has_identity());
}

BOOST_FIXTURE_TEST_CASE(last_error_stays_until_there_is_another, one_file) {
    lose_attempt();
    record_verified({id}, identity);
    BOOST_TEST(view(id).last_error.value() == "checksums differ");
    find(deletion_outcome::postponed, far);
    BOOST_TEST(view(id).last_error.value() == "checksums differ");
    record_deletions({{row(id), deletion_outcome::new_version, "it was written since", early, 0}}).value();
    BOOST_TEST(view(id).last_error.value() == "it was written since");
}

BOOST_FIXTURE_TEST_CASE(outcome_that_cannot_be_written_is_a_failure, one_file) {
    foreign().execute(
        "CREATE TRIGGER of_the_test BEFORE UPDATE ON supersync_v0 BEGIN SELECT RAISE(ABORT, 'full'); END");
    file_outcome outcome;
    outcome.seen = row(id);
    outcome.attempts_lost = 1;
    outcome.error = "checksums differ";
    const auto recorded = record({outcome});
    BOOST_REQUIRE(!recorded);
    BOOST_TEST((recorded.error().code == failure_code::catalog));
    BOOST_TEST(!view(id).last_error.has_value());
}

BOOST_FIXTURE_TEST_CASE(reason_of_an_ignored_row_is_forgotten_with_the_row, one_file) {
    file_outcome outcome;
    outcome.seen = row(id);
    outcome.ignore_reason = "of the test";
    record({outcome}).value();
    foreign().execute("DELETE FROM supersync_v0");
    foreign().insert(ignored(row_of(2)));
    BOOST_TEST(!view(id).ignore_reason.has_value());
    counts().value();
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_notes") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
