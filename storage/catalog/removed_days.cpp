// Timecode directories that somebody removed at the destination, and what people said to that.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "engine/rules/registration_rules.hpp"
#include "storage/catalog/bad_copies.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/removed_days.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Most rows that one transaction changes.
constexpr int most_woken_at_once = 500;

failure does_not_wait(const std::string& archive, int timecode, const std::vector<removed_day>& waiting) {
    std::vector<std::string> names;
    for (const auto& day : waiting) names.push_back(timecode_directory(day.timecode));
    return {failure_code::not_found, "decide over",
            fmt::format("day {} of archive '{}'", timecode_directory(timecode), archive),
            names.empty()
                ? "no removal at the destination waits for a decision in this archive"
                : fmt::format("its removal at the destination does not wait for a decision; these do: {}",
                              fmt::join(names, ", "))};
}

std::vector<removed_day> waiting_days(const std::map<int, removed_day>& days) {
    std::vector<removed_day> waiting;
    for (const auto& [timecode, day] : days)
        if (day.waits()) waiting.push_back(day);
    return waiting;
}

struct place_of_row {
    double due = -1;
    file_id id = 0;
};

// Files of the day that were put off, from this place on, are due again; returns the number, and moves the
// place.
std::int64_t wake_some(sqlite_connection& connection, change_index& index, const std::string& archive,
                       int timecode, place_of_row& place, bool& more) {
    const auto archive_id = index.archives().ensure(archive).id;
    std::vector<file_id> ids;
    int seen = 0;
    {
        auto q = connection.ask(R"(SELECT f.due, f.file_id, s.remote_path
            FROM suprsync_files AS f INDEXED BY suprsync_files_deletable
            CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
            WHERE f.state = 4 AND f.archive_id = ?1 AND f.lane = ?2 AND (f.due, f.file_id) > (?3, ?4)
            ORDER BY f.due, f.file_id LIMIT ?5)",
                                archive_id, static_cast<int>(lane::later), place.due, place.id,
                                most_woken_at_once);
        for (; q.next(); ++seen) {
            place = {q.real(0), q.integer(1)};
            if (timecode_of(plain_remote_path(q.text(2))) == timecode) ids.push_back(place.id);
        }
    }
    more = seen == most_woken_at_once;
    for (const auto id : ids) {
        auto known = find_attempt_state(connection, id);
        known.not_before.reset();
        known.attempts_then = 0;
        write_attempt_state(connection, id, known);
        index.touch(id);
    }
    return static_cast<std::int64_t>(ids.size());
}

}  // namespace

std::map<int, removed_day> find_removed_days(sqlite_connection& connection, const std::string& archive) {
    std::map<int, removed_day> days;
    auto q = connection.ask(
        "SELECT timecode, noticed_at, choice, chosen_at FROM suprsync_removed_days WHERE archive = ?1",
        archive);
    while (q.next()) {
        const auto timecode = static_cast<int>(q.integer(0));
        days[timecode] = {timecode, q.real(1), static_cast<removal_choice>(q.integer(2)), q.real(3)};
    }
    return days;
}

asio::awaitable<result<std::vector<removed_day>>> sqlite_catalog::removed_days(std::string archive) {
    return read([archive = std::move(archive)](const snapshot& at) {
        return waiting_days(find_removed_days(at.connection, archive));
    });
}

asio::awaitable<result<void>> sqlite_catalog::record_removed_days(std::string archive,
                                                                  std::vector<int> timecodes,
                                                                  epoch_seconds at) {
    return write([archive = std::move(archive), timecodes = std::move(timecodes), at](
                     sqlite_connection& connection, change_index&) -> result<void> {
        for (const auto timecode : timecodes)
            connection.run(
                R"(INSERT INTO suprsync_removed_days (archive, timecode, noticed_at, choice, chosen_at)
                VALUES (?1, ?2, ?3, 0, 0) ON CONFLICT (archive, timecode) DO UPDATE
                SET noticed_at = excluded.noticed_at, choice = 0, chosen_at = 0 WHERE choice <> 0)",
                archive, timecode, at);
        return {};
    });
}

asio::awaitable<result<void>> sqlite_catalog::forget_removed_days(std::string archive,
                                                                  std::vector<int> timecodes) {
    return write([archive = std::move(archive), timecodes = std::move(timecodes)](
                     sqlite_connection& connection, change_index&) -> result<void> {
        for (const auto timecode : timecodes)
            connection.run(
                "DELETE FROM suprsync_removed_days WHERE archive = ?1 AND timecode = ?2 AND choice = 0",
                archive, timecode);
        return {};
    });
}

asio::awaitable<result<std::int64_t>> sqlite_catalog::choose_for_removed_day(std::string archive,
                                                                             int timecode,
                                                                             removal_choice choice,
                                                                             epoch_seconds at) {
    const auto choose = [archive, timecode, choice, at](sqlite_connection& connection,
                                                        change_index&) -> result<void> {
        const auto days = find_removed_days(connection, archive);
        const auto day = days.find(timecode);
        if (day == days.end() || !day->second.waits())
            return does_not_wait(archive, timecode, waiting_days(days));
        connection.run(
            "UPDATE suprsync_removed_days SET choice = ?3, chosen_at = ?4 WHERE archive = ?1 AND timecode = ?2",
            archive, timecode, static_cast<int>(choice), at);
        return {};
    };
    if (auto chosen = co_await write(choose, asker::client); !chosen) co_return chosen.error();
    const auto on_record = co_await read([archive, timecode](const snapshot& at) {
        return lost_copies_of_days(at.connection, at.archives, archive).of(timecode, 0).copies;
    });
    if (!on_record) co_return on_record.error();
    std::int64_t woken = 0;
    const auto place = std::make_shared<place_of_row>();
    const auto more = std::make_shared<bool>(true);
    const auto wake = [archive, timecode, place, more](sqlite_connection& connection,
                                                       change_index& index) -> result<std::int64_t> {
        auto from = *place;
        const auto some = wake_some(connection, index, archive, timecode, from, *more);
        *place = from;
        return some;
    };
    while (*more) {
        auto some = co_await write(wake, asker::client);
        if (!some) co_return some.error();
        woken += *some;
    }
    // What the scrub found may have been due here, too.
    co_return std::max(woken, *on_record);
}

}  // namespace suprsync
