// Timecode directories as people look at them, with the files that block each.
#include <iterator>

#include "storage/catalog/bad_copies.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t most_blocking = 10;

void add_blocking(const snapshot& at, std::int64_t archive, row_state state, timecode_view& directory) {
    std::vector<file_id> ids;
    {
        const auto room = static_cast<std::int64_t>(most_blocking - directory.blocking.size());
        auto q = state == row_state::failed
                     ? at.connection.ask(
                           R"(SELECT file_id FROM suprsync_files INDEXED BY suprsync_files_failed
                           WHERE state = 1 AND archive_id = ?1 AND timecode = ?2
                           ORDER BY file_id LIMIT ?3)",
                           archive, directory.timecode, room)
                     : at.connection.ask(
                           R"(SELECT file_id FROM suprsync_files INDEXED BY suprsync_files_awaited
                           WHERE state = 0 AND archive_id = ?1 AND timecode = ?2
                           ORDER BY file_id LIMIT ?3)",
                           archive, directory.timecode, room);
        while (q.next()) ids.push_back(q.integer(0));
    }
    for (const auto id : ids)
        if (auto row = find_row(at.connection, id))
            directory.blocking.push_back(view_of(at.connection, at.archives, std::move(*row)));
}

// Of what is announced, other places tell.
void add_lost(const lost_copies_of_days& lost, timecode_view& directory) {
    if (directory.finalized) return;
    auto found = lost.of(directory.timecode, most_blocking - directory.blocking.size());
    directory.lost = found.copies;
    directory.removed_there = found.removed;
    std::move(found.first.begin(), found.first.end(), std::back_inserter(directory.blocking));
}

// A part of a page, at least one directory: each is read as it is at one moment.
struct timecodes_step {
    std::vector<timecode_view> directories;
    bool end = false;  // nothing lies behind
};

timecodes_step list_some(const snapshot& at, const timecode_query& query, const sqlite_thread& thread) {
    timecodes_step step;
    const auto* archive = at.archives.find(query.archive);
    step.end = true;
    if (!archive) return step;
    const lost_copies_of_days lost(at.connection, at.archives, query.archive);
    auto q = at.connection.ask(
        R"(SELECT timecode, files, unsettled, failed, finalized, revision, last_finalized_at
        FROM suprsync_timecodes WHERE archive_id = ?1 AND timecode > ?2
        ORDER BY timecode)",
        archive->id, query.after);
    while (step.directories.size() < query.limit && q.next()) {
        timecode_view d;
        d.archive_name = query.archive;
        d.timecode = static_cast<int>(q.integer(0));
        d.files = q.integer(1);
        d.unsettled = q.integer(2);
        d.failed = q.integer(3);
        d.finalized = q.integer(4) != 0;
        d.revision = static_cast<int>(q.integer(5));
        if (const auto last = q.real(6); last > 0) d.last_finalized_at = last;
        const auto flags = read_timecode_flags(at.connection, d.archive_name, d.timecode);
        // Of a directory whose rows are all gone again only our counters are left.
        if (!flags && d.files == 0 && d.revision == 0) continue;
        d.completed = flags && flags->completed;
        d.synced = flags && flags->synced;
        if (d.failed > 0) add_blocking(at, archive->id, row_state::failed, d);
        if (d.unsettled > d.failed && d.blocking.size() < most_blocking)
            add_blocking(at, archive->id, row_state::pending, d);
        add_lost(lost, d);
        step.directories.push_back(std::move(d));
        if (thread.engine_waits()) {
            step.end = false;
            break;
        }
    }
    return step;
}

}  // namespace

asio::awaitable<result<std::vector<timecode_view>>> sqlite_catalog::timecodes(timecode_query query) {
    std::vector<timecode_view> directories;
    while (true) {
        const auto list = [query, &thread = *impl_->thread](const snapshot& at) {
            return list_some(at, query, thread);
        };
        auto step = co_await read(list, asker::page);
        if (!step) co_return step.error();
        std::move(step->directories.begin(), step->directories.end(), std::back_inserter(directories));
        query.limit -= step->directories.size();
        if (step->end || query.limit == 0) co_return directories;
        query.after = directories.back().timecode;
    }
}

}  // namespace suprsync
