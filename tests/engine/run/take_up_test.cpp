// The daemon goes over to the catalog that is at the path now, without a restart.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/engine/run/daemon_world.hpp"
#include "tests/support/waiting.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(daemon_takes_up)

namespace {

struct moving_world : daemon_world {
    const fs::path path = scratch / "catalog.db";
    const fs::path elsewhere = scratch / "elsewhere.db";

    // The log is looked at in its own time, and an index leaves the lock free in between.
    void await(bool ready) {
        wait_until(ready ? "it is ready" : "it is not ready", [&] {
            time.advance(1);
            return served.ready().ready == ready;
        });
    }
    void move_away() {
        fs::rename(path, elsewhere);
        await(false);
        time.advance(2);
    }
    result<std::vector<added_file>> post(const std::string& name) {
        disk.write("/data/" + name, "posted", time.now() - 100);
        registration_request request;
        request.local_path = "/data/" + name;
        request.remote_path = "17000/" + name;
        request.archive_name = "smurf";
        return ask(served.register_files({request}));
    }
    bool is_refused(const std::string& name) {
        const auto added = post(name);
        return added.has_error() && added.error().code == failure_code::replaced;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(while_the_catalog_is_gone_nothing_is_taken_and_nothing_made, moving_world) {
    begin();
    move_away();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_replaced), "there is no such file"));
    BOOST_TEST(holds_text(condition(condition_kind::catalog_replaced), "put it back"));
    BOOST_TEST(condition_count() == 1U);
    BOOST_TEST(!served.ready().ready);
    BOOST_TEST(is_refused("posted"));
    time.advance(60);
    BOOST_TEST(is_refused("posted"));
    BOOST_TEST(!fs::exists(path));
    BOOST_TEST(condition_count() == 1U);
    BOOST_TEST(!ended.has_value());
}

BOOST_FIXTURE_TEST_CASE(no_archive_is_opened_while_the_catalog_is_gone, moving_world) {
    begin();
    move_away();
    const auto before = catalog.count("serve");
    time.advance(60);
    BOOST_TEST(catalog.count("serve") == before);
    fs::rename(elsewhere, path);
    await(true);
    time.advance(1);
    BOOST_TEST(catalog.count("serve") == before + 2);
}

BOOST_FIXTURE_TEST_CASE(what_was_told_of_its_archives_ends_with_a_catalog, moving_world) {
    there().down = error(failure_code::connection);
    begin();
    add("a");
    time.advance(2);
    BOOST_TEST(!condition(condition_kind::destination_unreachable, "smurf").empty());
    move_away();
    BOOST_TEST(condition(condition_kind::destination_unreachable, "smurf").empty());
    BOOST_TEST(condition_count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_catalog_that_comes_back_is_worked_on, moving_world) {
    begin();
    move_away();
    BOOST_TEST(!served.ready().ready);
    fs::rename(elsewhere, path);
    await(true);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(post("posted").has_value());
    const auto id = add("a"), other = add("b", "timestreams");
    time.advance(1);
    BOOST_TEST(verified(id));
    BOOST_TEST(verified(other));
    BOOST_TEST(rows() == 3);
}

BOOST_FIXTURE_TEST_CASE(another_catalog_begins_anew, moving_world) {
    begin();
    const auto first = add("first");
    committed();
    BOOST_TEST(verified(first));
    {
        foreign_writer made(scratch / "made.db");
        made.create_tables();
        auto row = others.row(first);
        row.remote_path = "17000/second";
        row.remote_md5sum.reset();
        made.insert(row);
    }
    fs::remove(scratch / "catalog.db-wal");
    fs::remove(scratch / "catalog.db-shm");
    fs::rename(scratch / "made.db", path);
    await(false);
    await(true);
    time.advance(2);
    BOOST_TEST(condition_count() == 0U);
    foreign_writer now(path);
    BOOST_TEST(now.row(first).verified());
    BOOST_TEST(there().published.contains("17000/second"));
}

BOOST_FIXTURE_TEST_CASE(a_running_transfer_is_ended, moving_world) {
    add("a");
    there().hold();
    begin();
    move_away();
    BOOST_TEST(!verified(1));
    fs::rename(elsewhere, path);
    await(true);
    time.advance(2);
    BOOST_TEST(verified(1));
}

BOOST_FIXTURE_TEST_CASE(dropped_triggers_and_tables_are_mended, moving_world) {
    begin();
    for (const std::string what : {"TRIGGER suprsync_file_inserted", "TABLE suprsync_files"}) {
        others.execute("DROP " + what);
        const auto id = add("after " + what);
        await(false);
        await(true);
        time.advance(2);
        BOOST_TEST(verified(id));
        BOOST_TEST(condition_count() == 0U);
    }
}

BOOST_FIXTURE_TEST_CASE(it_can_be_ended_meanwhile, moving_world) {
    begin();
    move_away();
    served.stop();
    time.advance(5);
    BOOST_TEST(ended.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
