// A day that was removed at the destination, such as by a clean-up after it was archived further on: its
// files wait until a person says what is right.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(deleter_removed_days)

namespace {

struct cleaned_up : deleter_world {
    file_id first = due("a"), second = due("b");
    file_id elsewhere = due_at("18000/c");

    cleaned_up() {
        there.published.clear();
        there.published["18000/c"] = "content of c";
        there.directories_gone = {"17000"};
        begin();
    }
    file_id due_at(const std::string& remote_path) {
        const auto id = insert("/data/c", remote_path);
        disk.write("/data/c", "content of c", time.now() - 100);
        change(id, "timestamp = timestamp - 1001");
        deliver(id);
        return id;
    }
    std::string told() { return condition(condition_kind::day_removed); }
    std::int64_t choose(removal_choice choice) {
        const auto woken =
            ask(catalog.real().choose_for_removed_day("smurf", 17000, choice, time.now())).value();
        wake();
        return woken;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(its_files_are_neither_deleted_nor_sent_again, cleaned_up) {
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(on_disk("b"));
    BOOST_TEST(!on_disk("c"));
    BOOST_TEST(verified(first));
    BOOST_TEST(verified(second));
    for (const auto* part : {"17000", "user@host:/base", "suprsync accept-removal smurf 17000",
                             "suprsync retry smurf --prefix 17000/"})
        BOOST_TEST(holds_text(told(), part), told());
    BOOST_TEST(condition_count() == 1U);
    time.advance(3600);
    BOOST_TEST(verified(first));
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(archive.files_deleted == 1);
}

BOOST_FIXTURE_TEST_CASE(accepted_it_goes_here_too_and_nothing_is_sent, cleaned_up) {
    BOOST_TEST(choose(removal_choice::accepted) == 2);
    time.advance(1);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(!on_disk("b"));
    BOOST_TEST(row(first).removed.has_value());
    BOOST_TEST(verified(first));
    BOOST_TEST(told().empty());
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(tried_again_it_is_sent_again, cleaned_up) {
    BOOST_TEST(choose(removal_choice::send_again) == 2);
    time.advance(1);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!verified(first));
    BOOST_TEST(!verified(second));
    BOOST_TEST(row(first).failed_copy_attempts == 0);
    BOOST_TEST(told().empty());
}

BOOST_FIXTURE_TEST_CASE(what_was_changed_here_is_no_file_of_that_day, cleaned_up) {
    disk.write("/data/a", "another", time.now() - 10);
    choose(removal_choice::accepted);
    time.advance(1);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!verified(first));
    BOOST_TEST(!on_disk("b"));
}

BOOST_FIXTURE_TEST_CASE(a_day_that_came_back_waits_no_more, cleaned_up) {
    there.directories_gone.clear();
    there.published["17000/a"] = "content of a";
    there.published["17000/b"] = "content of b";
    time.advance(601);
    BOOST_TEST(told().empty());
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(!on_disk("b"));
}

BOOST_FIXTURE_TEST_CASE(it_waits_over_a_restart, cleaned_up) {
    stop();
    conditions.clear(condition_kind::day_removed, "smurf");
    archive.days_told.clear();
    archive.stopping = false;
    deleter again(archive);
    start(again.run());
    BOOST_TEST(!told().empty());
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(verified(first));
    end();
}

BOOST_FIXTURE_TEST_CASE(without_an_answer_about_the_day_nothing_is_done, deleter_world) {
    const auto id = due("a");
    there.published.clear();
    there.on_stat = [](const stat_request& request, stat_report& report) {
        if (request.remote_paths == std::vector<std::string>{"17000"}) report.answers[0] = {};
    };
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(verified(id));
    BOOST_TEST(condition(condition_kind::day_removed).empty());
}

BOOST_AUTO_TEST_SUITE_END()
