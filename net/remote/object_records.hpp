// What scripts tell of files that stand there, as objects of a file system and as bytes: records of stat, of
// `md5sum -z`, and of where its bytes came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/transport.hpp"

namespace suprsync {

/// Answers of scripts::stat, per path. That no file is there is an answer; another error of stat is none.
/// `boot_id` tells this machine from others; `from_disk`: sums were asked for past the page cache.
std::vector<stat_answer> read_stat(std::string_view output, std::string_view error,
                                   const std::vector<std::string>& paths, std::string_view boot_id = {},
                                   bool from_disk = false);

/// Whether scripts::stat told of more than one file system, the base directory's among them.
bool tells_of_other_file_systems(std::string_view output);

/// Which run of which kernel answered scripts::stat; empty where that is not known.
std::string boot_of(std::string_view output);

/// Which file a detail "boot_id record" of scripts::publish tells of; none where it tells of none.
std::optional<remote_object> read_object(std::string_view detail, std::string_view boot_id);

}  // namespace suprsync
