// Rows of the catalog with what belongs to them, as the engine loads them for one purpose: to copy, to
// delete, to show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/file.hpp"
#include "engine/model/removed_day.hpp"

namespace suprsync {

/// A row as GET /files/{id} shows it.
struct file_view {
    file_row row;
    std::string state;  ///< pending, retrying, failed, ignored, verified, deleted
    std::optional<std::string> last_error;
    std::optional<epoch_seconds> last_error_at;
    std::optional<epoch_seconds> next_attempt_at;
    std::optional<std::string> ignore_reason;
    std::optional<std::uint64_t> bytes;
    int vanished = 0;  ///< times that its verified copy was missing or other at the destination
};

/// Another row for the same file at the destination, for the claim (spec, Copying). Ignored rows are listed,
/// too.
struct claimant {
    file_id id = 0;
    std::string archive_name;
    std::string local_path;
    std::string local_md5sum;
    bool ignore = false;
    bool verified = false;
    std::string remote_md5sum;  ///< '' where NULL
    /// As the row says it: that of another archive is another one where its base directory lies deeper.
    std::string remote_path{};
};

/// A row that may be copied now, with what is known of earlier attempts.
struct work_item {
    file_row row;
    bool finalization = false;  ///< a finalization file
    bool compare = false;       ///< what is staged did not match: stage with stage_mode::compare
    bool sent_before =
        false;         ///< an attempt was made, or this catalog was open before: ask the destination first
    int vanished = 0;  ///< times that a verified copy was missing or other at the destination
    std::vector<claimant> claimants;
};

/// A verified row whose age allows deletion.
struct deletable_item {
    file_row row;
    std::optional<file_identity> identity;  ///< as recorded when verified; none: hash again
    std::optional<std::uint64_t> device;    ///< that the file was on when it was verified
    int vanished = 0;
    bool wanted_elsewhere = false;           ///< another row of any archive waits for the file, or keeps it
    std::vector<file_row> other_versions{};  ///< rows verified with other content of the same local path
    bool superseded = false;  ///< a later row, not ignored, sends the same local path to the same place
    std::optional<removed_day> day{};  ///< what is on record of its day, where that was removed there
};

/// A removal that was begun and not ended: of its row, only id, archive and local path are told.
struct begun_removal {
    file_row row;
    std::optional<std::uint64_t> device;     ///< that the file was on when it was verified
    std::optional<lasting_identity> file{};  ///< what was to go; none where an earlier version noted it
};

/// A file whose removal is decided, to be noted before it begins.
struct decided_removal {
    file_row row;
    file_identity file;
};

/// A row's local file, where its path leads now.
struct placed_file {
    file_row row;
    std::string real_path;  ///< every symbolic link resolved
};

/// A verified row that may be of the same local file as another, which spells it otherwise.
struct other_spelling {
    std::size_t asked = 0;  ///< index of that other one
    file_row row;
    bool waits = false;  ///< its copy is to be read anew, or it keeps the file; else it has other content
};

struct named_file {
    std::size_t name = 0;  ///< index into the names
    file_id id = 0;
    std::string local_path;
};

struct added_file {
    file_view file;
    bool existed = false;  ///< an identical unsettled registration was there already
};

}  // namespace suprsync
