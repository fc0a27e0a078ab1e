// The common case in one step: sums compared and files published by one command there.
#include <boost/test/unit_test.hpp>

#include "engine/run/batch_run.hpp"
#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(batch_run_delivers)

namespace {

struct delivering_world : archive_world {
    delivering_world() { there.delivers = true; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_right_is_verified_without_asking_for_sums, delivering_world) {
    const auto trusted = add("a"), hashed = add("b");
    change(hashed, "local_md5sum = ''");
    const auto result = copy(all_work());
    BOOST_TEST(verified(trusted));
    BOOST_TEST(verified(hashed));
    BOOST_TEST(!result.error.has_value());
    BOOST_TEST(result.done.size() == 2U);
    BOOST_TEST(there.count("digests") == 0U);
    BOOST_TEST(there.count("publish") == 1U);
    BOOST_TEST(there.published.at("17000/b") == "content of b");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_wrong_there_costs_the_others_nothing, delivering_world) {
    const auto good = add("good"), bad = add("bad");
    there.on_stage = [&](const stage_request& request, stage_report&) {
        there.staged[request.slot]["17000/bad"] = "damaged";
    };
    copy(all_work());
    BOOST_TEST(verified(good));
    BOOST_TEST(!verified(bad));
    BOOST_TEST(row(bad).failed_copy_attempts == 1);
    BOOST_TEST(there.count("deliver") == 1U);
    BOOST_TEST(there.count("digests") == 1U);
    BOOST_TEST(!there.published.contains("17000/bad"));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_wrong_here_costs_the_others_nothing, delivering_world) {
    const auto good = add("good"), corrupt = add("corrupt");
    change(corrupt, "local_md5sum = '00000000000000000000000000000000'");
    copy(all_work());
    BOOST_TEST(verified(good));
    BOOST_TEST(!verified(corrupt));
    BOOST_TEST(holds_text(last_error(corrupt), "not what was registered"));
    BOOST_TEST(!there.published.contains("17000/corrupt"));
}

BOOST_FIXTURE_TEST_CASE(what_is_not_wanted_any_more_is_not_published, delivering_world) {
    const auto id = add("a"), ignored = add("ignored");
    there.on_stage = [&](const stage_request&, stage_report&) { ignore(ignored); };
    const auto result = copy(all_work());
    BOOST_TEST(verified(id));
    BOOST_TEST(!there.published.contains("17000/ignored"));
    BOOST_TEST(result.left_staged.size() == 1U);
    BOOST_TEST(result.uncertain.empty());
}

BOOST_FIXTURE_TEST_CASE(without_an_answer_the_destination_is_asked_first_the_next_time, delivering_world) {
    const auto id = add("a");
    there.on_publish = [&](const std::vector<publish_item>&, publish_report& report) {
        report.outcomes[0] = publish_outcome::unknown;
        report.end = {error(failure_code::connection), "255"};
    };
    const auto result = copy(all_work());
    BOOST_TEST(!verified(id));
    BOOST_TEST((result.error->code == failure_code::connection));
    BOOST_TEST(result.uncertain == std::vector<file_id>{id}, boost::test_tools::per_element());
    BOOST_TEST(there.count("digests") == 0U);
}

BOOST_FIXTURE_TEST_CASE(what_is_compared_goes_the_longer_way, delivering_world) {
    const auto id = add("a");
    copy(all_work(stage_mode::compare));
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("digests") == 1U);
}

BOOST_FIXTURE_TEST_CASE(one_large_file_is_delivered_too_and_many_bytes_of_several_are_not, delivering_world) {
    add("a");
    auto one = all_work();
    one.bytes = std::uint64_t{1} << 40;
    copy(one);
    BOOST_TEST(there.count("digests") == 0U);
    const auto b = add("b"), c = add("c");
    auto several = all_work();
    several.bytes = one.bytes;
    copy(several);
    BOOST_TEST(verified(b));
    BOOST_TEST(verified(c));
    BOOST_TEST(there.count("digests") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
