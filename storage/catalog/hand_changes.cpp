// What people change by hand: attempts given back, `ignore` and `deletable` set. Short write transactions on
// up-to-date side tables, so that the daemon's own work does not wait.
#include <fmt/format.h>

#include <algorithm>

#include "engine/rules/removed_days.hpp"
#include "engine/rules/retry.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Most rows that one transaction changes.
constexpr std::size_t most_changed_at_once = 500;

bool retry_one(sqlite_connection& connection, change_index& index, const retry_request& request, file_id id) {
    const auto row = find_row(connection, id);
    if (!row || (request.archive && row->archive_name != *request.archive) ||
        (request.remote_prefix && !row->remote_path.starts_with(*request.remote_prefix)))
        return false;
    // What is gone here cannot be tried again, whatever attempts it has.
    const int max_attempts = index.archives().ensure(row->archive_name).max_attempts;
    auto fresh = *row;
    fresh.failed_copy_attempts = 0;
    if (state_of(fresh, max_attempts) != row_state::pending) return false;
    auto known = find_attempt_state(connection, id);
    if (row->failed_copy_attempts == 0 && !known.not_before_of(*row)) return false;
    known.not_before.reset();
    known.attempts_then = 0;
    connection.run(
        "UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = ?1 AND failed_copy_attempts <> 0", id);
    write_attempt_state(connection, id, known);
    index.touch(id);
    return true;
}

bool means_days(const retry_request& request) {
    return request.archive && !request.state && request.ids.empty();
}

// The states in which files are looked for.
std::vector<std::string> states_of(const retry_request& request) {
    if (request.state) return {*request.state};
    return {states_to_retry.begin(), states_to_retry.end()};
}

// The first page of those in the state.
file_query query_of(const retry_request& request, std::string state) {
    file_query query;
    query.archive = request.archive;
    query.remote_prefix = request.remote_prefix;
    query.state = std::move(state);
    query.limit = most_changed_at_once;
    return query;
}

bool is_as_listed(sqlite_connection& connection, change_index& index, const file_row& row,
                  const file_change& change) {
    return !change.while_state || has_state(view_of(connection, index.archives(), row), *change.while_state);
}

// False where there is no such row, or it is not any more what is to be changed.
bool change_one(sqlite_connection& connection, change_index& index, file_id id, const file_change& change) {
    const auto row = find_row(connection, id);
    if (!row || !is_as_listed(connection, index, *row, change)) return false;
    if (change.ignore) {
        auto known = find_attempt_state(connection, id);
        if (!*change.ignore)
            known.ignore_reason.reset();
        else if (!row->ignore || !change.ignore_reason.empty())
            known.ignore_reason = change.ignore_reason.empty()
                                      ? std::nullopt
                                      : std::optional<std::string>(change.ignore_reason);
        if (row->ignore != *change.ignore)
            connection.run(R"(UPDATE supersync_v0 SET "ignore" = ?2 WHERE id = ?1)", id, *change.ignore);
        write_attempt_state(connection, id, known);
    }
    if (change.deletable && row->deletable != *change.deletable)
        connection.run("UPDATE supersync_v0 SET deletable = ?2 WHERE id = ?1", id, *change.deletable);
    index.touch(id);
    return true;
}

// As many as one transaction changes, from this place on.
std::vector<file_id> some_of(const std::vector<file_id>& ids, std::size_t at) {
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(at);
    return {begin, begin + static_cast<std::ptrdiff_t>(std::min(most_changed_at_once, ids.size() - at))};
}

}  // namespace

asio::awaitable<result<std::int64_t>> sqlite_catalog::retry(retry_request request) {
    std::int64_t retried = 0;
    const auto retry_some = [&](std::vector<file_id> ids) -> asio::awaitable<result<void>> {
        const auto work = [request, ids = std::move(ids)](sqlite_connection& connection,
                                                          change_index& index) -> result<std::int64_t> {
            std::int64_t again = 0;
            for (const auto id : ids) again += retry_one(connection, index, request, id) ? 1 : 0;
            return again;
        };
        auto done = co_await write(work, asker::client);
        if (!done) co_return done.error();
        retried += *done;
        co_return result<void>{};
    };
    for (std::size_t at = 0; at < request.ids.size(); at += most_changed_at_once)
        if (auto done = co_await retry_some(some_of(request.ids, at)); !done) co_return done.error();
    if (!request.ids.empty()) co_return retried;
    if (means_days(request)) {
        const auto days = co_await removed_days(*request.archive);
        if (!days) co_return days.error();
        for (const auto& day : *days) {
            if (!is_all_of_day(day.timecode, request.remote_prefix)) continue;
            const auto again = co_await choose_for_removed_day(*request.archive, day.timecode,
                                                               removal_choice::send_again, request.at);
            if (!again) co_return again.error();
            retried += *again;
        }
    }
    // One that was given back its attempts may have failed again, or wait again, before the other state is
    // listed.
    std::vector<file_id> seen;
    for (auto& state : states_of(request)) {
        const auto before = seen.size();
        auto query = query_of(request, std::move(state));
        for (bool more = true; more;) {
            auto page = co_await list_files(query);
            if (!page) co_return page.error();
            more = page->more;
            if (page->files.empty()) break;
            query.after = page->files.back().row.id;
            std::vector<file_id> ids;
            const auto listed_before = seen.begin() + static_cast<std::ptrdiff_t>(before);
            for (const auto& file : page->files)
                if (!std::binary_search(seen.begin(), listed_before, file.row.id)) ids.push_back(file.row.id);
            seen.insert(seen.end(), ids.begin(), ids.end());
            if (auto done = co_await retry_some(std::move(ids)); !done) co_return done.error();
        }
    }
    co_return retried;
}

asio::awaitable<result<retry_preview>> sqlite_catalog::would_retry(retry_request request) {
    retry_preview would;
    for (const auto id : request.ids) {
        const auto file = co_await find(id);
        if (!file) co_return file.error();
        if (*file && (!request.archive || (*file)->row.archive_name == *request.archive))
            would.files += would_be_retried(**file) ? 1 : 0;
    }
    if (!request.ids.empty()) co_return would;
    if (means_days(request)) {
        const auto days = co_await removed_days(*request.archive);
        if (!days) co_return days.error();
        for (const auto& day : *days)
            would.removed_days += is_all_of_day(day.timecode, request.remote_prefix) ? 1 : 0;
    }
    for (auto& state : states_of(request)) {
        auto query = query_of(request, std::move(state));
        for (bool more = true; more;) {
            const auto page = co_await list_files(query);
            if (!page) co_return page.error();
            for (const auto& file : page->files) would.files += would_be_retried(file) ? 1 : 0;
            more = page->more;
            if (more) query.after = page->files.back().row.id;
        }
    }
    co_return would;
}

asio::awaitable<result<std::optional<file_view>>> sqlite_catalog::change_file(file_id id,
                                                                              file_change change) {
    const auto work = [id, change](sqlite_connection& connection, change_index& index) -> result<bool> {
        if (const auto row = find_row(connection, id); row && !is_as_listed(connection, index, *row, change))
            return failure{failure_code::conflict, "change", fmt::format("file {}", id),
                           fmt::format("its state is not {} any more", *change.while_state)};
        return change_one(connection, index, id, change);
    };
    const auto changed = co_await write(work, asker::client);
    if (!changed) co_return changed.error();
    co_return co_await find(id);
}

asio::awaitable<result<std::int64_t>> sqlite_catalog::change_files(std::vector<file_id> ids,
                                                                   file_change change) {
    std::int64_t changed = 0;
    for (std::size_t at = 0; at < ids.size(); at += most_changed_at_once) {
        const auto work = [some = some_of(ids, at), change](sqlite_connection& connection,
                                                            change_index& index) -> result<std::int64_t> {
            std::int64_t done = 0;
            for (const auto id : some) done += change_one(connection, index, id, change) ? 1 : 0;
            return done;
        };
        const auto done = co_await write(work, asker::client);
        if (!done) co_return done.error();
        changed += *done;
    }
    co_return changed;
}

}  // namespace suprsync
