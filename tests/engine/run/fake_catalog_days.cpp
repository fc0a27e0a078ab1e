// The half of the fake catalog that deals with deleting, finalizing and what archives remember.
#include <algorithm>

#include "tests/engine/run/fake_catalog.hpp"

namespace asio = boost::asio;

namespace suprsync::test {

asio::awaitable<result<std::vector<deletable_item>>> fake_catalog::load_deletable(
    std::string archive, epoch_seconds registered_before, epoch_seconds now, std::size_t limit) {
    if (auto f = enter("load_deletable")) co_return *f;
    std::vector<deletable_item> due;
    for (const auto& [id, e] : rows) {
        const auto& row = e.row;
        if (row.archive_name == archive && verified(id) && row.deletable && !row.ignore && !row.removed &&
            row.timestamp < registered_before && e.delete_again_at <= now)
            due.push_back({row, e.identity, e.vanished, needed_elsewhere(row), superseded(row)});
    }
    std::sort(due.begin(), due.end(), [](auto& a, auto& b) {
        return std::pair(a.row.timestamp, a.row.id) < std::pair(b.row.timestamp, b.row.id);
    });
    if (due.size() > limit) due.erase(due.begin() + static_cast<std::ptrdiff_t>(limit), due.end());
    co_return due;
}

asio::awaitable<result<void>> fake_catalog::record_deletions(std::vector<deletion_record> records) {
    if (auto f = enter("record_deletions")) co_return *f;
    for (const auto& r : records) {
        deletions.push_back(r);
        auto* e = find_same(r.seen);
        if (!e) continue;
        switch (r.outcome) {
            case deletion_outcome::deleted:
                e->row.removed = r.at;
                break;
            case deletion_outcome::gone:
                e->row.removed = 0;
                break;
            case deletion_outcome::vanished:
                ++e->vanished;
                e->row.remote_md5sum.reset();
                e->row.copied.reset();
                break;
            case deletion_outcome::lost_again:
                e->row.remote_md5sum.reset();
                e->row.failed_copy_attempts = archives[e->row.archive_name].max_copy_attempts;
                e->error = r.error, e->error_at = r.at;
                break;
            case deletion_outcome::new_version:
                e->row.local_md5sum.clear();
                e->identity.reset();
                break;
            case deletion_outcome::postponed:
                e->delete_again_at = r.again_at;
                break;
        }
    }
    co_return result<void>();
}

asio::awaitable<result<std::vector<bool>>> fake_catalog::may_delete(std::vector<file_row> seen,
                                                                    epoch_seconds registered_before) {
    if (auto f = enter("may_delete")) co_return *f;
    std::vector<bool> answers;
    for (const auto& row : seen) {
        const auto* e = find_same(row);
        answers.push_back(e && verified(row.id) && e->row.deletable && !e->row.ignore && !e->row.removed &&
                          e->row.timestamp < registered_before && !needed_elsewhere(e->row));
    }
    co_return answers;
}

asio::awaitable<result<std::vector<named_file>>> fake_catalog::unsettled_named(name_query query) {
    if (auto f = enter("unsettled_named")) co_return *f;
    std::vector<named_file> found;
    for (auto name = query.first; name < query.names.size(); ++name, query.after = 0)
        for (const auto& [id, e] : rows) {
            const auto& path = e.row.local_path;
            if (settled(e) || id <= query.after || found.size() == query.limit) continue;
            if (path.substr(path.rfind('/') + 1) == query.names[name]) found.push_back({name, id, path});
        }
    co_return found;
}

asio::awaitable<result<archive_counts>> fake_catalog::counts(std::string archive) {
    if (auto f = enter("counts")) co_return *f;
    archive_counts c;
    epoch_seconds last_copied = 0;
    for (const auto& [id, e] : rows) {
        if (e.row.archive_name != archive) continue;
        ++c.files;
        c.last_file_added = e.row.local_path;
        c.ignored += e.row.ignore ? 1 : 0;
        c.failed += has_failed(e) ? 1 : 0;
        c.removed += e.row.removed ? 1 : 0;
        if (verified(id)) {
            ++c.verified;
            if (e.row.copied.value_or(0) >= last_copied) {
                last_copied = e.row.copied.value_or(0);
                c.last_file_copied = e.row.local_path;
            }
        }
        if (settled(e)) continue;
        ++c.unsettled;
        c.known_bytes_unsettled += static_cast<std::int64_t>(e.bytes.value_or(0));
        c.oldest_unsettled = std::min(c.oldest_unsettled.value_or(e.row.timestamp), e.row.timestamp);
    }
    co_return c;
}

asio::awaitable<result<open_timecodes>> fake_catalog::timecodes_to_finalize(std::string archive) {
    if (auto f = enter("timecodes_to_finalize")) co_return *f;
    std::map<int, open_timecode> found;
    for (const auto& [id, e] : rows) {
        const auto timecode = timecode_of(e.row.remote_path);
        if (e.row.archive_name != archive || !timecode || is_finalization_path(e.row.remote_path)) continue;
        auto& d = found[*timecode];
        d.timecode = *timecode;
        if (e.row.ignore) continue;
        ++d.files;
        d.unsettled += settled(e) ? 0 : 1;
        d.failed += has_failed(e) ? 1 : 0;
        if (has_failed(e) && d.failed_examples.size() < 3) d.failed_examples.push_back(e.row.local_path);
    }
    open_timecodes open;
    for (auto place = found.rbegin(); place != found.rend() && open.with_data_newest.size() < 3; ++place)
        open.with_data_newest.push_back(place->first);
    for (auto& [timecode, d] : found) {
        const auto& kept = directories[{archive, timecode}];
        if (kept.finalized) continue;
        d.revision = kept.revision;
        d.last_finalized_at = kept.last_finalized_at;
        d.completed = kept.completed;
        d.synced = kept.synced;
        open.directories.push_back(std::move(d));
    }
    co_return open;
}

asio::awaitable<result<void>> fake_catalog::mark_timecode(std::string archive, int timecode, bool completed,
                                                          bool synced) {
    if (auto f = enter("mark_timecode")) co_return *f;
    auto& kept = directories[{archive, timecode}];
    kept.completed = completed;
    kept.synced = synced;
    co_return result<void>();
}

timecode_summary fake_catalog::summary_of(const std::string& archive, int timecode) const {
    timecode_summary s;
    s.timecode = timecode;
    s.synced = true;
    const auto kept = directories.find({archive, timecode});
    s.revision = (kept == directories.end() ? 0 : kept->second.revision) + 1;
    std::set<std::string> paths, subdirs;
    for (const auto& [id, e] : rows) {
        if (e.row.archive_name != archive || e.row.ignore) continue;
        if (!settled(e))
            s.oldest_unsettled = std::min(s.oldest_unsettled.value_or(e.row.timestamp), e.row.timestamp);
        if (timecode_of(e.row.remote_path) != timecode || is_finalization_path(e.row.remote_path)) continue;
        if (!settled(e)) s.synced = false;
        paths.insert(e.row.remote_path);
        if (auto subdir = subdir_of(e.row.remote_path)) subdirs.insert(*subdir);
    }
    s.num_files = static_cast<std::int64_t>(paths.size());
    s.subdirs.assign(subdirs.begin(), subdirs.end());
    return s;
}

asio::awaitable<result<timecode_summary>> fake_catalog::summarize(std::string archive, int timecode) {
    if (auto f = enter("summarize")) co_return *f;
    co_return summary_of(archive, timecode);
}

asio::awaitable<result<file_row>> fake_catalog::register_finalization(std::string archive, timecode_summary s,
                                                                      registration r, epoch_seconds until) {
    if (auto f = enter("register_finalization")) co_return *f;
    if (!(s == summary_of(archive, s.timecode)) || !s.synced)
        co_return failure{failure_code::changed, "finalize", archive, "files came in between"};
    const auto id = insert(r);
    directories[{archive, s.timecode}] = {s.revision, r.timestamp, true, true, true, id};
    archives[archive].memory.last_finalized_until = until;
    announced_[id] = s;
    co_return rows.at(id).row;
}

asio::awaitable<result<file_row>> fake_catalog::reissue_finalization(file_row old_row, registration r,
                                                                     epoch_seconds until,
                                                                     std::string reason) {
    if (auto f = enter("reissue_finalization")) co_return *f;
    auto* e = find_same(old_row);
    if (!e || settled(*e))
        co_return failure{failure_code::changed, "reissue", old_row.remote_path, "it changed"};
    e->row.ignore = true;
    e->ignore_reason = reason;
    const auto id = insert(r);
    announced_[id] = announced_[old_row.id];
    for (auto& [key, kept] : directories)
        if (kept.finalize_file == old_row.id) kept.finalize_file = id;
    archives[r.archive_name].memory.last_finalized_until = until;
    co_return rows.at(id).row;
}

asio::awaitable<result<std::optional<timecode_summary>>> fake_catalog::summary_of_finalization(file_row row) {
    if (auto f = enter("summary_of_finalization")) co_return *f;
    const auto place = announced_.find(row.id);
    if (place == announced_.end()) co_return std::optional<timecode_summary>();
    co_return std::optional(place->second);
}

asio::awaitable<result<archive_memory>> fake_catalog::memory(std::string archive) {
    if (auto f = enter("memory")) co_return *f;
    co_return archives[archive].memory;
}

asio::awaitable<result<void>> fake_catalog::remember_base(std::string archive, base_identity base) {
    if (auto f = enter("remember_base")) co_return *f;
    archives[archive].memory.base = std::move(base);
    co_return result<void>();
}

asio::awaitable<result<void>> fake_catalog::set_paused(std::string archive, bool paused, std::string reason) {
    if (auto f = enter("set_paused")) co_return *f;
    archives[archive].memory.paused = paused;
    archives[archive].memory.pause_reason = std::move(reason);
    co_return result<void>();
}

}  // namespace suprsync::test
