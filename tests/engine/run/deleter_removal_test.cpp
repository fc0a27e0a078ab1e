// What a removal leaves behind that was cut short.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(deleter_removals)

namespace {

template <typename World>
struct noting : World {
    void note(file_id id) {
        const auto row = this->row(id);
        this->ask(this->catalog.real().begin_removals({{row, this->disk.files.at(row.local_path).identity}}))
            .value();
    }
};
using removal_world = noting<deleter_world>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_removal_that_was_cut_short_is_undone_and_proved_anew, removal_world) {
    const auto id = due("a");
    note(id);
    auto left = disk.files.extract("/data/a");
    left.key() = "/data/a" + removal_name(id);
    disk.files.insert(std::move(left));
    there.published.clear();
    begin();
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(!row(id).removed.has_value());
    BOOST_TEST(ask(catalog.real().begun_removals("smurf")).value().empty());
}

BOOST_FIXTURE_TEST_CASE(a_removal_is_noted_before_it_happens, removal_world) {
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

BOOST_FIXTURE_TEST_CASE(a_removal_that_cannot_be_undone_is_told_and_tried_again, removal_world) {
    const auto id = due("a");
    note(id);
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

// Of another catalog, which has a row of that id, too.
BOOST_FIXTURE_TEST_CASE(another_file_than_the_one_that_was_to_go_is_told_and_gets_no_name, removal_world) {
    const auto id = due("a");
    note(id);
    disk.files.erase("/data/a");
    disk.write("/data/a" + removal_name(id), "of another catalog");
    due("b");
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "another file stands there"));
    BOOST_TEST(!on_disk("a"));
    BOOST_TEST(disk.files.contains("/data/a" + removal_name(id)));
    BOOST_TEST(!on_disk("b"));
    BOOST_TEST(!row(id).removed.has_value());
    disk.files.erase("/data/a" + removal_name(id));
    time.advance(61);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(others.number("SELECT count(*) FROM suprsync_removals") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_removal_whose_disk_is_not_mounted_is_not_forgotten, removal_world) {
    const auto id = due("a");
    note(id);
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
                        noting<archive_world>) {
    const auto id = add("a", "content");
    note(id);
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
