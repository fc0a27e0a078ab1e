#include "storage/catalog/listing.hpp"

#include <algorithm>

#include "storage/catalog/file_views.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/id_walk.hpp"
#include "storage/index/side_rows.hpp"

namespace suprsync {

namespace {

// Rows looked at in one turn on the thread, so that the daemon's own work gets its turn.
constexpr int looked_at_once = 5000;

// The timecodes of paths that begin so.
std::vector<timecode_range> timecodes_with(const std::string& prefix) {
    const timecode_range none{timecode_of_none, timecode_of_none + 1};
    const auto first = prefix.substr(0, prefix.find('/'));
    if (first.size() != prefix.size()) {
        const auto timecode = timecode_of(prefix);
        return {timecode ? timecode_range{*timecode, *timecode + 1} : none};
    }
    const bool digits = std::all_of(first.begin(), first.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || first.size() > 5) return {none};
    std::int64_t from = first.empty() ? 0 : std::stol(first);
    std::int64_t width = 1;
    for (auto n = first.size(); n < 5; ++n) from *= 10, width *= 10;
    return {{from, from + width}, none};
}

block_filter filter_of(const file_query& query) {
    block_filter filter;
    filter.since = query.registered_from;
    if (query.remote_prefix && !query.remote_prefix->empty())
        filter.timecodes = timecodes_with(*query.remote_prefix);
    return filter;
}

class judge {
  public:
    judge(sqlite_connection& connection, const archive_table& archives, const file_query& query)
        : connection_(connection), archives_(archives), query_(query) {}

    std::optional<file_view> look_at(file_id id) const {
        auto row = find_row(connection_, id);
        if (!row || (query_.archive && row->archive_name != *query_.archive) ||
            (query_.local_path && row->local_path != *query_.local_path) ||
            (query_.remote_prefix && !row->remote_path.starts_with(*query_.remote_prefix)) ||
            (query_.registered_from && row->timestamp < *query_.registered_from))
            return std::nullopt;
        const auto* archive = archives_.find(row->archive_name);
        const int max_attempts = archive ? archive->max_attempts : default_max_attempts;
        const auto state = state_of(*row, max_attempts);
        auto view = view_of(connection_, std::move(*row), max_attempts);
        if (query_.state && !has_state(view, state)) return std::nullopt;
        return view;
    }

  private:
    bool has_state(const file_view& view, row_state state) const {
        if (*query_.state == "unsettled") return is_unsettled(state);
        if (*query_.state == "deletable") return state == row_state::deletable;
        return view.state == *query_.state;
    }

    sqlite_connection& connection_;
    const archive_table& archives_;
    const file_query& query_;
};

}  // namespace

bool is_listed_state(const std::string& word) { return !stored_states(word).empty(); }

std::optional<std::vector<file_id>> find_candidates(sqlite_connection& connection, const file_query& query) {
    if (!query.local_path) return std::nullopt;
    std::vector<file_id> ids;
    auto q = connection.ask(
        "SELECT file_id FROM suprsync_files INDEXED BY suprsync_files_local WHERE local_key = ?1 AND file_id > ?2 ORDER BY file_id",
        local_key(*query.local_path), query.after);
    while (q.next()) ids.push_back(q.integer(0));
    return ids;
}

listing_step list_some(sqlite_connection& connection, const file_query& query,
                       const std::vector<file_id>* candidates) {
    const archive_table archives(connection);
    const judge judge(connection, archives, query);
    listing_step step;
    step.examined_to = query.after;
    int looked_at = 0;
    const auto full = [&] { return ++looked_at > looked_at_once || step.files.size() >= query.limit; };
    const auto look = [&](file_id id) {
        step.examined_to = id;
        if (auto view = judge.look_at(id)) step.files.push_back(std::move(*view));
    };
    if (candidates) {
        auto next = std::upper_bound(candidates->begin(), candidates->end(), query.after);
        for (; next != candidates->end() && !full(); ++next) look(*next);
        step.end = next == candidates->end();
        return step;
    }
    id_walk walk(connection, archives, filter_of(query), query.archive, query.state, query.after);
    while (!full()) {
        const auto here = walk.next();
        if (!here) {
            step.end = true;
            break;
        }
        if (here->passed) {
            step.examined_to = here->id;
            break;
        }
        look(here->id);
    }
    return step;
}

std::vector<std::string> list_archives(sqlite_connection& connection) {
    std::vector<std::string> names;
    auto q = connection.ask("SELECT name FROM suprsync_archives WHERE files > 0 ORDER BY name");
    while (q.next()) names.push_back(q.text(0));
    return names;
}

}  // namespace suprsync
