// Removes a local file so that nothing else can go in its place: in the descriptor of its judged directory,
// and under a name of its own from the moment that it is looked at for the last time (spec, Deleting).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/local_disk.hpp"
#include "storage/disk/beneath.hpp"

namespace suprsync {

/// As local_disk::remove, of one file, and local_disk::undo_removal. Nothing goes after `until`: by then
/// nobody stands by the decision any more.
result<void> remove_file(const removal& file, const root_directories& roots,
                         std::chrono::steady_clock::time_point until);
result<bool> undo_removal(const std::string& path, file_id id, const std::optional<lasting_identity>& file);

/// The second half of a removal, where the file already has its removal name: unlinks it if it is the
/// expected one, else gives it its name back, never over another file. `directory` is a descriptor.
result<void> finish_removal(int directory, const removal& file, std::chrono::steady_clock::time_point until);

}  // namespace suprsync
