// May a row's local file be deleted, as far as the catalog tells? Asked where candidates are gathered, by the
// delete guard, and once more right before the file is removed.
#pragma once

#include <functional>

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
    doubtful,          ///< it may not be on the disk there: its copy is to be read anew first
    wanted_elsewhere,  ///< another registration of the local file still waits for its copy, or keeps it
    other_version,  ///< another registration of it is verified with other content: that is copied anew first
};

/// What the catalog knows beside the row, of others (see is_superseded() and objection_of()) and of its copy
/// (is_doubtful()).
struct row_surroundings {
    bool superseded = false;
    bool wanted_elsewhere = false;
    bool other_version = false;
    bool doubtful = false;
};

/// The first reason against it, in the order above. `registered_before`: what was registered at that time or
/// later is too young.
deletability judge_deletability(const file_row& row, epoch_seconds registered_before,
                                const row_surroundings& known);

/// What is known of another row beside itself; asked only where it matters, since it takes a query.
struct other_row_facts {
    std::function<bool()> doubtful;    ///< its copy is (engine/rules/copy_doubt.hpp)
    std::function<bool()> superseded;  ///< a later registration decides over it (is_superseded())
    std::function<bool()> unsynced{};  ///< its copy may be in memory alone there; empty: it is not
};

/// What another row of the same local file, of whatever archive, has against its deletion.
struct objection {
    /// It waits for its copy, may have to be sent again since that is in doubt or not synced, or keeps the
    /// file.
    bool wanted = false;
    /// It is verified with other content: if the row that is judged has what the file is now, it has not.
    bool other_version = false;

    explicit operator bool() const { return wanted || other_version; }
    bool operator==(const objection&) const = default;
};

/// Of a row that spells the local path as `row` does.
objection objection_of(const file_row& other, const file_row& row, const other_row_facts& facts);

/// Of one that spells it otherwise, and leads to the same file as the caller finds out. Those that wait are
/// found by their names, and have none here.
objection objection_of_other_spelling(const file_row& other, const file_row& row,
                                      const other_row_facts& facts);

}  // namespace suprsync
