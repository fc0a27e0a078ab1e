// Waiting for what others commit (what is found then: tests/storage/index/change_index_test.cpp).
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_waiting_for_changes)

namespace {

namespace asio = boost::asio;

constexpr double an_hour = 3600;

struct waiting_database : ready_database {
    /// Waits until the wait ends, during which `meanwhile` happens.
    void wait_for_changes(const std::function<void()>& meanwhile) {
        bool ended = false;
        asio::co_spawn(loop, catalog().wait_for_changes(an_hour), [&](const std::exception_ptr& bug) {
            if (bug) std::rethrow_exception(bug);
            ended = true;
        });
        asio::post(loop, meanwhile);
        loop.restart();
        while (!ended) loop.run_one();
    }
    asio::awaitable<bool> wait_or_return() {
        using namespace asio::experimental::awaitable_operators;
        const auto first = co_await (catalog().wait_for_changes(an_hour) ||
                                     asio::post(loop.get_executor(), asio::use_awaitable));
        co_return first.index() == 1;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(commit_of_another_program_ends_the_wait_and_is_taken, waiting_database) {
    all_changes();
    file_id id = 0;
    wait_for_changes([&] { id = foreign().insert(row_of(1)); });
    BOOST_TEST(take_changes().value().changed);
    BOOST_TEST(work_ids() == ids{id}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(stop_ends_the_wait_and_every_later_one, waiting_database) {
    wait_for_changes([&] { catalog().stop(); });
    wait_for_changes([] {});
    BOOST_TEST((take_changes().error().code == failure_code::stopped));
}

BOOST_FIXTURE_TEST_CASE(wait_that_was_cancelled_may_be_repeated, waiting_database) {
    all_changes();
    bool cancelled = false;
    asio::co_spawn(loop, wait_or_return(), [&](const std::exception_ptr& bug, bool other_was_first) {
        if (bug) std::rethrow_exception(bug);
        cancelled = other_was_first;
    });
    loop.restart();
    loop.run();
    BOOST_TEST(cancelled);
    wait_for_changes([&] { foreign().insert(row_of(1)); });
    BOOST_TEST(take_changes().value().changed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
