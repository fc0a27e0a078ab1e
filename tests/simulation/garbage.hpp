// Rows of the shared tables in which anything stands, as a script with a mistake writes them: SQLite takes
// any type in any column. What chance has to do with it is asked for, so that a seed or a fuzzer decides it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "tests/support/foreign_writer.hpp"

namespace suprsync::simulation {

/// One of so many (at least one), counted from 0.
using choice = std::function<std::size_t(std::size_t)>;

/// For supersync_v0. In every column, in all but one, in one, or in some, there is something else than in
/// `valid`: NULL where it may be, numbers without a meaning, texts and bytes of any kind, what belongs to
/// another column.
test::sql_row garbage_file_row(const test::catalog_row& valid, const choice& one_of);

/// The same for timecode_dirs_v0.
test::sql_row garbage_timecode_row(std::int64_t timecode, const std::string& archive, const choice& one_of);

}  // namespace suprsync::simulation
