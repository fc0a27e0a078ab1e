// The history of an archive, drawn with the blocks of Unicode: a line a figure, a column a step.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/history.hpp"

namespace suprsync {

/// "▁▃█": heights from 0 to the largest value; a space where a value is not known.
std::string sparkline(const std::vector<std::optional<double>>& values);

/// Columns that a terminal of this width has for the steps, beside what is said of them.
std::size_t history_columns(std::size_t width);

/// `deletable`: bytes of verified files that may be deleted, where that is known.
std::string history_text(const archive_history& history, const std::optional<std::int64_t>& deletable);

}  // namespace suprsync
