// Many rows changed by hand at once, and the oldest row that waits, on a real database.
#include "tests/support/storage/people.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(catalog_many_changes)

BOOST_FIXTURE_TEST_CASE(of_one_state_alone_attempts_are_given_back, people) {
    const auto failed = insert("17000/a"), retrying = insert("17000/b");
    set(failed, "failed_copy_attempts = 5");
    open();
    BOOST_REQUIRE(ask(catalog().record({attempt(retrying, 1e12)})).has_value());
    foreign().execute("INSERT INTO suprsync_removed_days VALUES ('smurf', 17000, 1, 0, 0)");
    retry_request request;
    request.archive = "smurf";
    request.state = "failed";
    BOOST_TEST(wait(catalog().retry(request)) == 1);
    BOOST_TEST(wait(catalog().find(failed))->state == "pending");
    BOOST_TEST(wait(catalog().find(retrying))->state == "retrying");
    request.state = "retrying";
    BOOST_TEST(wait(catalog().retry(request)) == 1);
    BOOST_TEST(wait(catalog().find(retrying))->state == "pending");
    // A day that was removed there is meant by its whole alone.
    BOOST_TEST(wait(catalog().removed_days("smurf")).size() == 1U);
}

// As a daemon does that tries them meanwhile.
BOOST_FIXTURE_TEST_CASE(what_fails_again_at_once_is_given_back_its_attempts_once, people) {
    for (int i = 0; i < 3; ++i) set(insert("17000/" + std::to_string(i)), "failed_copy_attempts = 5");
    open();
    all_changes();
    foreign().execute(
        R"(CREATE TRIGGER tried_again AFTER UPDATE OF failed_copy_attempts ON supersync_v0
        WHEN new.failed_copy_attempts = 0
        BEGIN UPDATE supersync_v0 SET failed_copy_attempts = 1 WHERE id = new.id; END)");
    retry_request request;
    request.archive = "smurf";
    BOOST_TEST(wait(catalog().retry(request)) == 3);
    BOOST_TEST(wait(catalog().find(1))->state == "retrying");
}

BOOST_FIXTURE_TEST_CASE(many_are_changed_in_short_transactions, people) {
    foreign().execute(
        R"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
        INSERT INTO supersync_v0 (id, local_path, local_md5sum, archive_name, remote_path, timestamp)
        SELECT i, '/data/' || i, '', 'smurf', '17000/' || i, i FROM n)");
    open();
    ids all;
    for (file_id id = 1; id <= 1201; ++id) all.push_back(id);
    {
        const std::lock_guard lock(mutex);
        statements.clear();
    }
    file_change change;
    change.ignore = true;
    change.ignore_reason = "a broken crate";
    BOOST_TEST(wait(catalog().change_files(all, change)) == 1200);
    {
        std::size_t changed = 0;
        const std::lock_guard lock(mutex);
        for (const auto& sql : statements) {
            if (sql.starts_with("BEGIN")) changed = 0;
            if (sql.starts_with("UPDATE supersync_v0")) BOOST_TEST(++changed <= 500U);
        }
    }
    for (const file_id id : {1, 600, 1200}) {
        BOOST_TEST(wait(catalog().find(id))->state == "ignored");
        BOOST_TEST(wait(catalog().find(id))->ignore_reason.value() == "a broken crate");
    }
    change = {};
    change.ignore = false;
    BOOST_TEST(wait(catalog().change_files({7, 8}, change)) == 2);
    BOOST_TEST(wait(catalog().find(8))->state == "pending");
    BOOST_TEST(wait(catalog().change_files({}, change)) == 0);
    BOOST_TEST(counts("smurf").value().ignored == 1198);
}

// What has failed is the oldest for as long as nobody looks at it.
BOOST_FIXTURE_TEST_CASE(the_oldest_that_waits_has_not_failed, people) {
    open();
    BOOST_TEST(!counts("smurf").value().oldest_waiting.has_value());
    for (int i = 0; i < 50; ++i)
        set(insert("17000/f" + std::to_string(i), "smurf", 1000 + i), "failed_copy_attempts = 5");
    insert("17000/b", "smurf", 3000);
    insert("17000/a", "smurf", 2000);
    all_changes();
    BOOST_TEST(counts("smurf").value().oldest_unsettled.value() == 1000);
    BOOST_TEST(counts("smurf").value().oldest_waiting.value() == 2000);
    for (int i = 50; i < 100; ++i)
        set(insert("17000/f" + std::to_string(i), "smurf", 1000 + i), "failed_copy_attempts = 5");
    all_changes();
    BOOST_TEST(!counts("smurf").value().oldest_waiting.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
