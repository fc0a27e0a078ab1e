// Days that somebody removed at the destination, and what people said to that.
#include <boost/test/unit_test.hpp>

#include "tests/storage/catalog/one_verified.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_removed_days)

namespace {

struct days_world : one_verified {
    std::vector<int> waiting() {
        std::vector<int> timecodes;
        for (const auto& day : ask(catalog().removed_days(archive)).value())
            timecodes.push_back(day.timecode);
        return timecodes;
    }
    void note(std::vector<int> timecodes, double at = early) {
        ask(catalog().record_removed_days(archive, std::move(timecodes), at)).value();
    }
    result<std::int64_t> choose(int timecode, removal_choice choice, double at = early + 10) {
        return ask(catalog().choose_for_removed_day(archive, timecode, choice, at));
    }
    std::optional<removed_day> day_of_the_file() { return load_deletable(later, 1e11).value().at(0).day; }
};

using timecodes = std::vector<int>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_day_waits_until_somebody_says_what_is_right, days_world) {
    note({17001, 17000});
    BOOST_TEST(waiting() == (timecodes{17000, 17001}), boost::test_tools::per_element());
    BOOST_TEST((day_of_the_file() == removed_day{17000, early, removal_choice::none, 0}));
    note({17000}, early + 5);  // it waits since it was noticed first
    BOOST_TEST((day_of_the_file() == removed_day{17000, early, removal_choice::none, 0}));
    BOOST_TEST(choose(17000, removal_choice::accepted).value() == 0);
    BOOST_TEST(waiting() == timecodes{17001}, boost::test_tools::per_element());
    BOOST_TEST((day_of_the_file() == removed_day{17000, early, removal_choice::accepted, early + 10}));
    const auto refused = choose(17000, removal_choice::send_again);
    BOOST_TEST((refused.error().code == failure_code::not_found));
    BOOST_TEST(refused.error().text().find("these do: 17001") != std::string::npos, refused.error().text());
    // What was copied afterwards is gone, too.
    note({17000}, early + 20);
    BOOST_TEST((day_of_the_file() == removed_day{17000, early + 20, removal_choice::none, 0}));
    ask(catalog().forget_removed_days(archive, {17000, 17001})).value();
    BOOST_TEST(waiting().empty());
    BOOST_TEST(!day_of_the_file().has_value());
}

BOOST_FIXTURE_TEST_CASE(a_choice_makes_the_files_of_the_day_due_and_no_others, days_world) {
    auto far = row_of(2, archive, 17001);
    far.remote_md5sum = far.local_md5sum;
    const auto other = foreign().insert(far);
    for (const auto which : {id, other})
        record_deletions({{row(which), deletion_outcome::postponed, "", early, later + 1000}}).value();
    BOOST_TEST(load_deletable().value().empty());
    note({17000, 17001});
    BOOST_TEST(choose(17000, removal_choice::accepted).value() == 1);
    const auto due = load_deletable().value();
    BOOST_REQUIRE(due.size() == 1U);
    BOOST_TEST(due[0].row.id == id);
}

// The scrub asks for them again, also where none of them is due to be deleted.
BOOST_FIXTURE_TEST_CASE(a_choice_tells_of_the_copies_that_are_on_record_as_lost, days_world) {
    note({17000});
    copy_query query;
    query.archive = archive;
    query.limit = 10;
    auto copies = ask(catalog().load_copies(query)).value().copies;
    BOOST_REQUIRE(copies.size() == 1U);
    ask(catalog().record_bad_copies(archive, {{copies[0], "vanished", "gone", early}}, {})).value();
    BOOST_TEST(choose(17000, removal_choice::send_again).value() == 1);
}

BOOST_FIXTURE_TEST_CASE(trying_a_whole_day_again_is_a_choice, days_world) {
    note({17000, 17001});
    retry_request request;
    request.archive = archive;
    request.at = early + 10;
    request.remote_prefix = "17000/smurf";
    ask(catalog().retry(request)).value();
    BOOST_TEST(waiting().size() == 2U);
    request.remote_prefix = "17000/";
    ask(catalog().retry(request)).value();
    BOOST_TEST(waiting() == timecodes{17001}, boost::test_tools::per_element());
    BOOST_TEST((day_of_the_file()->choice == removal_choice::send_again));
    request.remote_prefix.reset();
    ask(catalog().retry(request)).value();
    BOOST_TEST(waiting().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
