// What the catalog says of archives, held against a recount of the shared tables by plain SQL.
#pragma once

#include <map>
#include <string>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

/// Counters, work lists, directories and the deletable rows of `archive`; `limits` are the archives that are
/// served, with their most attempts.
void check_against_recount(open_database& d, const std::map<std::string, int>& limits);

}  // namespace suprsync::test
