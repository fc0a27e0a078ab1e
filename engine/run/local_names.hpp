// One local file may be registered under several names: spelled otherwise ("//", "/./", ".."), or by way of a
// symbolic link. It is one file all the same where it is a question of deleting it (spec, Deleting, 4).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/catalog.hpp"
#include "engine/ports/local_disk.hpp"

namespace suprsync {

/// For each local path an unsettled row of any archive whose local path ends with the same name and leads to
/// the same file, links resolved; none where there is no such row, or no such file. What is asked grows with
/// the unsettled rows of these names. The failure is the catalog's.
boost::asio::awaitable<result<std::vector<std::optional<named_file>>>> find_wanted_by_any_name(
    catalog& rows, local_disk& disk, std::vector<std::string> local_paths);

/// What verified rows, which spell a row's local path otherwise, have to do with its deletion.
struct other_names {
    std::vector<file_row> versions;     ///< of the same file with other content: these are copied anew first
    std::optional<file_row> waits_for;  ///< in doubt, keeping the file, or leading nobody knows where now
};

/// For each row. The failure is the catalog's.
boost::asio::awaitable<result<std::vector<other_names>>> find_verified_by_any_name(
    catalog& rows, local_disk& disk, std::vector<file_row> which);

}  // namespace suprsync
