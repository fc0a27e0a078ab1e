// The connection and its thread: transactions that end with their scope, values as SQLite has them, tasks in
// their order.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "engine/loop/run_to_end.hpp"
#include "storage/sqlite/sqlite_connection.hpp"
#include "storage/sqlite/sqlite_thread.hpp"
#include "tests/support/storage/open_database.hpp"

namespace asio = boost::asio;

namespace suprsync::test {

namespace {

std::unique_ptr<SQLite::Database> new_database(const std::filesystem::path& path) {
    auto database =
        std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database->exec("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (a, b)");
    return database;
}

struct running_thread {
    scratch_directory scratch;
    asio::io_context loop;
    std::unique_ptr<sqlite_thread> thread =
        std::make_unique<sqlite_thread>(new_database(scratch / "db"), "the path");

    template <class Work>
    std::shared_ptr<std::optional<result<int>>> begin(Work work) {
        auto outcome = std::make_shared<std::optional<result<int>>>();
        asio::co_spawn(loop, thread->run(std::move(work)),
                       [outcome](std::exception_ptr error, result<int> value) {
                           if (error) std::rethrow_exception(error);
                           outcome->emplace(std::move(value));
                       });
        return outcome;
    }
    void await(const std::optional<result<int>>& outcome) {
        while (!outcome) {
            loop.restart();
            loop.run_one();
        }
    }
    template <class Work>
    result<int> run(Work work) {
        return run_to_end(loop, thread->run(std::move(work)));
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_sessions)

BOOST_AUTO_TEST_CASE(values_come_back_as_they_went) {
    scratch_directory scratch;
    sqlite_connection s(new_database(scratch / "db"));
    const std::string text("a\0b'\"\n\xff", 7);
    s.run("INSERT INTO t VALUES (?1, ?2)", std::int64_t{1} << 62, text);
    s.run("INSERT INTO t VALUES (?1, ?2)", 0.5, nullptr);
    s.run("INSERT INTO t VALUES (?1, ?2)", true, std::optional<std::string>());
    s.run("INSERT INTO t VALUES (?1, ?2)", -7, std::optional<double>(2.5));
    auto q = s.ask("SELECT a, b FROM t ORDER BY rowid");
    BOOST_REQUIRE(q.next());
    BOOST_TEST(q.integer(0) == std::int64_t{1} << 62);
    BOOST_TEST(q.maybe_integer(0).value() == std::int64_t{1} << 62);
    BOOST_TEST((q.text(1) == text));
    BOOST_REQUIRE(q.next());
    BOOST_TEST(q.real(0) == 0.5);
    BOOST_TEST(q.null(1));
    BOOST_TEST(!q.maybe_text(1).has_value());
    BOOST_TEST(!q.maybe_real(1).has_value());
    BOOST_TEST(!q.maybe_integer(1).has_value());
    BOOST_REQUIRE(q.next());
    BOOST_TEST(q.integer(0) == 1);
    BOOST_TEST(q.null(1));
    BOOST_REQUIRE(q.next());
    BOOST_TEST(q.integer(0) == -7);
    BOOST_TEST(q.maybe_real(1).value() == 2.5);
    BOOST_TEST(!q.next());
}

BOOST_AUTO_TEST_CASE(a_statement_is_ready_again_when_its_query_ends) {
    scratch_directory scratch;
    sqlite_connection s(new_database(scratch / "db"));
    constexpr const char* insert = "INSERT INTO t VALUES (?1, ?2)";
    for (int i = 0; i < 3; ++i) s.run(insert, i, i);
    // What was bound before does not linger.
    s.run(insert, nullptr, nullptr);
    BOOST_TEST(s.number("SELECT count(*) FROM t WHERE a IS NULL AND b IS NULL") == 1);
    constexpr const char* select = "SELECT a FROM t WHERE a >= ?1 ORDER BY a";
    for (int i = 0; i < 3; ++i) {
        auto q = s.ask(select, i);
        BOOST_REQUIRE(q.next());  // and no further
        BOOST_TEST(q.integer(0) == i);
    }
    BOOST_TEST(s.number("SELECT a FROM t WHERE a = 99") == 0);
    BOOST_CHECK_THROW(s.run("SELECT nothing FROM nowhere"), SQLite::Exception);
    BOOST_CHECK_THROW(s.run("SELECT nothing FROM nowhere"), SQLite::Exception);
}

BOOST_AUTO_TEST_CASE(a_write_transaction_is_rolled_back_unless_committed) {
    scratch_directory scratch;
    sqlite_connection s(new_database(scratch / "db"));
    int locks = 0, unlocks = 0;
    s.on_write_lock = [&] { ++locks; };
    s.on_write_unlock = [&](std::chrono::steady_clock::duration elapsed) {
        BOOST_TEST(elapsed.count() > 0);
        ++unlocks;
    };
    {
        write_transaction transaction(s);
        s.run("INSERT INTO t VALUES (1, 1)");
    }
    BOOST_TEST(s.number("SELECT count(*) FROM t") == 0);
    {
        write_transaction transaction(s);
        s.run("INSERT INTO t VALUES (1, 1)");
        transaction.commit();
    }
    BOOST_TEST(s.number("SELECT count(*) FROM t") == 1);
    BOOST_TEST(locks == 2);
    BOOST_TEST(unlocks == 2);
    // SQLite has ended it already, as when a disk is full.
    {
        write_transaction transaction(s);
        s.execute("ROLLBACK");
    }
    write_transaction again(s);
    again.commit();
}

BOOST_AUTO_TEST_CASE(a_write_transaction_that_gets_no_lock_is_none) {
    scratch_directory scratch;
    sqlite_connection s(new_database(scratch / "db"));
    foreign_writer other(scratch / "db");
    other.execute("BEGIN IMMEDIATE");
    int unlocks = 0;
    s.on_write_unlock = [&](std::chrono::steady_clock::duration) { ++unlocks; };
    BOOST_CHECK_THROW(write_transaction{s}, SQLite::Exception);
    BOOST_TEST(unlocks == 0);
    other.execute("COMMIT");
    write_transaction transaction(s);
    transaction.commit();
}

BOOST_AUTO_TEST_CASE(a_read_transaction_is_one_snapshot) {
    scratch_directory scratch;
    sqlite_connection s(new_database(scratch / "db"));
    foreign_writer other(scratch / "db");
    {
        const read_transaction snapshot(s);
        BOOST_TEST(s.number("SELECT count(*) FROM t") == 0);
        other.execute("INSERT INTO t VALUES (1, 1)");
        BOOST_TEST(s.number("SELECT count(*) FROM t") == 0);
    }
    BOOST_TEST(s.number("SELECT count(*) FROM t") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sqlite_threads)

BOOST_AUTO_TEST_CASE(work_runs_elsewhere_and_in_its_order) {
    running_thread t;
    const auto here = std::this_thread::get_id();
    std::vector<int> order;
    std::vector<std::shared_ptr<std::optional<result<int>>>> outcomes;
    for (int i = 0; i < 50; ++i)
        outcomes.push_back(t.begin([&, i](sqlite_connection&) -> result<int> {
            if (std::this_thread::get_id() != here) order.push_back(i);
            return i;
        }));
    t.await(*outcomes.back());
    BOOST_REQUIRE(order.size() == 50);
    BOOST_TEST(std::is_sorted(order.begin(), order.end()));
    for (int i = 0; i < 50; ++i) BOOST_TEST((*outcomes[static_cast<std::size_t>(i)])->value() == i);
}

BOOST_AUTO_TEST_CASE(failures_are_values) {
    running_thread t;
    const failure mine{failure_code::conflict, "try", "this", "it is mine"};
    BOOST_TEST((t.run([=](sqlite_connection&) -> result<int> { return mine; }).error() == mine));
    auto said = t.run([](sqlite_connection& s) -> result<int> { return s.number("SELECT x FROM y") != 0; });
    BOOST_REQUIRE(!said);
    BOOST_TEST((said.error().code == failure_code::catalog));
    BOOST_TEST(said.error().text() == "cannot use the catalog the path: no such table: y");
    BOOST_TEST(t.thread->errors() == 1);
    said = t.run([](sqlite_connection&) -> result<int> { throw std::runtime_error("a bug"); });
    BOOST_REQUIRE(!said);
    BOOST_TEST(said.error().detail == "a bug");
    BOOST_TEST(t.run([](sqlite_connection&) -> result<int> { return 5; }).value() == 5);
}

BOOST_AUTO_TEST_CASE(a_read_only_directory_and_a_full_disk_are_explained) {
    running_thread t;
    const auto said = t.run([](sqlite_connection& s) -> result<int> {
        s.execute("PRAGMA max_page_count = 3");
        for (int i = 0; i < 1000; ++i) s.run("INSERT INTO t VALUES (zeroblob(4000), 1)");
        return 0;
    });
    BOOST_REQUIRE(!said);
    BOOST_TEST(
        said.error().detail.find("full: make room on the file system of the catalog") != std::string::npos,
        said.error().detail);
}

// The task that met the lock starts anew: what it did is rolled back, and the ones behind it go first.
BOOST_AUTO_TEST_CASE(a_locked_task_lets_others_go_before) {
    running_thread t;
    foreign_writer other(t.scratch / "db");
    other.execute("BEGIN IMMEDIATE");
    int tries = 0;
    const auto writing = t.begin([&](sqlite_connection& s) -> result<int> {
        ++tries;
        write_transaction transaction(s);
        s.run("INSERT INTO t VALUES (1, 1)");
        transaction.commit();
        return tries;
    });
    BOOST_TEST(t.run([](sqlite_connection& s) -> result<int> {
                    return static_cast<int>(s.number("SELECT 7"));
                }).value() == 7);
    BOOST_TEST(!writing->has_value());
    BOOST_TEST(t.thread->locked_since().has_value());
    other.execute("COMMIT");
    t.await(*writing);
    BOOST_TEST((*writing)->value() > 1);
    BOOST_TEST(static_cast<std::uint64_t>((*writing)->value() - 1) == t.thread->errors());
    BOOST_TEST(!t.thread->locked_since().has_value());
    BOOST_TEST(t.thread->longest_write_lock() > 0);
    BOOST_TEST(other.number("SELECT count(*) FROM t") == 1);
}

BOOST_AUTO_TEST_CASE(destroying_it_ends_what_waits) {
    running_thread t;
    foreign_writer other(t.scratch / "db");
    other.execute("BEGIN IMMEDIATE");
    std::vector<std::shared_ptr<std::optional<result<int>>>> waiting;
    for (int i = 0; i < 5; ++i)
        waiting.push_back(t.begin([](sqlite_connection& s) -> result<int> {
            const write_transaction transaction(s);
            return 0;
        }));
    t.loop.poll();
    t.thread.reset();
    for (const auto& w : waiting) {
        t.await(*w);
        BOOST_TEST(((*w)->error().code == failure_code::stopped));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
