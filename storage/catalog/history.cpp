// What archives did over time: rows of suprsync_history, of minutes and of hours, by the archive's name, so
// that they outlive everything else that is known of it.
#include <algorithm>
#include <utility>

#include "engine/rules/history_steps.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/index/backfill.hpp"
#include "storage/index/deletable_counts.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::int64_t minute_span = static_cast<std::int64_t>(history_minute);
constexpr std::int64_t hour_span = static_cast<std::int64_t>(history_hour);
constexpr int removed_at_once = 120;  // of an archive and a span: two for each minute that is added, at least
constexpr std::size_t points_read_at_once = 1000;

// From the query's first columns.
history_point read_point(const query& q) {
    history_point p;
    p.at = static_cast<double>(q.integer(0));
    p.seconds = q.real(1);
    p.sent_bytes = static_cast<std::uint64_t>(q.integer(2));
    p.verified_bytes = static_cast<std::uint64_t>(q.integer(3));
    p.verified_files = q.integer(4);
    p.waiting_files = q.integer(5);
    p.failed_files = q.integer(6);
    p.verified_after = latencies::read(q.text(7));
    if (!q.null(8)) p.free_here = static_cast<std::uint64_t>(q.integer(8));
    if (!q.null(9)) p.free_there = static_cast<std::uint64_t>(q.integer(9));
    return p;
}

std::optional<std::int64_t> stored_bytes(const std::optional<std::uint64_t>& bytes) {
    return bytes ? std::optional(static_cast<std::int64_t>(*bytes)) : std::nullopt;
}

void add_to_span(sqlite_connection& connection, const archive_minute& added, std::int64_t span) {
    auto point = added.point;
    const auto at = static_cast<std::int64_t>(step_of(point.at, static_cast<double>(span)));
    {
        auto q = connection.ask(
            R"(SELECT at, seconds, sent_bytes, verified_bytes, verified_files, waiting_files, failed_files,
            verified_after, free_here, free_there FROM suprsync_history
            WHERE archive = ?1 AND span = ?2 AND at = ?3)",
            added.archive, span, at);
        if (q.next()) point = together(read_point(q), point);
    }
    connection.run(
        R"(INSERT OR REPLACE INTO suprsync_history (archive, span, at, seconds, sent_bytes, verified_bytes,
            verified_files, waiting_files, failed_files, verified_after, free_here, free_there)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))",
        added.archive, span, at, point.seconds, static_cast<std::int64_t>(point.sent_bytes),
        static_cast<std::int64_t>(point.verified_bytes), point.verified_files, point.waiting_files,
        point.failed_files, point.verified_after.text(), stored_bytes(point.free_here),
        stored_bytes(point.free_there));
}

// Also of archives that nobody serves any more.
void remove_some(sqlite_connection& connection, epoch_seconds now) {
    std::string archive;
    while (true) {
        {
            auto q = connection.ask("SELECT min(archive) FROM suprsync_history WHERE archive > ?1", archive);
            if (!q.next() || q.null(0)) return;
            archive = q.text(0);
        }
        for (const auto& [span, from] :
             {std::pair(minute_span, minutes_from(now)), {hour_span, hours_from(now)}})
            connection.run(
                R"(DELETE FROM suprsync_history WHERE archive = ?1 AND span = ?2 AND at IN (
                    SELECT at FROM suprsync_history WHERE archive = ?1 AND span = ?2 AND at < ?3
                    ORDER BY at LIMIT ?4))",
                archive, span, static_cast<std::int64_t>(from), removed_at_once);
    }
}

struct history_part {
    std::int64_t span = 0, from = 0, to = 0;
};

// Hours where minutes are not kept any more, or not asked for.
std::vector<history_part> parts_of(const history_query& query) {
    const auto from = static_cast<std::int64_t>(query.range.from);
    const auto to = static_cast<std::int64_t>(query.range.to);
    const bool hours = step_of(query.range.step, history_hour) == query.range.step;
    const auto since = hours ? to : std::clamp(static_cast<std::int64_t>(minutes_from(query.now)), from, to);
    std::vector<history_part> parts;
    if (from < since) parts.push_back({hour_span, from, since});
    if (since < to) parts.push_back({minute_span, since, to});
    return parts;
}

// At most some rows of the part, which begins behind them then; true where there may be more.
bool read_some_points(sqlite_connection& connection, const history_query& query, history_part& wanted,
                      std::vector<history_point>& points) {
    std::size_t rows = 0;
    auto q = connection.ask(
        R"(SELECT at, seconds, sent_bytes, verified_bytes, verified_files, waiting_files, failed_files,
        verified_after, free_here, free_there FROM suprsync_history
        WHERE archive = ?1 AND span = ?2 AND at >= ?3 AND at < ?4 ORDER BY at LIMIT ?5)",
        query.archive, wanted.span, wanted.from, wanted.to, static_cast<std::int64_t>(points_read_at_once));
    for (; q.next(); ++rows) {
        add_to_steps(points, read_point(q), query.range.step);
        wanted.from = q.integer(0) + 1;
    }
    return rows == points_read_at_once;
}

}  // namespace

asio::awaitable<result<void>> sqlite_catalog::record_history(std::vector<archive_minute> minutes,
                                                             epoch_seconds now) {
    return run(
        [minutes = std::move(minutes), now](sqlite_connection& connection, impl&) -> result<void> {
            write_transaction transaction(connection);
            for (const auto& added : minutes)
                for (const auto span : {minute_span, hour_span}) add_to_span(connection, added, span);
            remove_some(connection, now);
            transaction.commit();
            return {};
        },
        asker::client);
}

asio::awaitable<result<std::vector<history_point>>> sqlite_catalog::history(history_query query) {
    std::vector<history_point> points;
    for (auto wanted : parts_of(query)) {
        bool more = true;
        while (more) {
            struct answer {
                std::vector<history_point> points;
                history_part rest;
                bool more = false;
            };
            auto some = co_await read(
                [query, wanted](const snapshot& at) {
                    answer a{{}, wanted, false};
                    a.more = read_some_points(at.connection, query, a.rest, a.points);
                    return a;
                },
                asker::page);
            if (!some) co_return some.error();
            for (const auto& point : some->points) add_to_steps(points, point, query.range.step);
            wanted = some->rest;
            more = some->more;
        }
    }
    co_return points;
}

asio::awaitable<result<bool>> sqlite_catalog::count_deletable(bool begin) {
    return run([begin](sqlite_connection& connection, impl&) -> result<bool> {
        write_transaction transaction(connection);
        const bool done =
            (begin && check_deletable(connection)) || count_deletable_some(connection, index_step);
        transaction.commit();
        return done;
    });
}

}  // namespace suprsync
