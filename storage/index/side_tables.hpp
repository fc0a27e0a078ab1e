// The catalog's tables as SQL: the two shared ones, exactly as other programs create them, ours beside them,
// and the triggers that record which shared rows changed (spec, Shared tables).
#pragma once

#include <set>
#include <string>

#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Our tables have a version of two numbers. A newer minor only adds tables, and columns with a default, and
/// leaves the triggers and what they write to as they are: programs of the same major work on it. Another
/// major is not understood; only the way from version 4, which had no minor, is known.
struct side_version {
    int major_number = 0, minor_number = 0;
    auto operator<=>(const side_version&) const = default;
    std::string text() const { return std::to_string(major_number) + "." + std::to_string(minor_number); }
};
inline constexpr side_version our_side_version{5, 11};
inline constexpr side_version version_4{4, 0};

/// "5.3", or "4"; 0.0 where it is neither.
side_version parse_side_version(const std::string& text);

/// Make what is missing; no triggers.
void make_shared_tables(sqlite_connection& connection);
void make_side_tables(sqlite_connection& connection);
/// Columns that a later minor version than 5.0 brought to tables of ours that are there.
void add_later_columns(sqlite_connection& connection);
/// The table suprsync_meta alone.
void make_meta(sqlite_connection& connection);

/// Makes all triggers anew, and the tables that they write to where these are missing.
void make_triggers(sqlite_connection& connection);
/// Whether all of them are there, word for word.
bool triggers_stand(sqlite_connection& connection);

bool has_table(sqlite_connection& connection, const std::string& name);
/// None where there is no such table.
std::set<std::string> column_names(sqlite_connection& connection, const std::string& table);

/// A value of suprsync_meta, which must be there; '' where the key is not.
std::string meta(sqlite_connection& connection, const std::string& key);
void set_meta(sqlite_connection& connection, const std::string& key, const std::string& value);

/// Key of suprsync_meta that stands while the side tables are being made anew (storage/index/rebuild.hpp).
inline constexpr const char* rebuild_key = "rebuild";
/// Its values: a person asked for it, who finishes it; somebody broke them, and any start mends them.
inline constexpr const char* rebuilt_by_hand = "1";
inline constexpr const char* being_mended = "mend";

}  // namespace suprsync
