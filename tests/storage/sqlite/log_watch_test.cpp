// What the kernel says of the database's log: another program's commit is told of, however it comes about.
#include "storage/sqlite/log_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <functional>
#include <optional>

#include "tests/storage/catalog/open_database.hpp"

namespace suprsync::test {

namespace {

namespace asio = boost::asio;

/// What one wait returns, during which `meanwhile` happens.
bool told(asio::io_context& loop, log_watch& watch, const std::function<void()>& meanwhile) {
    std::optional<bool> answer;
    asio::co_spawn(loop, watch.wait(), [&](const std::exception_ptr& bug, bool written) {
        if (bug) std::rethrow_exception(bug);
        answer = written;
    });
    asio::post(loop, meanwhile);
    loop.restart();
    loop.run();
    return answer.value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog_log_watch)

BOOST_AUTO_TEST_CASE(every_commit_of_another_program) {
    open_database d;
    d.make_ready();
    asio::io_context loop;
    log_watch watch(loop.get_executor(), d.path());
    BOOST_TEST(watch.works());
    BOOST_TEST(told(loop, watch, [&] { d.foreign().insert(row_of(1)); }));
    BOOST_TEST(told(loop, watch, [&] { d.foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1"); }));
    // Written before anybody waits.
    d.foreign().insert(row_of(2));
    BOOST_TEST(told(loop, watch, [] {}));
}

BOOST_AUTO_TEST_CASE(another_file_that_takes_the_place_of_the_log) {
    open_database d;
    d.make_ready();
    asio::io_context loop;
    log_watch watch(loop.get_executor(), d.path());
    const auto log = d.path().native() + "-wal";
    BOOST_TEST(told(loop, watch, [&] {
        std::filesystem::rename(log, log + ".old");
        std::filesystem::copy(log + ".old", log);
    }));
    BOOST_TEST(told(loop, watch, [&] { std::filesystem::resize_file(log, 0); }));
}

BOOST_AUTO_TEST_CASE(no_log_to_watch) {
    open_database d;
    asio::io_context loop;
    log_watch watch(loop.get_executor(), d.path());
    BOOST_TEST(!watch.works());
    d.make_ready();
    // It is found by the wait that follows.
    BOOST_TEST(told(loop, watch, [&] { d.foreign().insert(row_of(1)); }));
    BOOST_TEST(watch.works());
}

BOOST_AUTO_TEST_CASE(a_wait_that_is_ended) {
    open_database d;
    d.make_ready();
    asio::io_context loop;
    log_watch watch(loop.get_executor(), d.path());
    BOOST_TEST(!told(loop, watch, [&] { watch.stop(); }));
    BOOST_TEST(!told(loop, watch, [] {}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
