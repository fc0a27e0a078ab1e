// The worker and directories at the destination in which nothing may be made: their files wait, the others go
// on.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(archive_worker_and_directories)

namespace {

struct world_with_a_closed_directory : worker_world {
    bool closed = true;
    world_with_a_closed_directory() {
        there.on_publish = [this](const std::vector<publish_item>& items, publish_report& report) {
            for (std::size_t i = 0; closed && i < items.size(); ++i) {
                if (!items[i].remote_path.starts_with("17000/closed/")) continue;
                there.published.erase(items[i].remote_path);
                report.outcomes[i] = publish_outcome::held_back;
                report.details[i] = "17000/closed//the account may not write in it";
            }
        };
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(files_of_a_directory_that_cannot_be_used_wait_and_it_heals_by_itself,
                        world_with_a_closed_directory) {
    const auto waits = add("closed/a"), good = add("good");
    begin();
    BOOST_TEST(verified(good));
    BOOST_TEST(!verified(waits));
    BOOST_TEST(row(waits).failed_copy_attempts == 0);
    BOOST_TEST(last_error(waits) == "17000/closed: the account may not write in it");
    BOOST_TEST(holds_text(condition(condition_kind::directory_unusable),
                          "below user@host:/base 17000/closed: the account may not write in it"));
    BOOST_TEST(archive.connection.failures_in_a_row() == 0);
    // What comes meanwhile is not sent in vain.
    const auto stages = there.count("stage");
    const auto later = add("closed/b");
    wake();
    BOOST_TEST(there.count("stage") == stages);
    BOOST_TEST((view(later).next_attempt_at == view(waits).next_attempt_at));
    time.advance(1000);
    BOOST_TEST(row(waits).failed_copy_attempts == 0);
    BOOST_TEST(there.count("stage") < stages + 10);
    closed = false;
    time.advance(unusable_directories::most_delay);
    BOOST_TEST((verified(waits) && verified(later)));
    BOOST_TEST(condition(condition_kind::directory_unusable).empty());
}

BOOST_FIXTURE_TEST_CASE(files_whose_names_differ_by_case_alone_go_one_after_the_other, worker_world) {
    const auto first = add("IV.dat"), second = add("iv.dat"), third = add("x");
    begin();
    BOOST_TEST((verified(first) && verified(second) && verified(third)));
    BOOST_TEST(batch_sizes() == (std::vector<std::size_t>{2, 1}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(without_staging_what_was_not_sent_waits_as_well, worker_world) {
    there.facts.staging.clear();
    there.facts.staging_refused = "no links";
    bool closed = true;
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        report.held_back.resize(request.items.size());
        for (std::size_t i = 0; closed && i < request.items.size(); ++i) {
            there.published.erase(request.items[i].remote_path);
            report.held_back[i] = "17000//a symbolic link";
        }
    };
    const auto id = add("a");
    begin();
    BOOST_TEST(!verified(id));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(holds_text(condition(condition_kind::directory_unusable), "17000: a symbolic link"));
    closed = false;
    time.advance(11);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition(condition_kind::directory_unusable).empty());
}

BOOST_AUTO_TEST_SUITE_END()
