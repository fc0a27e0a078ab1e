// A database that another program has locked is waited for (spec, Shared tables): nothing fails, the loop
// goes on, and it is known since when; on a thread of the catalog's own as well as inline.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>
#include <tuple>
#include <type_traits>

#include "tests/support/files.hpp"
#include "tests/support/storage/open_database.hpp"

namespace asio = boost::asio;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_locks)

namespace {

using added = result<std::vector<added_file>>;
using outcome_of_add = std::shared_ptr<std::optional<added>>;

outcome_of_add begin_add(open_database& d, int n) {
    auto outcome = std::make_shared<std::optional<added>>();
    asio::co_spawn(d.loop, d.catalog().add({registration_of(row_of(n))}),
                   [outcome](std::exception_ptr error, added value) {
                       if (error) std::rethrow_exception(error);
                       outcome->emplace(std::move(value));
                   });
    return outcome;
}

// Runs the loop until it holds, a timer ticking all the while; the test's own limit ends what hangs.
int ticks_until(open_database& d, const std::function<bool()>& holds) {
    int ticks = 0;
    asio::steady_timer timer(d.loop);
    while (!holds()) {
        bool ticked = false;
        timer.expires_after(std::chrono::milliseconds(1));
        timer.async_wait([&](const boost::system::error_code&) { ticked = true; });
        while (!ticked) {
            d.loop.restart();
            d.loop.run_one();
        }
        ++ticks;
    }
    return ticks;
}

using threaded = std::false_type;
using run_inline = std::true_type;
using ways = std::tuple<threaded, run_inline>;

template <class Way>
struct database_of : open_database {
    database_of() {
        options.run_inline = Way::value;
        make_ready();
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(calls_wait_and_go_on, way, ways) {
    database_of<way> d;
    BOOST_TEST(!d.catalog().locked_since().has_value());
    const auto errors = d.catalog().sqlite_errors();
    const auto before = now();
    d.foreign().execute("BEGIN IMMEDIATE");
    const auto first = begin_add(d, 1);
    const auto second = begin_add(d, 2);
    // Two tries each, some hundred milliseconds, through which the loop ticks.
    const auto ticks = ticks_until(d, [&] { return d.catalog().sqlite_errors() >= errors + 4; });
    // Inline, the tries themselves take turns on the loop.
    BOOST_TEST(ticks >= (way::value ? 1 : 4));
    BOOST_TEST(!first->has_value());
    BOOST_TEST(!second->has_value());
    BOOST_REQUIRE(d.catalog().locked_since().has_value());
    const auto since = *d.catalog().locked_since();
    BOOST_TEST(since >= before);
    BOOST_TEST(since <= now());
    // Reading goes on meanwhile: nobody writes to what is read.
    BOOST_TEST(d.counts().value().files == 0);
    BOOST_TEST(!d.find(1).value().has_value());
    BOOST_TEST(d.catalog().locked_since().value() == since);

    d.foreign().execute("COMMIT");
    ticks_until(d, [&] { return first->has_value() && second->has_value(); });
    BOOST_TEST((*first)->has_value());
    BOOST_TEST((*second)->has_value());
    BOOST_TEST(!d.catalog().locked_since().has_value());
    BOOST_TEST(d.counts().value().files == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_the_lock_holder_wrote_is_there_afterwards, way, ways) {
    database_of<way> d;
    d.foreign().execute(
        R"(BEGIN IMMEDIATE; INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name,
        remote_path, timestamp) VALUES ('/data/1', '', 'data', '17000/smurf/1.g3', 1))");
    const auto errors = d.catalog().sqlite_errors();
    const auto outcome = begin_add(d, 1);
    ticks_until(d, [&] { return d.catalog().sqlite_errors() > errors; });
    d.foreign().execute("COMMIT");
    ticks_until(d, [&] { return outcome->has_value(); });
    BOOST_TEST((*outcome)->value().at(0).existed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(stop_ends_the_waiting, way, ways) {
    database_of<way> d;
    d.foreign().execute("BEGIN IMMEDIATE");
    const auto errors = d.catalog().sqlite_errors();
    const auto waiting = begin_add(d, 1);
    ticks_until(d, [&] { return d.catalog().sqlite_errors() > errors; });
    d.catalog().stop();
    ticks_until(d, [&] { return waiting->has_value(); });
    BOOST_REQUIRE(!(*waiting)->has_value());
    BOOST_TEST(((*waiting)->error().code == failure_code::stopped));
    BOOST_TEST((*waiting)->error().text() ==
               "cannot use the catalog " + d.path().string() + ": the program is shutting down");
    // And what comes later.
    const auto refused = d.counts();
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::stopped));
    d.foreign().execute("ROLLBACK");
    BOOST_TEST(d.foreign().rows().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_catalog_may_be_closed_while_it_is_locked, way, ways) {
    database_of<way> d;
    d.foreign().execute("BEGIN IMMEDIATE");
    const auto waiting = begin_add(d, 1);
    const auto errors = d.catalog().sqlite_errors();
    ticks_until(d, [&] { return d.catalog().sqlite_errors() > errors; });
    d.close();
    ticks_until(d, [&] { return waiting->has_value(); });
    BOOST_TEST(((*waiting)->error().code == failure_code::stopped));
}

// Registrations and changes of clients, when they have waited long enough; the engine goes on waiting.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_client_whose_patience_is_over_is_told_so_and_nothing_is_registered, way,
                              ways) {
    database_of<way> d;
    d.close();
    d.options.client_patience = std::chrono::milliseconds(0);
    d.make_ready();
    d.foreign().insert(row_of(100));
    d.foreign().execute("BEGIN IMMEDIATE");
    auto engine = std::make_shared<std::optional<result<void>>>();
    asio::co_spawn(d.loop, d.catalog().serve("other", 5, destination),
                   [engine](std::exception_ptr, result<void> value) { engine->emplace(std::move(value)); });
    const auto one = begin_add(d, 1);
    const auto another = begin_add(d, 2);
    ticks_until(d, [&] { return one->has_value() && another->has_value(); });
    for (const auto& outcome : {one, another}) {
        BOOST_REQUIRE(!(*outcome)->has_value());
        BOOST_TEST(((*outcome)->error().code == failure_code::locked));
        BOOST_TEST((*outcome)->error().text().find("fuser -v " + d.path().string()) != std::string::npos);
    }
    const auto many = d.add({registration_of(row_of(3)), registration_of(row_of(4))});
    BOOST_TEST((many.error().code == failure_code::locked));
    BOOST_TEST((d.ask(d.catalog().change_file(1, {true, "", {}, {}})).error().code == failure_code::locked));
    BOOST_TEST((d.ask(d.catalog().set_paused(archive, true, "")).error().code == failure_code::locked));
    BOOST_TEST(!engine->has_value());
    BOOST_TEST(d.catalog().locked_since().has_value());
    d.foreign().execute("COMMIT");
    ticks_until(d, [&] { return engine->has_value() && !d.catalog().locked_since(); });
    BOOST_TEST((*engine)->has_value());
    BOOST_TEST(d.foreign().rows().size() == 1U);
    BOOST_TEST(d.add({registration_of(row_of(1))}).value().at(0).existed == false);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_end_of_a_lock_is_seen_when_nobody_waits_for_it_any_more, way, ways) {
    database_of<way> d;
    d.close();
    d.options.client_patience = std::chrono::milliseconds(0);
    d.make_ready();
    d.foreign().execute("BEGIN IMMEDIATE");
    BOOST_TEST((d.add({registration_of(row_of(1))}).error().code == failure_code::locked));
    BOOST_TEST(d.catalog().locked_since().has_value());
    d.foreign().execute("ROLLBACK");
    ticks_until(d, [&] { return !d.catalog().locked_since().has_value(); });
}

// It was registered with another one, in one transaction: its client hears so, whatever is locked since.
BOOST_AUTO_TEST_CASE(what_is_registered_is_never_answered_as_locked) {
    database_of<run_inline> d;
    d.close();
    d.options.client_patience = std::chrono::milliseconds(0);
    d.make_ready();
    const auto first = begin_add(d, 1);
    const auto second = begin_add(d, 2);
    d.loop.restart();
    while (!first->has_value()) d.loop.run_one();
    d.foreign().execute("BEGIN IMMEDIATE");
    ticks_until(d, [&] { return second->has_value(); });
    d.foreign().execute("ROLLBACK");
    BOOST_TEST((*second)->has_value() == (d.foreign().rows().size() == 2U));
}

// Also where nothing is to be written afterwards: here the lock holds up the change to WAL mode.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_lock_that_held_up_a_reader_is_forgotten_when_it_goes, way, ways) {
    database_of<way> d;
    d.close();
    foreign_writer other(d.path());
    other.execute("PRAGMA journal_mode = DELETE");
    d.open().value();
    other.execute("BEGIN EXCLUSIVE");
    auto step = std::make_shared<std::optional<result<preparation>>>();
    asio::co_spawn(d.loop, d.catalog().prepare_step(), [step](std::exception_ptr, result<preparation> value) {
        step->emplace(std::move(value));
    });
    ticks_until(d, [&] { return d.catalog().locked_since().has_value(); });
    BOOST_TEST(!step->has_value());
    other.execute("COMMIT");
    ticks_until(d, [&] { return step->has_value(); });
    BOOST_TEST((*step)->value().done);
    BOOST_TEST(!d.catalog().locked_since().has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(another_error_is_a_failure_and_counted, way, ways) {
    database_of<way> d;
    d.foreign().execute("ALTER TABLE suprsync_notes RENAME COLUMN vanished TO gone");
    const auto errors = d.catalog().sqlite_errors();
    d.foreign().insert(row_of(1));
    const auto refused = d.load_work({archive, later, 10, {}});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::catalog));
    BOOST_TEST(refused.error().text().find("vanished") != std::string::npos);
    BOOST_TEST(d.catalog().sqlite_errors() > errors);
    BOOST_TEST(!d.catalog().locked_since().has_value());
}

BOOST_AUTO_TEST_CASE(inline_everything_is_answered_in_order_when_the_loop_has_nothing_left_to_do) {
    database_of<run_inline> d;
    std::vector<outcome_of_add> outcomes;
    for (int n = 1; n <= 3; ++n) outcomes.push_back(begin_add(d, n));
    d.loop.restart();
    while (d.loop.poll() > 0) continue;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        BOOST_REQUIRE(outcomes[i]->has_value());
        BOOST_TEST((*outcomes[i])->value().at(0).file.row.id == static_cast<file_id>(i) + 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
