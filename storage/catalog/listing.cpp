// Rows as people list them, a page at a time by id: candidates from whichever index answers the question,
// each judged by its row as it is now. A page costs as much as it holds, whatever the catalog holds; a remote
// prefix that goes on behind the timecode, as much as there are rows of that timecode.
#include <algorithm>
#include <iterator>
#include <memory>

#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/id_walk.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Rows scanned in one turn on the thread: at most, and at least where the daemon's own work waits meanwhile.
constexpr int scanned_at_once = 5000;
constexpr int scanned_at_least = 10;

std::optional<file_view> view_if_asked_for(const snapshot& at, const file_query& query, file_id id) {
    auto row = find_row(at.connection, id);
    if (!row || (query.archive && row->archive_name != *query.archive) ||
        (query.local_path && row->local_path != *query.local_path) ||
        (query.remote_prefix && !row->remote_path.starts_with(*query.remote_prefix)) ||
        (query.registered_from && row->timestamp < *query.registered_from))
        return std::nullopt;
    auto view = view_of(at.connection, at.archives, std::move(*row));
    if (query.state && !has_state(view, *query.state)) return std::nullopt;
    return view;
}

// Ids after `after`, ascending, among which lie all rows that the query is about: where it names a local
// path. None: to be walked by id. Shared by the turns of one listing, and not changed by any.
using candidates = std::shared_ptr<const std::vector<file_id>>;

candidates find_candidates(sqlite_connection& connection, const file_query& query) {
    if (!query.local_path) return nullptr;
    auto ids = std::make_shared<std::vector<file_id>>();
    auto q = connection.ask(
        R"(SELECT file_id FROM suprsync_files INDEXED BY suprsync_files_local
        WHERE local_key = ?1 AND file_id > ?2
        ORDER BY file_id)",
        local_key(*query.local_path), query.after);
    while (q.next()) ids->push_back(q.integer(0));
    return ids;
}

// A part of a page: at most `query.limit` rows, from some thousand ids.
struct listing_step {
    std::vector<file_view> files;
    file_id scanned_to = 0;  // where to go on, as the query's `after`
    bool end = false;        // nothing lies behind
};

// Goes on after `query.after`, through the candidates where there are any.
listing_step list_some(const snapshot& at, const file_query& query, const std::vector<file_id>* ids,
                       const sqlite_thread& thread) {
    listing_step step;
    step.scanned_to = query.after;
    int scanned = 0;
    const auto full = [&] {
        ++scanned;
        return scanned > scanned_at_once || step.files.size() >= query.limit ||
               (scanned > scanned_at_least && thread.engine_waits());
    };
    const auto scan = [&](file_id id) {
        step.scanned_to = id;
        if (auto view = view_if_asked_for(at, query, id)) step.files.push_back(std::move(*view));
    };
    if (ids) {
        auto next = std::upper_bound(ids->begin(), ids->end(), query.after);
        for (; next != ids->end() && !full(); ++next) scan(*next);
        step.end = next == ids->end();
        return step;
    }
    id_walk walk(at.connection, at.archives, filter_of(query.remote_prefix, query.registered_from),
                 query.archive, query.state, query.after);
    while (!full()) {
        const auto here = walk.next();
        if (!here) {
            step.end = true;
            break;
        }
        if (here->passed) {
            step.scanned_to = here->id;
            break;
        }
        scan(here->id);
    }
    return step;
}

}  // namespace

asio::awaitable<result<file_page>> sqlite_catalog::list_files(file_query query) {
    if (query.state && stored_states(*query.state).empty())
        co_return failure{
            failure_code::invalid, "list files of state", "'" + *query.state + "'",
            "expected pending, retrying, failed, ignored, verified, deleted, unsettled or deletable"};
    const auto find = [query](const snapshot& at) { return find_candidates(at.connection, query); };
    const auto found = co_await read(find, asker::page);
    if (!found) co_return found.error();
    file_page page;
    auto rest = query;
    while (true) {
        rest.limit = query.limit + 1 - page.files.size();
        const auto list = [rest, ids = *found, &thread = *impl_->thread](const snapshot& at) {
            return list_some(at, rest, ids.get(), thread);
        };
        auto step = co_await read(list, asker::page);
        if (!step) co_return step.error();
        std::move(step->files.begin(), step->files.end(), std::back_inserter(page.files));
        page.more = page.files.size() > query.limit;
        if (page.more) page.files.pop_back();
        if (page.more || step->end) co_return page;
        rest.after = step->scanned_to;
    }
}

}  // namespace suprsync
