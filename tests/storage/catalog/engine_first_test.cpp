// The engine's questions go before pages, also before the rest of a page that has begun.
#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <optional>

#include "tests/support/storage/open_database.hpp"

namespace asio = boost::asio;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(engine_before_pages)

namespace {

constexpr int rows = 300;

// On the loop, so that what happens first is no matter of chance. `statements` is what SQLite was asked.
struct many_rows : open_database {
    strings statements;
    std::function<void()> on_row;  ///< when the next row is looked at

    many_rows() {
        options.run_inline = true;
        options.echo = [this](const std::string& sql) {
            statements.push_back(sql);
            if (on_row && reads_a_row(sql)) std::exchange(on_row, nullptr)();
        };
        for (int n = 1; n <= rows; ++n) foreign().insert(row_of(n, archive, 17000 + n));
        make_ready();
    }

    template <class T>
    std::shared_ptr<std::optional<T>> begin(asio::awaitable<result<T>> call) {
        auto answer = std::make_shared<std::optional<T>>();
        asio::co_spawn(loop, std::move(call), [answer](std::exception_ptr, result<T> value) {
            answer->emplace(std::move(value.value()));
        });
        return answer;
    }

    static bool reads_a_row(const std::string& sql) {
        return sql.find("FROM supersync_v0 AS s WHERE s.id =") != std::string::npos;
    }

    // How many rows were looked at since `from` before the counters of the archive were read.
    long rows_before_the_engine(std::size_t from) const {
        long seen = 0;
        for (auto at = from; at < statements.size(); ++at) {
            if (statements[at].starts_with("SELECT id, last_added")) return seen;
            seen += reads_a_row(statements[at]) ? 1 : 0;
        }
        return -1;
    }

    /// Asks for a page, and for the engine's counters as soon as the page has begun.
    template <class T>
    std::shared_ptr<std::optional<T>> page_and_engine(asio::awaitable<result<T>> page) {
        statements.clear();
        std::shared_ptr<std::optional<archive_counts>> counts;
        on_row = [&] { counts = begin(catalog().counts(archive)); };
        auto answer = begin(std::move(page));
        loop.restart();
        loop.poll();
        BOOST_REQUIRE(counts);
        BOOST_REQUIRE(counts->has_value());
        BOOST_REQUIRE(answer->has_value());
        return answer;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_page_that_has_begun_goes_on_after_the_engines_question, many_rows) {
    file_query query;
    query.limit = 1000;
    const auto page = page_and_engine(catalog().list_files(query));
    BOOST_TEST((*page)->files.size() == static_cast<std::size_t>(rows));
    for (int n = 1; n <= rows; ++n) BOOST_TEST((*page)->files[static_cast<std::size_t>(n) - 1].row.id == n);
    const auto seen = rows_before_the_engine(0);
    BOOST_TEST(seen >= 0);
    BOOST_TEST(seen <= 20);
}

BOOST_FIXTURE_TEST_CASE(so_does_a_list_of_timecodes, many_rows) {
    timecode_query query;
    query.archive = archive;
    const auto page = page_and_engine(catalog().timecodes(query));
    BOOST_TEST((*page)->size() == static_cast<std::size_t>(rows));
    const auto seen = rows_before_the_engine(0);
    BOOST_TEST(seen >= 0);
    BOOST_TEST(seen <= 20);
}

BOOST_FIXTURE_TEST_CASE(what_the_engine_asks_later_is_answered_earlier, many_rows) {
    strings order;
    const auto told = [&](const char* who) {
        return [&order, who](std::exception_ptr, const auto&) { order.emplace_back(who); };
    };
    asio::co_spawn(loop, catalog().list_files({}), told("page"));
    asio::co_spawn(loop, catalog().find(1), told("row"));
    asio::co_spawn(loop, catalog().add({registration_of(row_of(1001)), registration_of(row_of(1002))}),
                   told("registration of many"));
    asio::co_spawn(loop, catalog().counts(archive), told("engine"));
    loop.restart();
    loop.poll();
    BOOST_REQUIRE(order.size() == 4U);
    BOOST_TEST(order.front() == "engine");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test
