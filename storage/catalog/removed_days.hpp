// What is on record of timecode directories that somebody removed at the destination.
#pragma once

#include <map>
#include <string>

#include "engine/model/removed_day.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// All of the archive, by timecode, those with a choice included.
std::map<int, removed_day> find_removed_days(sqlite_connection& connection, const std::string& archive);

}  // namespace suprsync
