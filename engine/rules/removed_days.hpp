// A whole day that is gone at the destination was removed there by somebody, such as a clean-up after it was
// archived further on; no file of it is sent again, or deleted here, for that alone. A person says which
// (spec, Days that are removed there).
#pragma once

#include <optional>
#include <string>

#include "engine/model/removed_day.hpp"

namespace suprsync {

/// What is done with a verified file whose copy went with the directory of its day, by what is on record of
/// that day. A choice is about what was there when it was made: a copy that came later waits for another one.
removal_choice judge_removed_copy(const file_row& row, const std::optional<removed_day>& day);

/// Whether the copy is taken for gone with its day: what becomes of it, people say.
bool went_with_day(const file_row& row, const std::optional<removed_day>& day);

/// Whether files are given back their attempts for the whole day where that is done for remote paths with
/// this prefix (none: all).
bool is_all_of_day(int timecode, const std::optional<std::string>& remote_prefix);

}  // namespace suprsync
