// A row as people and HTTP clients see it: with its state in a word, and what is known of its attempts.
#pragma once

#include <string>

#include "engine/model/rows.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// The row with what is known of it beside the shared table, judged by the limits of its archive.
file_view view_of(sqlite_connection& connection, const archive_table& archives, file_row row);

/// Whether it is listed by this word: its state, or `unsettled` or `deletable`.
bool has_state(const file_view& view, const std::string& state);

}  // namespace suprsync
