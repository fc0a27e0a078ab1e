// The deleter as it runs: what it does while the destination does not answer, what cannot be deleted, how it
// goes on and ends.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(deleter_runs)

namespace {

// Unlinking this file fails; nothing else does.
void protect(fake_local_disk& disk, const std::string& path) {
    disk.before = [&disk, path](const std::string& verb, const std::string& which) {
        disk.failing.erase(path);
        if (verb == "remove" && which == path)
            disk.failing[path] = {failure_code::not_permitted, "delete", path, "Permission denied"};
    };
}

void unprotect(fake_local_disk& disk) {
    disk.before = {};
    disk.failing.clear();
}

struct eager_world : deleter_world {
    static archive_configuration eager() {
        auto c = deleting();
        c.sleep_time = 5;
        return c;
    }
    eager_world() : deleter_world(eager()) {}
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(without_delete_local_after_nothing_is_deleted, archive_world) {
    const auto id = add("a");
    deliver(id);
    change(id, "timestamp = 0");
    archive.connection.answered();
    deleter removal(archive);
    start(removal.run());
    BOOST_TEST(tasks_running() == 0U);
    BOOST_TEST(removal.idle());
    BOOST_TEST(disk.files.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_is_gone_already_is_recorded_as_missing, deleter_world) {
    const auto id = due("a");
    disk.files.clear();
    begin();
    BOOST_TEST((row(id).removed == 0));
    BOOST_TEST(archive.files_deleted == 0);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_goes_at_the_last_moment_is_recorded_as_missing, deleter_world) {
    const auto id = due("a");
    disk.before = [&](const std::string& verb, const std::string&) {
        if (verb == "remove") disk.files.clear();
    };
    begin();
    BOOST_TEST((row(id).removed == 0));
}

BOOST_FIXTURE_TEST_CASE(while_the_destination_does_not_answer_nothing_is_deleted, deleter_world) {
    const auto id = due("a");
    there.down = error(failure_code::connection);
    archive.on_connection_error = [&](const failure& f) {
        errors.push_back(f);
        archive.connection.failed(time.now(), 0);
    };
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(errors.size() == 1U);
    BOOST_TEST(catalog.deletions.empty());  // nothing is held against the file
    BOOST_TEST(!removal.idle());
    time.advance(600);
    BOOST_TEST(there.count("stat") == 1U);
    there.down.reset();
    archive.connection.answered();
    wake();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(row(id).removed.has_value());
}

// An error that does not take the connection down (the base directory changed) leaves it to the worker to
// act.
BOOST_FIXTURE_TEST_CASE(an_error_is_asked_about_again_only_after_a_pause, deleter_world) {
    due("a");
    there.down = error(failure_code::base_changed);
    begin();
    BOOST_TEST(there.count("stat") == 1U);
    BOOST_TEST((errors.at(0).code == failure_code::base_changed));
    time.advance(1);
    BOOST_TEST(there.count("stat") == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_path_without_an_answer_is_looked_at_again_later, deleter_world) {
    due("a"), due("b");
    there.on_stat = [](const stat_request& request, stat_report& report) {
        if (request.remote_paths[0] == "17000/a") report.answers[0] = {};
    };
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!on_disk("b"));
    there.on_stat = {};
    time.advance(59);
    BOOST_TEST(on_disk("a"));
    time.advance(62);
    BOOST_TEST(!on_disk("a"));
}

// Who wants a pass every five seconds need not wait a minute until a file goes that nobody needs any more.
BOOST_FIXTURE_TEST_CASE(asks_for_a_waiting_file_in_the_next_pass_and_for_a_closed_one_later, eager_world) {
    due("a"), due("closed");
    disk.links["/other/a"] = "/data/a";
    insert("/other/a", "17000/hk/a", "", "hk");  // another registration needs it
    protect(disk, "/data/closed");
    begin();
    time.advance(6);
    BOOST_TEST(on_disk("a"));
    disk.links.clear();
    unprotect(disk);
    time.advance(6);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(on_disk("closed"));
    time.advance(60);
    BOOST_TEST(!on_disk("closed"));
}

BOOST_FIXTURE_TEST_CASE(a_paused_archive_deletes_nothing, deleter_world) {
    due("a");
    archive.paused = true;
    begin();
    time.advance(600);
    BOOST_TEST(on_disk("a"));
    archive.paused = false;
    wake();
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_deleted_is_a_condition_until_it_is, deleter_world) {
    const auto id = due("a");
    due("b");
    protect(disk, "/data/a");
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!on_disk("b"));
    BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "/data/a: "));
    BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "Permission denied"));
    const auto since = conditions.list().at(0).since;
    time.advance(10);
    due("c");
    wake();
    BOOST_TEST(!on_disk("c"));
    BOOST_TEST(!condition(condition_kind::deletion_failed).empty());  // /data/a is there as before
    time.advance(300);
    BOOST_TEST(conditions.list().at(0).since == since);
    BOOST_TEST(disk.count("remove") < 10U);
    unprotect(disk);
    time.advance(125);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST((row(id).removed > 1));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_condition_ends_where_a_person_ignores_the_file, deleter_world) {
    const auto id = due("a");
    protect(disk, "/data/a");
    begin();
    change(id, "deletable = 0");
    wake();
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(the_condition_ends_while_other_files_are_not_due_yet, deleter_world) {
    const auto id = due("a");
    const auto young = due("young");
    change(young, "timestamp = timestamp + 1000");
    protect(disk, "/data/a");
    begin();
    BOOST_TEST(!condition(condition_kind::deletion_failed).empty());
    ignore(id);
    time.advance(600);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(on_disk("young"));
}

// `sync -f` there may fail or take its time: that says nothing against the connection, and copying goes on.
BOOST_FIXTURE_TEST_CASE(an_error_of_what_only_the_deleter_asks_for_is_no_error_of_the_connection,
                        deleter_world) {
    for (const auto code : {failure_code::io, failure_code::timed_out}) {
        const auto name = "f" + std::to_string(static_cast<int>(code));
        const auto asked = there.count("stat");
        there.on_stat = [&](const stat_request&, stat_report& report) {
            // Answers of a question that failed are none, whatever they say.
            report.end = {error(code), "5"};
        };
        due(name);
        if (asked == 0) begin();
        wake();
        BOOST_TEST(errors.empty());
        BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "nothing can be deleted"));
        BOOST_TEST(there.count("stat") == asked + 1);
        BOOST_TEST(removal.idle());  // nothing that --once could wait for
        wake();
        time.advance(59);
        BOOST_TEST(there.count("stat") == asked + 1);
        BOOST_TEST(on_disk(name));
        there.on_stat = {};
        time.advance(2);
        BOOST_TEST(!on_disk(name));
        BOOST_TEST(condition_count() == 0U);
    }
}

// The later registration may say that the file is to be kept.
BOOST_FIXTURE_TEST_CASE(an_earlier_version_deletes_nothing, deleter_world) {
    const auto old = due("a");
    const auto later = insert("/data/a", "17000/a", fake_md5("content of a"));
    deliver(later);
    change(later, "deletable = 0");
    begin();
    time.advance(10'000);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(there.count("stat") == 0U);
    BOOST_TEST(!row(old).removed.has_value());
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(last_error(old).empty());
    BOOST_TEST(removal.idle());
}

BOOST_FIXTURE_TEST_CASE(many_files_go_in_chunks_without_a_pause, deleter_world) {
    for (int i = 0; i < 2200; ++i) due("f" + std::to_string(i), "x");
    begin();
    BOOST_TEST(disk.files.empty());
    BOOST_TEST(archive.files_deleted == 2200);
    BOOST_TEST(there.count("stat") == 3U);
}

BOOST_FIXTURE_TEST_CASE(what_could_not_be_recorded_is_found_gone, deleter_world) {
    const auto id = due("a");
    catalog.fail_next("record_deletions", disk_error("disk full"));
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk full"));
    time.advance(1);
    BOOST_TEST((row(id).removed == 0));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_cannot_be_read_is_a_condition_until_it_can, deleter_world) {
    due("a");
    catalog.fail_next("load_deletable", disk_error());
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    time.advance(60);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(without_the_catalogs_last_word_nothing_is_deleted, deleter_world) {
    due("a");
    catalog.fail_next("may_delete", disk_error());
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(disk.count("remove") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_stop_in_the_middle_deletes_nothing_more, deleter_world) {
    due("a");
    there.on_stat = [&](const stat_request&, stat_report&) {
        archive.stopping = true;
        archive.wake_all();
    };
    begin();
    BOOST_TEST(tasks_running() == 0U);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(catalog.deletions.empty());
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(being_idle_costs_nothing, deleter_world) {
    deliver(add("a"));
    change(1, "timestamp = timestamp + 1e6");
    begin();
    time.advance(3600);
    BOOST_TEST(there.calls.empty());
    BOOST_TEST(disk.calls.empty());
    BOOST_TEST(catalog.count("load_deletable") <= 2 * 61U);
    BOOST_TEST(removal.idle());
}

BOOST_AUTO_TEST_SUITE_END()
