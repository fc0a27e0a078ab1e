// How old an answer may be that a file is removed for, and what is accepted in between.
#include <boost/test/unit_test.hpp>

#include "engine/run/lost_copies.hpp"
#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(deleter_freshness)

namespace {

struct interrupted_world : deleter_world {
    file_id first = due("a"), second = due("b");

    // Once, while the first of the two files is removed.
    void meanwhile(std::function<void()> what) {
        disk.before = [what = std::move(what)](const std::string& verb, const std::string& path) {
            if (verb == "remove" && path == "/data/a") what();
        };
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_catalog_that_was_asked_a_second_ago_is_asked_again, interrupted_world) {
    meanwhile([&] {
        time.slip(1.1);
        change(second, "deletable = 0");  // by another program
    });
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(on_disk("b"));
    BOOST_TEST(catalog.count("may_delete") == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_second_registration_by_another_program_saves_its_file, interrupted_world) {
    meanwhile([&] {
        time.slip(1.1);
        insert("/elsewhere/b", "17000/again/b", "", "hk");
        disk.links["/elsewhere/b"] = "/data/b";
    });
    begin();
    BOOST_TEST(on_disk("b"));
}

BOOST_FIXTURE_TEST_CASE(an_accepted_change_wins_at_once, interrupted_world) {
    meanwhile([&] {
        change(second, "deletable = 0");
        environment.removals.changed({"/data/b"});
    });
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(on_disk("b"));
}

BOOST_FIXTURE_TEST_CASE(a_change_that_is_accepted_while_the_catalog_is_asked_wins, deleter_world) {
    const auto id = due("a");
    // Read before the change, answered after it.
    std::optional<file_id> changed;
    catalog.after = [&](const std::string& function) {
        if (function != "may_delete" || changed) return;
        changed = id;
        change(id, "deletable = 0");
        environment.removals.changed({"/other/path/to/a"});
    };
    begin();
    BOOST_TEST(on_disk("a"));
}

// Another archive may be about to delete the file for its own copy.
BOOST_FIXTURE_TEST_CASE(a_copy_that_is_found_lost_voids_what_was_asked_of_its_local_file, deleter_world) {
    const auto id = due("a");
    const removal_gate::watched of_the_file(environment.removals, "/elsewhere/a"),
        of_another(environment.removals, "/data/b");
    deletion_record lost;
    lost.seen = row(id);
    lost.outcome = deletion_outcome::vanished;
    lost.at = time.now();
    BOOST_TEST(result_of(loop, record_deletions(archive, {lost})));
    BOOST_TEST(!verified(id));
    BOOST_TEST(of_the_file.changes() == 1U);
    BOOST_TEST(of_another.changes() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_pause_that_is_accepted_in_between_wins, interrupted_world) {
    meanwhile([&] { archive.pause(); });
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(on_disk("b"));
    BOOST_TEST(row(first).removed.has_value());
    archive.paused = false;
    wake();
    BOOST_TEST(!on_disk("b"));  // nothing was held against it
}

BOOST_FIXTURE_TEST_CASE(on_a_slow_disk_one_file_goes_for_each_answer_of_the_catalog, interrupted_world) {
    due("c");
    disk.before = [&](const std::string& verb, const std::string&) {
        if (verb == "remove") time.slip(1.1);
    };
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(!on_disk("b"));
    BOOST_TEST(!on_disk("c"));
    BOOST_TEST(catalog.count("may_delete") == 3U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_comes_too_late_on_its_own_is_tried_again_later, interrupted_world) {
    disk.failing["/data/a"] = {failure_code::stopped, "delete", "/data/a",
                               "its file system answers too slowly"};
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!on_disk("b"));
    BOOST_TEST(disk.count("remove") < 10U);
}

BOOST_FIXTURE_TEST_CASE(a_file_whose_row_changes_for_a_moment_is_not_put_off, deleter_world) {
    const auto id = due("a");
    catalog.before = [&](const std::string& function) {
        if (function == "may_delete") change(id, "deletable = 0");  // by another program
    };
    begin();
    BOOST_TEST(on_disk("a"));
    catalog.before = {};
    change(id, "deletable = 1");
    time.advance(1);
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(a_copy_that_became_doubtful_while_it_was_read_is_not_judged_by_that, deleter_world) {
    const auto id = due("a");
    there.on_stat = [&](const stat_request&, stat_report& report) {
        report.answers[0].md5 = fake_md5("damaged");
        ask(catalog.real().distrust_copies("smurf")).value();  // another one's sync failed
    };
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(row(id).remote_md5sum.has_value());
    BOOST_TEST(condition(condition_kind::copies_lost).empty());
}

BOOST_FIXTURE_TEST_CASE(an_old_answer_of_the_destination_is_asked_for_again, interrupted_world) {
    meanwhile([&] {
        time.slip(61);
        there.published.erase("17000/b");
    });
    begin();
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(on_disk("b"));
    BOOST_TEST(there.count("stat") == 3U);  // the last one is about the day
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_answers_too_late_deletes_nothing, interrupted_world) {
    catalog.before = [&](const std::string& function) {
        if (function == "may_delete") time.slip(1.1);
    };
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(on_disk("b"));
    catalog.before = {};
    time.advance(120);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(!on_disk("b"));
}

BOOST_AUTO_TEST_SUITE_END()
