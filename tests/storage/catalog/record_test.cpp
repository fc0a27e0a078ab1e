// What is recorded of files, and what is not because the row became another meanwhile (spec, The life of a
// file, Copying).
#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_record)

namespace {

const file_identity identity{1, ~std::uint64_t{0}, 300, -5};

file_outcome verified_outcome(const file_row& row) {
    file_outcome outcome;
    outcome.seen = row;
    outcome.remote_md5sum = row.local_md5sum;
    outcome.copied = early + 10;
    outcome.verified = true;
    outcome.identity = identity;
    return outcome;
}

file_outcome mismatch_outcome(const file_row& row) {
    file_outcome outcome;
    outcome.seen = row;
    outcome.remote_md5sum = sum_of("other");
    outcome.copied = early + 10;
    outcome.attempts_lost = 1;
    outcome.error = "checksums differ";
    outcome.error_at = early + 11;
    outcome.next_attempt = early + 20;
    outcome.compare = true;
    return outcome;
}

struct one_row : ready_database {
    file_id id = foreign().insert(row_of(1));
    file_row seen = row(id);

    void update(const std::string& what) {
        foreign().execute("UPDATE supersync_v0 SET " + what + " WHERE id = " + std::to_string(id));
    }
    catalog_row shared() { return foreign().row(id); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_verified_file_is_recorded_as_the_agent_does) {
    one_row d;
    d.record({mismatch_outcome(d.seen)}).value();
    auto outcome = verified_outcome(d.seen);
    outcome.error = "";
    outcome.size = 300;
    d.record({outcome}).value();
    const auto row = d.shared();
    BOOST_TEST(row.verified());
    BOOST_TEST(row.copied.value() == early + 10);
    BOOST_TEST(row.failed_copy_attempts.value() == 1);
    BOOST_TEST(!row.removed.has_value());
    const auto view = d.view(d.id);
    BOOST_TEST(view.state == "verified");
    BOOST_TEST(!view.last_error.has_value());
    BOOST_TEST(!view.last_error_at.has_value());
    BOOST_TEST(!view.next_attempt_at.has_value());
    BOOST_TEST(view.bytes.value() == 300U);
    BOOST_TEST(d.work_ids().empty());
    BOOST_TEST((d.load_deletable().value().at(0).identity == identity));
}

BOOST_AUTO_TEST_CASE(a_lost_attempt_keeps_its_reason) {
    one_row d;
    d.record({mismatch_outcome(d.seen)}).value();
    const auto row = d.shared();
    BOOST_TEST(row.failed_copy_attempts.value() == 1);
    BOOST_TEST(row.remote_md5sum.value() == sum_of("other"));
    BOOST_TEST(row.copied.value() == early + 10);
    auto view = d.view(d.id);
    BOOST_TEST(view.state == "retrying");
    BOOST_TEST(view.last_error.value() == "checksums differ");
    BOOST_TEST(view.last_error_at.value() == early + 11);
    BOOST_TEST(view.next_attempt_at.value() == early + 20);

    // An outcome without an error keeps the one that is there, one without an answer the answer.
    file_outcome link;
    link.seen = d.row(d.id);
    d.record({link}).value();
    view = d.view(d.id);
    BOOST_TEST(view.last_error.value() == "checksums differ");
    BOOST_TEST(!view.next_attempt_at.has_value());
    BOOST_TEST(view.row.failed_copy_attempts == 1);
    BOOST_TEST(view.row.remote_md5sum.value() == sum_of("other"));

    for (int n = 1; n < max_attempts; ++n) d.record({mismatch_outcome(d.seen)}).value();
    BOOST_TEST(d.view(d.id).state == "failed");
    BOOST_TEST(!d.view(d.id).next_attempt_at.has_value());
    BOOST_TEST(d.counts().value().failed == 1);
}

BOOST_AUTO_TEST_CASE(a_corrupt_file_has_used_up_its_attempts) {
    one_row d;
    file_outcome corrupt;
    corrupt.seen = d.seen;
    corrupt.fail_for_good = true;
    corrupt.error = "corrupt";
    d.record({corrupt}).value();
    BOOST_TEST(d.shared().failed_copy_attempts.value() == max_attempts);
    BOOST_TEST(d.view(d.id).state == "failed");
    BOOST_TEST(d.view(d.id).last_error.value() == "corrupt");

    // Never fewer than there are.
    d.update("failed_copy_attempts = 9");
    d.record({corrupt}).value();
    BOOST_TEST(d.shared().failed_copy_attempts.value() == 9);
}

BOOST_AUTO_TEST_CASE(an_ignored_file_keeps_its_reason) {
    one_row d;
    file_outcome superseded;
    superseded.seen = d.seen;
    superseded.ignore_reason = "superseded by id 2";
    d.record({superseded}).value();
    BOOST_TEST(d.shared().ignore.value());
    BOOST_TEST(d.view(d.id).state == "ignored");
    BOOST_TEST(d.view(d.id).ignore_reason.value() == "superseded by id 2");
    d.update("\"ignore\" = 0");
    BOOST_TEST(d.view(d.id).state == "pending");
    BOOST_TEST(!d.view(d.id).ignore_reason.has_value());
}

BOOST_AUTO_TEST_CASE(a_sum_that_was_computed_is_recorded) {
    one_row d;
    d.update("local_md5sum = ''");
    file_outcome hashed;
    hashed.seen = d.row(d.id);
    hashed.local_md5sum = sum_of("content");
    d.record({hashed}).value();
    BOOST_TEST(d.shared().local_md5sum == sum_of("content"));
    BOOST_TEST(d.work_ids() == ids{d.id}, boost::test_tools::per_element());

    auto outcome = verified_outcome(d.row(d.id));
    outcome.local_md5sum = outcome.remote_md5sum = sum_of("newer");
    d.record({outcome}).value();
    BOOST_TEST(d.shared().local_md5sum == sum_of("newer"));
    BOOST_TEST(d.shared().verified());
}

// Equal sums mean "verified" to everybody who reads the row.
BOOST_AUTO_TEST_CASE(equal_sums_of_what_is_not_published_are_not_written) {
    one_row d;
    auto outcome = verified_outcome(d.seen);
    outcome.verified = false;
    d.record({outcome}).value();
    BOOST_TEST(!d.shared().verified());
    BOOST_TEST(d.work_ids() == ids{d.id}, boost::test_tools::per_element());
    BOOST_TEST(d.work().items.at(0).sent_before);
}

BOOST_AUTO_TEST_CASE(a_row_that_became_another_file_is_left_alone) {
    for (const std::string change :
         {"local_path = '/data/x'", "remote_path = '17000/x'", "archive_name = 'x'"})
        for (const auto& make : {verified_outcome, mismatch_outcome}) {
            one_row d;
            d.update(change);
            d.record({make(d.seen)}).value();
            const auto row = d.shared();
            BOOST_TEST(!row.remote_md5sum.has_value(), change);
            BOOST_TEST(row.failed_copy_attempts.value() == 0, change);
            BOOST_TEST(!d.view(d.id).last_error.has_value(), change);
        }
    one_row d;
    d.foreign().execute("DELETE FROM supersync_v0");
    d.record({verified_outcome(d.seen)}).value();
    BOOST_TEST(d.foreign().rows().empty());
    BOOST_TEST(d.foreign().number("SELECT count(*) FROM suprsync_notes") == 0);
}

BOOST_AUTO_TEST_CASE(a_sum_that_changed_meanwhile_is_not_verified) {
    one_row d;
    d.update("local_md5sum = 'new'");
    d.record({verified_outcome(d.seen)}).value();
    BOOST_TEST(!d.shared().verified());
    BOOST_TEST(d.shared().local_md5sum == "new");
    BOOST_TEST(d.work_ids() == ids{d.id}, boost::test_tools::per_element());

    // Unless it changed to what was verified.
    auto outcome = verified_outcome(d.seen);
    outcome.local_md5sum = outcome.remote_md5sum = "new";
    d.record({outcome}).value();
    BOOST_TEST(d.shared().verified());
}

BOOST_AUTO_TEST_CASE(a_row_that_was_ignored_or_removed_meanwhile_is_not_verified) {
    for (const std::string change : {"\"ignore\" = 1", "removed = 5"}) {
        one_row d;
        d.update(change);
        d.record({verified_outcome(d.seen)}).value();
        BOOST_TEST(!d.shared().verified(), change);
        BOOST_TEST(d.counts().value().verified == 0, change);
        BOOST_TEST(d.shared().ignore.value() == (change[0] == '"'));
        // It may lie there: the destination is asked when it is wanted again.
        d.update("\"ignore\" = 0, removed = NULL");
        BOOST_TEST(d.work().items.at(0).sent_before, change);
    }
}

BOOST_AUTO_TEST_CASE(what_another_program_verified_stays_verified) {
    one_row d;
    d.update("remote_md5sum = local_md5sum, copied = 7");
    d.record({mismatch_outcome(d.seen)}).value();
    BOOST_TEST(d.shared().verified());
    BOOST_TEST(d.shared().copied.value() == 7);
    BOOST_TEST(d.shared().failed_copy_attempts.value() == 0);
    BOOST_TEST(!d.view(d.id).last_error.has_value());
}

BOOST_AUTO_TEST_CASE(what_a_person_changed_meanwhile_stays) {
    one_row d;
    d.update("deletable = 0, failed_copy_attempts = 3, timestamp = 12.5");
    d.record({mismatch_outcome(d.seen)}).value();
    BOOST_TEST(!d.shared().deletable.value());
    BOOST_TEST(d.shared().failed_copy_attempts.value() == 4);
    BOOST_TEST(d.shared().timestamp == 12.5);
}

BOOST_AUTO_TEST_CASE(an_identity_counts_for_the_sum_that_was_verified_with_it) {
    one_row d;
    d.record({verified_outcome(d.seen)}).value();
    d.update("local_md5sum = 'new', remote_md5sum = 'new'");
    BOOST_TEST(!d.load_deletable().value().at(0).identity.has_value());
    d.update("local_md5sum = '" + d.seen.local_md5sum + "', remote_md5sum = '" + d.seen.local_md5sum + "'");
    BOOST_TEST((d.load_deletable().value().at(0).identity == identity));
    // And is erased where there is none that can be trusted.
    auto outcome = verified_outcome(d.seen);
    outcome.identity.reset();
    d.record({outcome}).value();
    BOOST_TEST(!d.load_deletable().value().at(0).identity.has_value());
}

BOOST_AUTO_TEST_CASE(five_hundred_rows_a_transaction_and_each_on_its_own) {
    open_database d;
    auto commits = std::make_shared<int>(0);
    d.options.echo = [commits](const std::string& sql) { *commits += sql == "COMMIT" ? 1 : 0; };
    d.make_ready();
    std::vector<catalog_row> rows;
    for (int n = 0; n < 1001; ++n) rows.push_back(row_of(n));
    d.foreign().insert(rows);
    std::vector<file_outcome> outcomes;
    for (const auto& item : d.work().items)
        outcomes.push_back(item.row.id % 10 == 0 ? mismatch_outcome(item.row) : verified_outcome(item.row));
    d.foreign().execute("UPDATE supersync_v0 SET local_path = 'x' WHERE id % 100 = 1");
    d.counts().value();
    *commits = 0;
    d.record(outcomes).value();
    BOOST_TEST(*commits == 3);
    const auto counts = d.counts().value();
    BOOST_TEST(counts.verified == 1001 - 100 - 11);
    BOOST_TEST(counts.unsettled == 100 + 11);
    d.record({}).value();
    BOOST_TEST(d.catalog().longest_write_lock() > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
