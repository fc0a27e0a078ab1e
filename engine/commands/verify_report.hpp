// What `suprsync verify` found, for people and for programs, and which files can be sent again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/copy_checker.hpp"

namespace suprsync {

/// Of the copies that are not as they were verified.
struct files_to_send {
    std::vector<deletion_record> here;  ///< their local files are here: what sends them again
    std::uint64_t bytes = 0;            ///< of these, as far as it is known
    std::int64_t gone = 0;              ///< their local files are not
};

/// Looks at the local files.
files_to_send find_files_to_send(const check_report& report, epoch_seconds now);

/// Whether the local file of the row is here to be sent again.
bool is_here(const file_row& row);

struct shown_check {
    std::string archive;
    std::string destination;
    check_depth depth = check_depth::content;
    std::size_t most_files = 0;            ///< that are told one by one
    std::optional<std::int64_t> resent{};  ///< files that are sent again; none: nobody asked for that
    std::int64_t gone = 0;                 ///< of these that cannot be
};

/// One JSON document.
void print_check_as_json(const check_report& report, const shown_check& shown);

/// Figures on standard output where that is a terminal, else on standard error; the files as a table, or as
/// lines of fields between tabs.
void print_check(const check_report& report, const shown_check& shown);

/// What became of the files that were to be sent again: a line.
std::string text_of_sending(const shown_check& shown);

}  // namespace suprsync
