// What goes to the scripts and comes back from them, as bytes: lists of paths, sums, sizes, outcomes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/transport.hpp"

namespace suprsync {

using optional_strings = std::vector<std::optional<std::string>>;

/// "./path" NUL for each: the prefix keeps "-" and "-x" from being options.
std::string dotted_list(const std::vector<std::string>& paths);

/// "path//" NUL for each (net/remote/scripts.hpp).
std::string sealed_list(const std::vector<std::string>& paths);

/// All directories that lead to the paths, each once, parents first.
std::vector<std::string> directories_of(const std::vector<std::string>& paths);

/// "d directory//" NUL for each directory that leads to them, then "id md5 old-md5-or-dash path//" NUL for
/// each, those of a directory in a row.
std::string publish_list(const std::vector<publish_item>& items);

/// The sums that the items should have, as `md5sum -c` reads them; none where it would take one of them for
/// something else: what is no MD5, a name with a carriage return.
std::optional<std::string> sum_list(const std::vector<publish_item>& items);

/// What scripts::deliver reads behind the sums: "directory//" for each directory that leads to them, and ".",
/// a line each, with an "f" behind those that files go into; none where a line would not hold a name.
std::optional<std::string> delivery_list(const std::vector<publish_item>& items);

/// Answers of `md5sum -z` for "./path", per path; a record that was cut short is no answer.
optional_strings read_sums(std::string_view output, const std::vector<std::string>& paths);

/// What `program` (md5sum, stat) said on standard error about each path: the reason alone ("Permission
/// denied").
optional_strings read_reasons(std::string_view error, std::string_view program,
                              const std::vector<std::string>& paths);

/// Answers of scripts::make_directories, per path: "directory//reason" where nothing may be made in its own.
optional_strings read_unusable(std::string_view output, const std::vector<std::string>& paths);

/// What scripts::deliver compares the staged files with: "inode change_time" of the local file of each item,
/// once, a line each.
std::string object_list(const std::vector<publish_item>& items);

/// Answers of scripts::publish into outcomes and details, which have one element per item already. `boot_id`
/// tells this machine from others.
void read_publish(std::string_view output, const std::vector<publish_item>& items, publish_report& report,
                  std::string_view boot_id = {});

}  // namespace suprsync
