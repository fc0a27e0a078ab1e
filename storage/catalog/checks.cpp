// Copies that the destination is to have, in the order of their ids, to be asked for again.
#include <algorithm>

#include "engine/rules/claims.hpp"
#include "engine/rules/copy_check.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/checks.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/id_walk.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr int walked_at_once = 5000;

bool is_to_be_there(sqlite_connection& connection, const archive_table& archives, const file_row& row) {
    return is_to_be_there(row, is_superseded(connection, archives, row));
}

std::vector<stored_state> states_with_copies() {
    auto states = stored_states("verified");
    const auto deleted = stored_states("deleted");
    states.insert(states.end(), deleted.begin(), deleted.end());
    return states;
}

class copy_loader {
  public:
    copy_loader(const snapshot& at, const copy_query& query)
        : at_(at), query_(query), days_(find_removed_days(at.connection, query.archive)) {}

    copy_page load() {
        copy_page page;
        page.scanned_to = query_.after;
        id_walk walk(at_.connection, at_.archives, filter_of(query_.remote_prefix, query_.registered_from),
                     query_.archive, states_with_copies(), query_.after);
        std::uint64_t bytes = 0;
        for (int scanned = 0; scanned < walked_at_once; ++scanned) {
            if (page.copies.size() >= query_.limit || (query_.bytes > 0 && bytes >= query_.bytes)) break;
            const auto here = walk.next();
            if (!here || here->id > query_.last) {
                page.over = true;
                break;
            }
            page.scanned_to = here->id;
            if (here->passed) break;
            auto found = copy_of(here->id);
            if (!found) continue;
            bytes += found->file.bytes.value_or(likely_bytes_of_unknown);
            page.copies.push_back(std::move(*found));
        }
        return page;
    }

  private:
    std::optional<kept_copy> copy_of(file_id id) const {
        auto found = find_kept_copy(at_.connection, at_.archives, days_, id);
        if (!found) return std::nullopt;
        const auto& row = found->file.row;
        if (row.archive_name != query_.archive ||
            (query_.remote_prefix && !row.remote_path.starts_with(*query_.remote_prefix)) ||
            (query_.registered_from && row.timestamp < *query_.registered_from))
            return std::nullopt;
        return found;
    }

    const snapshot& at_;
    const copy_query& query_;
    const std::map<int, removed_day> days_;
};

}  // namespace

std::optional<kept_copy> find_kept_copy(sqlite_connection& connection, const archive_table& archives,
                                        const std::map<int, removed_day>& days, file_id id) {
    auto row = find_row(connection, id);
    if (!row || !is_to_be_there(connection, archives, *row)) return std::nullopt;
    kept_copy found;
    if (const auto day = days.find(timecode_of(row->remote_path).value_or(no_timecode)); day != days.end())
        found.day = day->second;
    found.file = view_of(connection, archives, std::move(*row));
    return found;
}

asio::awaitable<result<copy_page>> sqlite_catalog::load_copies(copy_query query) {
    return read([query = std::move(query)](const snapshot& at) { return copy_loader(at, query).load(); });
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::still_to_be_there(std::vector<file_row> rows) {
    return read([rows = std::move(rows)](const snapshot& at) {
        std::vector<bool> still;
        for (const auto& seen : rows) {
            const auto row = find_row(at.connection, seen.id);
            still.push_back(row && is_same_registration(*row, seen) &&
                            row->remote_md5sum == seen.remote_md5sum && row->removed == seen.removed &&
                            is_to_be_there(at.connection, at.archives, *row));
        }
        return still;
    });
}

}  // namespace suprsync
