// The ends of a batch: what the destination may have already, publishing, recording.
#include <boost/test/unit_test.hpp>

#include "engine/run/batch_run.hpp"
#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

// Staging is refused: files go straight to their place.
struct direct_world : archive_world {
    direct_world() {
        there.facts.staging.clear();
        there.facts.staging_refused = "no permission";
        archive.destination = there.facts;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_run_asks_first)

BOOST_FIXTURE_TEST_CASE(what_is_there_already_is_not_sent_again, archive_world) {
    const auto id = add("a");
    there.published["17000/a"] = "content of a";
    const auto result = copy(all_work(), {id});
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("stage") == 0U);
    BOOST_TEST(there.count("publish") == 0U);
    BOOST_TEST(result.done.size() == 1U);
    BOOST_TEST(result.asked.size() == 1U);
}

// Nothing has read it in this attempt: a record of its identity would let it be deleted unread (spec,
// Deleting, 2).
BOOST_FIXTURE_TEST_CASE(a_file_that_nobody_read_gets_no_identity, archive_world) {
    const auto trusted = add("a"), hashed = add("b");
    change(hashed, "local_md5sum = ''");
    there.published = {{"17000/a", "content of a"}, {"17000/b", "content of b"}};
    copy(all_work(), {trusted, hashed});
    BOOST_TEST(verified(trusted));
    BOOST_TEST(!identity(trusted).has_value());
    BOOST_TEST(verified(hashed));
    BOOST_TEST((identity(hashed) == disk.files.at("/data/b").identity));
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_sent, archive_world) {
    const auto absent = add("absent"), other = add("other"), same_size = add("same");
    there.published["17000/other"] = "something else";
    there.published["17000/same"] = std::string(std::string("content of same").size(), '#');
    const auto result = copy(all_work(), {absent, other, same_size});
    for (const auto id : {absent, other, same_size}) BOOST_TEST(verified(id));
    BOOST_TEST(there.stage_requests.at(0).items.size() == 3U);
    BOOST_TEST(there.replaced.size() == 2U);  // other content is moved away, not destroyed
    const auto told = condition(condition_kind::content_replaced);
    BOOST_TEST(holds_text(told, "moved to replaced/17000/"));
    BOOST_TEST(archive.replaced_at == time.now());
    BOOST_TEST(result.asked.size() == 3U);
    BOOST_TEST(there.published.at("17000/same") == "content of same");
}

BOOST_FIXTURE_TEST_CASE(only_those_in_question_are_asked_for, archive_world) {
    const auto asked = add("asked");
    add("new");
    copy(all_work(), {asked});
    BOOST_TEST(there.stat_requests.at(0).remote_paths == std::vector<std::string>{"17000/asked"},
               boost::test_tools::per_element());
}

// Sending again would send for nothing what may be there.
BOOST_FIXTURE_TEST_CASE(nothing_is_sent_while_the_destination_does_not_answer, archive_world) {
    const auto id = add("a");
    there.on_stat = [](const stat_request&, stat_report& report) {
        report.answers[0] = {};
        report.end = {error(failure_code::connection), "255"};
    };
    const auto result = copy(all_work(), {id});
    BOOST_TEST((result.error->code == failure_code::connection));
    BOOST_TEST(result.asked.empty());
    BOOST_TEST(there.count("stage") == 0U);
    BOOST_TEST(there.count("digests") == 0U);  // nor is the same question asked in other words
    BOOST_TEST(catalog.outcomes.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(batch_run_publishes)

BOOST_FIXTURE_TEST_CASE(a_file_withdrawn_before_publishing_is_not_published, archive_world) {
    const auto withdrawn = add("withdrawn"), kept = add("kept");
    there.on_digests = [&](const digest_request&, digest_report&) { ignore(withdrawn); };
    const auto result = copy();
    BOOST_TEST(verified(kept));
    BOOST_TEST(!verified(withdrawn));
    BOOST_TEST(!there.published.contains("17000/withdrawn"));
    BOOST_TEST(result.left_staged == std::vector<std::string>{"17000/withdrawn"},
               boost::test_tools::per_element());
    BOOST_TEST(last_error(withdrawn).empty());
}

BOOST_FIXTURE_TEST_CASE(without_the_catalogs_word_nothing_is_published, archive_world) {
    const auto id = add("a");
    catalog.fail_next("still_wanted", disk_error());
    const auto result = copy();
    BOOST_TEST((result.error->code == failure_code::catalog));
    BOOST_TEST(there.count("publish") == 0U);
    BOOST_TEST(row(id).failed_copy_attempts == 0);
}

BOOST_FIXTURE_TEST_CASE(a_refused_file_loses_an_attempt_alone, archive_world) {
    const auto refused = add("refused"), fine = add("fine");
    there.on_publish = [&](const std::vector<publish_item>& items, publish_report& report) {
        for (std::size_t i = 0; i < items.size(); ++i)
            if (items[i].id == refused) {
                report.outcomes[i] = publish_outcome::refused;
                report.details[i] = "a directory stands there";
            }
    };
    copy();
    BOOST_TEST(verified(fine));
    BOOST_TEST(!verified(refused));  // although what is staged has the right sum
    BOOST_TEST(row(refused).failed_copy_attempts == 1);
    BOOST_TEST(holds_text(last_error(refused), "a directory stands there"));
}

BOOST_FIXTURE_TEST_CASE(a_name_that_is_another_files_there_fails_at_once, archive_world) {
    const auto second = add("iv.dat"), fine = add("fine");
    there.on_publish = [&](const std::vector<publish_item>& items, publish_report& report) {
        for (std::size_t i = 0; i < items.size(); ++i)
            if (items[i].id == second) {
                report.outcomes[i] = publish_outcome::conflict;
                report.details[i] = "17000/IV.dat";
            }
    };
    copy();
    BOOST_TEST(verified(fine));
    BOOST_TEST(!verified(second));
    BOOST_TEST(row(second).failed_copy_attempts == archive.config.max_copy_attempts);
    BOOST_TEST(holds_text(last_error(second), "takes 17000/iv.dat and 17000/IV.dat for one name"));
}

BOOST_FIXTURE_TEST_CASE(without_staging_nothing_is_sent_to_a_name_that_is_another_files_there, direct_world) {
    const auto second = add("iv.dat");
    there.published["17000/iv.dat"] = "content of iv.dat";
    there.on_stat = [](const stat_request&, stat_report& report) {
        report.answers[0] = {};
        report.answers[0].listed_as = "17000/IV.dat";
    };
    copy(all_work(), {second});
    BOOST_TEST(!verified(second));
    BOOST_TEST(there.count("stage") == 0U);
    BOOST_TEST(row(second).failed_copy_attempts == archive.config.max_copy_attempts);
    BOOST_TEST(holds_text(last_error(second), "17000/IV.dat"));
}

BOOST_FIXTURE_TEST_CASE(an_unknown_outcome_is_asked_for_next_time, archive_world) {
    const auto id = add("a");
    there.on_publish = [](const std::vector<publish_item>&, publish_report& report) {
        report.outcomes[0] = publish_outcome::unknown;
        report.end = {error(failure_code::connection), "255"};
    };
    const auto result = copy();
    BOOST_TEST((result.error->code == failure_code::connection));
    BOOST_TEST(result.uncertain == std::vector<file_id>{id}, boost::test_tools::per_element());
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(!verified(id));
    copy(all_work(), {id});
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("stage") == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_stood_there_is_replaced_in_its_own_manner, archive_world) {
    const auto foreign = add("foreign"), again = add("again"), first = add("versioned", "one");
    copy();
    forget(foreign), forget(again);
    there.published = {{"17000/foreign", "of somebody else"},
                       {"17000/again", "content of again"},
                       {"17000/versioned", "one"}};
    const auto foreign_again = add("foreign"), there_again = add("again");
    const auto second = add("versioned", "two");
    copy();
    for (const auto id : {foreign_again, there_again, first, second}) BOOST_TEST(verified(id));
    BOOST_TEST(there.replaced.size() == 1U);  // our own earlier version is not kept, other content is
    BOOST_TEST(there.replaced.at("17000/foreign") == "of somebody else");
    BOOST_TEST(there.published.at("17000/versioned") == "two");
}

BOOST_FIXTURE_TEST_CASE(a_batch_is_recorded_in_one_call_and_reported, archive_world) {
    std::size_t files = 1200;
    for (std::size_t i = 0; i < files; ++i) add("f" + std::to_string(i), "x");
    copy();
    BOOST_TEST(catalog.count("record") == 1U);  // which cuts it into transactions of 500
    BOOST_TEST(catalog.outcomes.size() == files);
    BOOST_TEST(there.count("publish") == 1U);
    BOOST_TEST(last->files.size() == 1000U);
    // The newest ones, as the session data promises.
    BOOST_TEST(last->files.front().first == "/data/f200");
    BOOST_TEST(last->files.back().first == "/data/f1199");
    BOOST_TEST(last->files.front().second);
    BOOST_TEST((last->stop_time == time.now()));
    BOOST_TEST(!last->error.has_value());
}

BOOST_FIXTURE_TEST_CASE(what_could_not_be_recorded_is_uncertain, archive_world) {
    const auto id = add("a");
    catalog.fail_next("record", disk_error("disk full"));
    const auto result = copy();
    BOOST_TEST(result.uncertain == std::vector<file_id>{id}, boost::test_tools::per_element());
    BOOST_TEST((result.error && result.error->code == failure_code::catalog));
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk full"));
    copy(all_work(), {id});
    BOOST_TEST(verified(id));
    BOOST_TEST(condition(condition_kind::catalog_error).empty());
    BOOST_TEST(there.count("stage") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(batch_run_without_staging)

BOOST_FIXTURE_TEST_CASE(a_file_goes_straight_to_its_place_and_is_verified_there, direct_world) {
    const auto id = add("a");
    copy(all_work(), {id});
    BOOST_TEST(verified(id));
    BOOST_TEST(there.published.at("17000/a") == "content of a");
    BOOST_TEST(there.count("digests 0") == 0U);
    BOOST_TEST(there.count("digests") == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_file_of_somebody_else_is_not_written_over, direct_world) {
    const auto id = add("a");
    there.published["17000/a"] = "of somebody else";
    copy(all_work(), {id});
    BOOST_TEST(row(id).failed_copy_attempts == 1);
    BOOST_TEST(holds_text(last_error(id), "may stand at 17000/a (another file"));
    BOOST_TEST(there.published.at("17000/a") == "of somebody else");
    BOOST_TEST(there.count("stage") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_read_is_not_written_over, direct_world) {
    const auto unreadable = add("a"), unanswered = add("b");
    there.published = {{"17000/a", "of somebody else"}, {"17000/b", "of another"}};
    there.on_stat = [](const stat_request&, stat_report& report) { report.answers[1] = {}; };
    there.on_digests = [](const digest_request&, digest_report& report) {
        report.md5[0].reset();
        report.complaints[0] = "Permission denied";
    };
    copy(all_work(), {unreadable, unanswered});
    BOOST_TEST(there.count("stage") == 0U);
    for (const auto id : {unreadable, unanswered}) BOOST_TEST(row(id).failed_copy_attempts == 1);
    BOOST_TEST(holds_text(last_error(unreadable), "Permission denied"));
    BOOST_TEST(there.published.at("17000/a") == "of somebody else");
}

// Having been refused once makes it no file of ours, nor does a row from before the start.
BOOST_FIXTURE_TEST_CASE(a_file_of_somebody_else_is_kept_at_every_attempt, direct_world) {
    there.published["17000/a"] = "of somebody else";
    const auto id = add("a");
    for (int attempt = 1; attempt < 4; ++attempt) {
        time.advance(100);
        auto work = all_work();
        BOOST_REQUIRE(work.files.size() == 1U);
        work.files[0].item.sent_before = true;
        copy(std::move(work), {id});
        BOOST_TEST(row(id).failed_copy_attempts == attempt);
    }
    BOOST_TEST(there.count("stage") == 0U);
    BOOST_TEST(there.published.at("17000/a") == "of somebody else");
}

BOOST_FIXTURE_TEST_CASE(our_own_unfinished_file_is_mended, direct_world) {
    const auto id = add("a");
    there.on_stage = [&](const stage_request&, stage_report&) { there.published["17000/a"] = "half"; };
    copy(all_work(), {id});
    BOOST_TEST(row(id).failed_copy_attempts == 1);
    there.on_stage = {};
    time.advance(10);
    copy(all_work(stage_mode::compare), {id});
    BOOST_TEST(verified(id));
    BOOST_TEST(there.published.at("17000/a") == "content of a");
}

BOOST_FIXTURE_TEST_CASE(our_own_earlier_version_is_superseded, direct_world) {
    copy(all_work(), {add("a", "one")});
    time.advance(100);
    const auto second = add("a", "two!");
    copy(all_work(), {second});
    BOOST_TEST(verified(second));
    BOOST_TEST(there.published.at("17000/a") == "two!");
}

BOOST_AUTO_TEST_SUITE_END()
