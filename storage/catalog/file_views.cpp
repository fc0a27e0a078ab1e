#include "storage/catalog/file_views.hpp"

#include <algorithm>
#include <limits>

#include "engine/rules/deletability.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

file_view view_of(sqlite_connection& connection, const archive_table& archives, file_row row) {
    const auto* archive = archives.find(row.archive_name);
    const int max_attempts = archive ? archive->max_attempts : default_max_attempts;
    file_view view;
    const auto side = find_side_row(connection, row.id);
    attempt_state known;
    // Ids are used again: what is known may be of an earlier file.
    if (side && side->same_file(derive(row, side->archive, max_attempts, std::nullopt))) {
        known = find_attempt_state(connection, row.id);
        if (side->size) view.bytes = static_cast<std::uint64_t>(*side->size);
    }
    view.vanished = known.vanished;
    view.last_error = known.last_error;
    if (known.last_error) view.last_error_at = known.last_error_at;
    view.ignore_reason = row.ignore ? known.ignore_reason : std::nullopt;
    const auto not_before = known.not_before_of(row);
    switch (state_of(row, max_attempts)) {
        case row_state::pending:
            view.state = row.failed_copy_attempts > 0 || not_before ? "retrying" : "pending";
            view.next_attempt_at = not_before;
            break;
        case row_state::failed:
            view.state = "failed";
            break;
        case row_state::ignored:
            view.state = "ignored";
            break;
        case row_state::verified:
        case row_state::deletable:
            view.state = "verified";
            break;
        case row_state::removed:
            view.state = "deleted";
            break;
    }
    view.row = std::move(row);
    return view;
}

bool has_state(const file_view& view, const std::string& state) {
    if (state == "unsettled") return is_unsettled(view.row);
    if (state == "deletable")
        return judge_deletability(view.row, std::numeric_limits<double>::infinity(), {}) ==
               deletability::deletable;
    return view.state == state;
}

// Also before the first index is done: then the side tables are not up to date.
asio::awaitable<result<std::optional<file_view>>> sqlite_catalog::find(file_id id) {
    return run(
        [id](sqlite_connection& connection, impl&) -> result<std::optional<file_view>> {
            const read_transaction transaction(connection);
            auto row = find_row(connection, id);
            if (!row) return std::optional<file_view>();
            return view_of(connection, archive_table(connection), std::move(*row));
        },
        asker::page);
}

asio::awaitable<result<std::vector<file_view>>> sqlite_catalog::claimants_of(file_row row) {
    return read([row = std::move(row)](const snapshot& at) {
        std::vector<file_view> views;
        for (const auto& claimant : find_claimants(at.connection, at.archives, row))
            views.push_back(view_of(at.connection, at.archives, *find_row(at.connection, claimant.id)));
        std::sort(views.begin(), views.end(),
                  [](const auto& one, const auto& other) { return one.row.id < other.row.id; });
        return views;
    });
}

}  // namespace suprsync
