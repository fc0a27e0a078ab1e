// Writes what became of files, each only while its row is still the one that was looked at.
#pragma once

#include <span>

#include "engine/ports/catalog.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Most rows that one transaction records (spec 4).
inline constexpr std::size_t most_recorded_at_once = 500;

/// One transaction.
result<void> record_outcomes(sqlite_connection& connection, std::span<const file_outcome> outcomes);
/// One transaction.
result<void> record_deletions(sqlite_connection& connection, std::span<const deletion_record> records);

}  // namespace suprsync
