// Which copies may not be on the disk at the destination (spec, Deleting), since a sync there failed, or its
// machine was started anew before there was one: they are read anew, in the order of their rows, before
// anything rests on them.
#pragma once

#include <optional>
#include <string>

#include "engine/model/file.hpp"

namespace suprsync {

/// The last sync that failed for an archive: of the rows up to `last`, which were registered before it, those
/// up to `proved_to` have been examined. Of these, some are listed by themselves, as are
/// those that a new start of the machine there made doubtful.
struct failed_sync {
    file_id proved_to = 0;
    file_id last = 0;
};

/// Whether the base directories of two archives may be on one file system, whose ids these are: an archive
/// that has recorded none may have its own anywhere.
bool may_share_file_system(const std::optional<std::string>& one, const std::optional<std::string>& other);

/// Whether each row that was there has been examined.
bool is_examined(const failed_sync& failed);

/// Whether any copy of the archive is doubtful, or nobody knows yet. `any_listed`: a row of it is.
bool any_doubtful(const std::optional<failed_sync>& failed, bool any_listed);

/// Whether the copy of a row is doubtful, where it has one. `failed`: of its archive; `listed`: it is.
bool is_doubtful(const std::optional<failed_sync>& failed, file_id id, bool listed);

/// Whether a row is to be listed, whose copy could not be proved, or is verified now: what is not examined
/// yet has its turn. `written_before`: some of the copy was written before the attempt that verified it,
/// which may have been before the sync failed, whenever the row was registered.
bool is_to_be_listed(const std::optional<failed_sync>& failed, file_id id, bool written_before);

/// Whether a row has a copy of its own that can be doubtful: one that another row superseded has none any
/// more, and nothing rests on that of an ignored one.
bool has_copy_of_its_own(const file_row& row, bool superseded);

}  // namespace suprsync
