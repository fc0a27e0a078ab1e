// What other processes commit is seen at once (spec, Shared tables, Copying), and ids that are used again
// bring nothing of the old row along.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

namespace {

// A mark of everything that is kept beside a row.
void leave_marks(open_database& d, file_id id) {
    file_outcome outcome;
    outcome.seen = d.row(id);
    outcome.attempts_lost = 1;
    outcome.error = "checksums differ";
    outcome.error_at = early;
    outcome.next_attempt = later;
    outcome.compare = true;
    outcome.size = 1000;
    d.record({outcome}).value();
    d.record_verified({id}, file_identity{1, 2, 3, 4});
    d.record_deletions({{d.row(id), deletion_outcome::vanished, "gone", early, 0}}).value();
    outcome.seen = d.row(id);
    outcome.ignore_reason = "a reason";
    d.record({outcome}).value();
}

void check_unmarked(open_database& d, file_id id) {
    const auto view = d.view(id);
    BOOST_TEST(view.state == "pending");
    BOOST_TEST(!view.last_error.has_value());
    BOOST_TEST(!view.last_error_at.has_value());
    BOOST_TEST(!view.next_attempt_at.has_value());
    BOOST_TEST(!view.ignore_reason.has_value());
    BOOST_TEST(!view.bytes.has_value());
    const auto work = d.load_work({archive, early, 100, {}}).value();
    BOOST_REQUIRE(work.items.size() == 1);
    BOOST_TEST(work.items[0].row.id == id);
    BOOST_TEST(work.items[0].vanished == 0);
    BOOST_TEST(!work.items[0].compare);
    BOOST_TEST(!work.items[0].sent_before);
    BOOST_TEST(d.counts().value().known_bytes_unsettled == 0);
    BOOST_TEST(d.counts().value().files == 1);
    d.foreign().execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum WHERE id = " +
                        std::to_string(id));
    BOOST_TEST(!d.load_deletable().value().at(0).identity.has_value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog_changes_of_others)

// Looking at the log costs microseconds, asking SQLite two hops between threads. The log's time is moved by
// hand.
BOOST_AUTO_TEST_CASE(while_the_log_is_as_it_was_sqlite_is_not_asked) {
    open_database d;
    auto asked = std::make_shared<std::atomic<int>>(0);
    d.options.echo = [asked](const std::string& sql) { *asked += sql == "PRAGMA data_version" ? 1 : 0; };
    d.make_ready();
    auto& writer = d.foreign();
    const auto written = [&](std::chrono::seconds ago) {
        std::filesystem::last_write_time(d.path().string() + "-wal",
                                         std::filesystem::file_time_type::clock::now() - ago);
    };
    const auto asks = [&] {
        const int before = *asked;
        d.take_changes().value();
        return *asked > before;
    };
    written(std::chrono::seconds(10));
    BOOST_TEST(asks());
    d.take_changes().value();
    writer.insert(row_of(1));
    BOOST_TEST(d.take_changes().value().changed);
    // So young a stamp may be that of the next commit, too, and one of the future says nothing.
    written(std::chrono::seconds(-100));
    BOOST_TEST(asks());
    BOOST_TEST(asks());
    // Our own commits leave their mark as well.
    written(std::chrono::seconds(10));
    d.take_changes().value();
    d.add({registration_of(row_of(2))}).value();
    BOOST_TEST(asks());
    // Once in many tries at least: a machine that does much else may take its time between two looks.
    written(std::chrono::seconds(10));
    int unasked = 0;
    for (int i = 0; i < 100 && unasked == 0; ++i) unasked += asks() ? 0 : 1;
    BOOST_TEST(unasked == 1);
}

BOOST_AUTO_TEST_CASE(a_commit_of_another_connection_is_seen) {
    ready_database d;
    BOOST_TEST(!d.take_changes().value().changed);
    BOOST_TEST(!d.take_changes().value().changed);
    d.foreign().insert({row_of(1), row_of(2), row_of(3, "other")});
    auto changes = d.take_changes().value();
    BOOST_TEST(changes.changed);
    BOOST_TEST(!changes.more);
    BOOST_TEST(changes.archives.size() == 1);
    BOOST_TEST(changes.archives[archive].registered == 2);
    BOOST_TEST(!d.take_changes().value().changed);

    // Anything counts, also what concerns no row of ours.
    d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = 3");
    changes = d.take_changes().value();
    BOOST_TEST(changes.changed);
    BOOST_TEST(changes.archives.empty());
}

BOOST_AUTO_TEST_CASE(our_own_commits_are_no_changes_of_others) {
    ready_database d;
    d.take_changes().value();
    d.add({registration_of(row_of(1))}).value();
    const auto changes = d.take_changes().value();
    BOOST_TEST(!changes.changed);
    BOOST_TEST(changes.archives.at(archive).registered == 1);
    BOOST_TEST(d.take_changes().value().archives.empty());
}

BOOST_AUTO_TEST_CASE(a_commit_of_another_process_is_seen) {
    ready_database d;
    d.take_changes().value();
    const auto path = d.path();
    const auto child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        {
            foreign_writer writer(path);
            writer.insert(row_of(1));
        }
        ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(status == 0);
    const auto changes = d.take_changes().value();
    BOOST_TEST(changes.changed);
    BOOST_TEST(changes.archives.at(archive).registered == 1);
    BOOST_TEST(d.work_ids() == ids{1}, boost::test_tools::per_element());
}

// The other daemon takes the rows in: they are registered for the archive that is served here all the same.
BOOST_AUTO_TEST_CASE(two_daemons_with_an_archive_each_see_their_changes) {
    ready_database d;
    open_database other;
    other.options.path = d.path();
    other.open().value();
    other.prepare();
    other.serve("other").value();
    d.take_changes().value();
    other.take_changes().value();
    d.foreign().insert({row_of(1), row_of(2, "other")});
    BOOST_TEST(other.all_changes().archives.at("other").registered == 1);
    const auto changes = d.all_changes();
    BOOST_TEST(changes.changed);
    BOOST_TEST(changes.archives.size() == 1);
    BOOST_TEST(changes.archives.at(archive).registered == 1);
}

BOOST_AUTO_TEST_CASE(a_flood_is_taken_in_a_part_at_a_time) {
    ready_database d;
    d.take_changes().value();
    std::vector<catalog_row> rows;
    for (int n = 0; n < 5000; ++n) rows.push_back(row_of(n));
    d.foreign().insert(rows);
    const auto first = d.take_changes().value();
    BOOST_TEST(first.more);
    const auto seen = first.archives.at(archive).registered;
    BOOST_TEST(seen > 0);
    BOOST_TEST(seen <= 2000);
    BOOST_TEST(d.all_changes().archives.at(archive).registered + seen == 5000);
}

BOOST_AUTO_TEST_CASE(what_came_while_nobody_looked_is_no_news_of_an_archive_served_later) {
    ready_database d;
    d.foreign().insert(row_of(1, "other"));
    d.all_changes();
    d.serve("other").value();
    BOOST_TEST(d.all_changes().archives.empty());
    d.foreign().insert(row_of(2, "other"));
    BOOST_TEST(d.all_changes().archives.at("other").registered == 1);
    // Served again, nothing is told twice.
    d.serve("other").value();
    BOOST_TEST(d.all_changes().archives.empty());
}

BOOST_AUTO_TEST_CASE(last_files_added_and_copied_are_known) {
    ready_database d;
    d.foreign().insert({row_of(1), row_of(2)});
    BOOST_TEST(d.counts().value().last_file_added == "/data/2");
    BOOST_TEST(d.counts().value().last_file_copied.empty());
    d.record_verified({1});
    BOOST_TEST(d.counts().value().last_file_copied == "/data/1");
    d.record_verified({2});
    d.foreign().insert(row_of(3));
    BOOST_TEST(d.counts().value().last_file_copied == "/data/2");
    BOOST_TEST(d.counts().value().last_file_added == "/data/3");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(catalog_ids_used_again)

// SQLite gives the highest id again when its row is deleted.
BOOST_AUTO_TEST_CASE(of_a_deleted_row_nothing_goes_to_the_next) {
    for (const bool indexed_between : {false, true}) {
        ready_database d;
        const auto id = d.foreign().insert(row_of(1));
        leave_marks(d, id);
        d.foreign().execute("DELETE FROM supersync_v0");
        if (indexed_between) d.all_changes();
        BOOST_TEST(d.foreign().insert(row_of(2)) == id);
        check_unmarked(d, id);
    }
}

BOOST_AUTO_TEST_CASE(rows_are_right_before_the_side_tables_are_brought_up_to_date) {
    ready_database d;
    const auto id = d.foreign().insert(row_of(1));
    leave_marks(d, id);
    d.foreign().execute("DELETE FROM supersync_v0");
    d.foreign().insert(row_of(2));
    const auto view = d.view(id);
    BOOST_TEST(view.row.local_path == "/data/2");
    BOOST_TEST(!view.last_error.has_value());
    BOOST_TEST(!view.bytes.has_value());
}

BOOST_AUTO_TEST_CASE(nothing_of_a_replaced_or_renamed_row_is_kept) {
    const auto insert = [](const std::string& verb, const std::string& archive_name) {
        return verb +
               " INTO supersync_v0 (id, local_path, local_md5sum, archive_name, remote_path, timestamp, deletable) VALUES (1, '/data/2', 'x', '" +
               archive_name + "', '17000/2', 1, 1)";
    };
    for (
        const auto& sql :
        {insert("REPLACE", archive), insert("INSERT OR REPLACE", archive),
         std::string(
             R"(UPDATE supersync_v0 SET local_path = '/x', "ignore" = 0, failed_copy_attempts = 0, copied = NULL, remote_md5sum = NULL)"),
         std::string(
             R"(UPDATE supersync_v0 SET remote_path = '17000/x', "ignore" = 0, failed_copy_attempts = 0, copied = NULL, remote_md5sum = NULL)")}) {
        ready_database d;
        leave_marks(d, d.foreign().insert(row_of(1)));
        d.foreign().execute(sql);
        check_unmarked(d, 1);
    }
}

BOOST_AUTO_TEST_CASE(nothing_of_a_row_replaced_while_the_daemon_was_down_is_kept) {
    ready_database d;
    const auto id = d.foreign().insert(row_of(1));
    leave_marks(d, id);
    d.close();
    d.foreign().execute("DELETE FROM supersync_v0");
    d.foreign().insert(row_of(2));
    d.make_ready();
    BOOST_TEST(d.view(id).state == "pending");
    BOOST_TEST(!d.view(id).last_error.has_value());
    BOOST_TEST(d.work().items.at(0).vanished == 0);
}

// A row that moves to another id takes nothing along either: it is another row.
BOOST_AUTO_TEST_CASE(nothing_of_a_row_whose_id_changes_is_kept) {
    ready_database d;
    const auto id = d.foreign().insert(row_of(1));
    leave_marks(d, id);
    d.foreign().execute(
        R"(UPDATE supersync_v0 SET id = 50, "ignore" = 0, failed_copy_attempts = 0, copied = NULL)");
    check_unmarked(d, 50);
    BOOST_TEST(!d.find(id).value().has_value());
    BOOST_TEST(d.foreign().number("SELECT count(*) FROM suprsync_notes") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
