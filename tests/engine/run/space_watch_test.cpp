// How much room there is where an archive's files lie, for its history.
#include <boost/test/unit_test.hpp>

#include "engine/run/space_watch.hpp"
#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(space_watched)

namespace {

struct space_world : archive_world {
    space_watch watch{archive};
    int asked = 0;

    space_world() {
        there.free_space = disk_space{70, 100, 1, 2};
        there.on_space = [this] { ++asked; };
    }
    ~space_world() { end(); }
    void begin() { start(watch.run()); }
    void comes_up() {
        archive.connection.probe_started();
        archive.connection.answered();
    }
    std::optional<std::uint64_t> free_there() const {
        return archive.space_there ? std::optional(archive.space_there->bytes_free) : std::nullopt;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(here_is_where_the_files_lie_and_looked_at_each_minute, space_world) {
    archive.places.found("/data/a", 1);
    archive.places.found("/other/b", 2);
    begin();
    BOOST_TEST(disk.count("space") == 2U);
    BOOST_TEST(archive.space_here->bytes_free == disk.free_space.bytes_free);
    disk.free_space.bytes_free = 5;
    time.advance(61);
    BOOST_TEST(archive.space_here->bytes_free == 5U);
    BOOST_TEST(disk.count("space") == 4U);
    disk.free_space.bytes_total = 0;  // a file system that does not count
    time.advance(61);
    BOOST_TEST(!archive.space_here.has_value());
}

BOOST_FIXTURE_TEST_CASE(there_is_asked_only_where_it_answers, space_world) {
    begin();
    time.advance(600);
    BOOST_TEST(asked == 0);
    comes_up();
    time.advance(61);
    BOOST_TEST(free_there().value() == 70U);
    archive.connection.failed(time.now(), 0);
    time.advance(61);
    BOOST_TEST(!free_there().has_value());
    BOOST_TEST(asked == 1);
}

BOOST_FIXTURE_TEST_CASE(there_is_asked_each_minute_while_files_are_sent_and_rarely_otherwise, space_world) {
    comes_up();
    begin();
    for (int n = 0; n < 5; ++n) {
        archive.instruments.sent_bytes += 10;
        time.advance(60.1);
    }
    BOOST_TEST(asked == 6);
    asked = 0;
    time.advance(3600);
    BOOST_TEST(asked >= 5);
    BOOST_TEST(asked <= 7);
    BOOST_TEST(free_there().value() == 70U);
}

BOOST_FIXTURE_TEST_CASE(an_answer_that_is_none_is_not_known, space_world) {
    comes_up();
    begin();
    there.free_space.reset();
    archive.instruments.sent_bytes += 10;
    time.advance(61);
    BOOST_TEST(!free_there().has_value());
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST((archive.connection.at(time.now()) == connection_state::phase::up));
}

BOOST_FIXTURE_TEST_CASE(ends_at_once, space_world) {
    begin();
    stop();
    watch.stop();
    settle(loop);
    BOOST_TEST(tasks_running() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
