// What a removal leaves behind that was cut short.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(deleter_removals)

BOOST_FIXTURE_TEST_CASE(a_removal_that_was_cut_short_is_undone_and_proved_anew, deleter_world) {
    const auto id = due("a");
    ask(catalog.real().begin_removals({row(id)})).value();
    auto left = disk.files.extract("/data/a");
    left.key() = "/data/a" + removal_name(id);
    disk.files.insert(std::move(left));
    there.published.clear();
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!row(id).removed.has_value());
    BOOST_TEST(ask(catalog.real().begun_removals("smurf")).value().empty());
}

BOOST_FIXTURE_TEST_CASE(a_removal_is_noted_before_it_happens, deleter_world) {
    const auto id = due("a");
    std::size_t noted = 0;
    disk.before = [&](const std::string& verb, const std::string&) {
        if (verb == "remove")
            noted = static_cast<std::size_t>(others.number(
                "SELECT count(*) FROM suprsync_removals WHERE file_id = " + std::to_string(id)));
    };
    begin();
    BOOST_TEST(noted == 1U);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(others.number("SELECT count(*) FROM suprsync_removals") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_removal_that_cannot_be_undone_is_told_and_tried_again, deleter_world) {
    const auto id = due("a");
    ask(catalog.real().begin_removals({row(id)})).value();
    disk.failing["/data/a"] = {failure_code::place, "undo the removal of", "/data/a", "not mounted"};
    due("b");
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "not mounted"));
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!on_disk("b"));
    disk.failing.clear();
    time.advance(61);
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_removal_whose_disk_is_not_mounted_is_not_forgotten, deleter_world) {
    const auto id = due("a");
    ask(catalog.real().begin_removals({row(id)})).value();
    auto left = disk.files.extract("/data/a");
    left.key() = "/data/a" + removal_name(id);
    auto away = std::exchange(disk.files, {});
    disk.device = 2;
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "another file system"));
    BOOST_TEST(!row(id).removed.has_value());
    away.insert(std::move(left));
    disk.files = std::move(away);
    disk.device = 1;
    there.published.clear();
    time.advance(61);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(others.number("SELECT count(*) FROM suprsync_removals") == 0);
}

BOOST_FIXTURE_TEST_CASE(where_nothing_is_deleted_an_interrupted_removal_is_undone_all_the_same,
                        archive_world) {
    const auto id = add("a", "content");
    ask(catalog.real().begin_removals({row(id)})).value();
    auto left = disk.files.extract("/data/a");
    left.key() = "/data/a" + removal_name(id);
    disk.files.insert(std::move(left));
    deleter removal(archive);
    start(removal.run());
    BOOST_TEST(disk.files.contains("/data/a"));
    BOOST_TEST(tasks_running() == 0U);
    end();
}

BOOST_AUTO_TEST_SUITE_END()
