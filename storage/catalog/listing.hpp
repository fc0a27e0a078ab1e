// Rows as people list them, a page at a time by id: candidates from whichever index answers the question,
// each judged by its row as it is now. A page costs as much as it holds, whatever the catalog holds; a remote
// prefix that goes on behind the timecode, as much as there are rows of that timecode.
#pragma once

#include <optional>
#include <vector>

#include "engine/ports/catalog_admin.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Whether file_query::state may be this word.
bool is_listed_state(const std::string& word);

/// Ids after `after`, ascending, among which lie all rows that the query is about: where it names a local
/// path. None: to be walked by id.
std::optional<std::vector<file_id>> find_candidates(sqlite_connection& connection, const file_query& query);

/// A part of a page: at most `query.limit` rows, from some thousand ids.
struct listing_step {
    std::vector<file_view> files;
    file_id examined_to = 0;  ///< where to go on, as the query's `after`
    bool end = false;         ///< nothing lies behind
};

/// Goes on after `query.after`, through the candidates where there are any. Side tables must be up to date.
listing_step list_some(sqlite_connection& connection, const file_query& query,
                       const std::vector<file_id>* candidates);

/// Names of all archives with rows, ascending.
std::vector<std::string> list_archives(sqlite_connection& connection);

}  // namespace suprsync
