// May a row's local file be deleted, as far as the catalog tells? Asked where candidates are gathered, by the
// delete guard, and once more right before the file is removed.
#pragma once

#include "engine/model/file.hpp"

namespace suprsync {

enum class deletability {
    deletable,
    removed,           ///< it is deleted already
    ignored,           ///< nobody looks after this row
    kept,              ///< `deletable` is false
    not_verified,      ///< there is no proof of a copy
    superseded,        ///< a later registration sends the same local file to the same place: that one decides
    too_young,         ///< or nobody knows how old it is
    wanted_elsewhere,  ///< another registration of the local file still waits for its copy, or keeps it
    other_version,  ///< another registration of it is verified with other content: that is copied anew first
};

/// What the other rows of the catalog have to do with it; see is_superseded(), wants_local_file(),
/// keeps_local_file() and has_other_version().
struct other_rows {
    bool superseded = false;
    bool wanted_elsewhere = false;
    bool other_version = false;
};

/// The first reason against it, in the order above. `registered_before`: what was registered at that time or
/// later is too young.
deletability judge_deletability(const file_row& row, epoch_seconds registered_before, other_rows others);

/// Whether `other` stands in the way: another row, of whatever archive, that waits for a copy of the same
/// local file.
bool wants_local_file(const file_row& other, const file_row& row);

/// Whether `other`, of whatever archive, has its copy and says that the same local file is kept. Whether a
/// later registration decides over `other` is not judged here.
bool keeps_local_file(const file_row& other, const file_row& row);

/// Whether `other`, of whatever archive, is verified with other content of the same local file: if `row` has
/// what the file is now, `other` has not. Whether a later registration decides over `other` is not judged
/// here.
bool has_other_version(const file_row& other, const file_row& row);

/// Whether a row with a copy has a say in what becomes of its local file: verified, neither ignored nor
/// removed.
bool has_say(const file_row& row);

/// Both of two rows whose local paths may be spelled differently: that they lead to the same file is found
/// out by the caller.
bool keeps_file(const file_row& other, const file_row& row);
bool has_other_content(const file_row& other, const file_row& row);

}  // namespace suprsync
