// Turns what was recorded of a file into the events that are told of it and the figures that are counted. To
// be called after the commit: nothing is told that may not last.
#pragma once

#include "engine/run/archive_context.hpp"

namespace suprsync {

/// An attempt to copy: `transferred` where it was sent in this attempt (and not only found delivered).
void tell_outcome(archive_context& archive, const file_outcome& outcome, bool transferred,
                  std::optional<std::uint64_t> bytes);

void tell_deletion(archive_context& archive, const deletion_record& record);

/// A row that this daemon inserted itself.
void tell_registration(archive_context& archive, const file_row& row);

}  // namespace suprsync
