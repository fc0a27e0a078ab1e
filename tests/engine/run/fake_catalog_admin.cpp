// The part of the fake catalog that people ask: lists, retries, changes by hand.
#include <algorithm>

#include "tests/engine/run/fake_catalog.hpp"

namespace asio = boost::asio;

namespace suprsync::test {

asio::awaitable<result<file_page>> fake_catalog::list_files(file_query q) {
    if (auto f = enter("list_files")) co_return *f;
    const auto has_state = [&](const entry& e, const std::string& state) {
        if (state == "unsettled") return !settled(e);
        if (state == "deletable")
            return verified(e.row.id) && !e.row.ignore && !e.row.removed && e.row.deletable;
        return view_of(e).state == state;
    };
    file_page page;
    for (auto place = rows.upper_bound(q.after); place != rows.end(); ++place) {
        const auto& row = place->second.row;
        if ((q.archive && row.archive_name != *q.archive) ||
            (q.local_path && row.local_path != *q.local_path) ||
            (q.remote_prefix && !row.remote_path.starts_with(*q.remote_prefix)) ||
            (q.registered_from && row.timestamp < *q.registered_from) ||
            (q.state && !has_state(place->second, *q.state)))
            continue;
        page.more = page.files.size() == q.limit;
        if (page.more) break;
        page.files.push_back(view_of(place->second));
    }
    co_return page;
}

asio::awaitable<result<std::int64_t>> fake_catalog::retry(retry_request request) {
    if (auto f = enter("retry")) co_return *f;
    std::int64_t retried = 0;
    for (auto& [id, e] : rows) {
        if ((request.archive && e.row.archive_name != *request.archive) ||
            (request.remote_prefix && !e.row.remote_path.starts_with(*request.remote_prefix)) ||
            (!request.ids.empty() && !std::ranges::count(request.ids, id)) || settled(e) || e.row.removed ||
            (e.row.failed_copy_attempts == 0 && !e.next_attempt))
            continue;
        e.row.failed_copy_attempts = 0;
        e.next_attempt.reset();
        ++retried;
    }
    co_return retried;
}

asio::awaitable<result<std::optional<file_view>>> fake_catalog::change_file(file_id id, file_change change) {
    if (auto f = enter("change_file")) co_return *f;
    const auto place = rows.find(id);
    if (place == rows.end()) co_return std::optional<file_view>();
    auto& e = place->second;
    if (change.ignore) e.row.ignore = *change.ignore, e.ignore_reason = change.ignore_reason;
    if (change.deletable) e.row.deletable = *change.deletable;
    co_return std::optional(view_of(e));
}

asio::awaitable<result<std::vector<timecode_view>>> fake_catalog::timecodes(timecode_query q) {
    if (auto f = enter("timecodes")) co_return *f;
    std::map<int, timecode_view> found;
    const auto view_at = [&](int timecode) -> timecode_view& {
        auto& d = found[timecode];
        d.timecode = timecode;
        d.archive_name = q.archive;
        return d;
    };
    for (const auto& [key, kept] : directories) {
        if (key.first != q.archive) continue;
        auto& d = view_at(key.second);
        d.completed = kept.completed, d.synced = kept.synced, d.finalized = kept.finalized;
        d.revision = kept.revision;
        if (kept.last_finalized_at > 0) d.last_finalized_at = kept.last_finalized_at;
    }
    for (const auto& [id, e] : rows) {
        const auto timecode = timecode_of(e.row.remote_path);
        if (e.row.archive_name != q.archive || !timecode || is_finalization_path(e.row.remote_path) ||
            e.row.ignore)
            continue;
        auto& d = view_at(*timecode);
        ++d.files;
        if (settled(e)) continue;
        ++d.unsettled;
        d.failed += has_failed(e) ? 1 : 0;
        d.blocking.push_back(view_of(e));
    }
    std::vector<timecode_view> views;
    for (auto place = found.upper_bound(q.after); place != found.end() && views.size() < q.limit; ++place) {
        auto& blocking = place->second.blocking;
        std::sort(blocking.begin(), blocking.end(), [](const auto& one, const auto& other) {
            return std::pair(one.state != "failed", one.row.id) <
                   std::pair(other.state != "failed", other.row.id);
        });
        if (blocking.size() > 10) blocking.erase(blocking.begin() + 10, blocking.end());
        views.push_back(std::move(place->second));
    }
    co_return views;
}

asio::awaitable<result<std::vector<file_view>>> fake_catalog::claimants_of(file_row row) {
    if (auto f = enter("rivals_of")) co_return *f;
    std::vector<file_view> found;
    for (const auto& [id, e] : rows)
        if (id != row.id && e.row.remote_path == row.remote_path &&
            same_destination(e.row.archive_name, row.archive_name))
            found.push_back(view_of(e));
    co_return found;
}

asio::awaitable<result<std::vector<bool>>> fake_catalog::registered(std::string archive,
                                                                    std::vector<std::string> local_paths) {
    if (auto f = enter("registered")) co_return *f;
    std::vector<bool> answers;
    for (const auto& path : local_paths)
        answers.push_back(std::any_of(rows.begin(), rows.end(), [&](const auto& r) {
            return r.second.row.archive_name == archive && r.second.row.local_path == path;
        }));
    co_return answers;
}

asio::awaitable<result<std::vector<std::string>>> fake_catalog::archive_names() {
    if (auto f = enter("archive_names")) co_return *f;
    std::set<std::string> names;
    for (const auto& [id, e] : rows) names.insert(e.row.archive_name);
    co_return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace suprsync::test
