// A copy that the destination is to have, as it is asked for again (spec, Checking copies again).
#pragma once

#include <optional>

#include "engine/model/rows.hpp"

namespace suprsync {

/// A file that the destination is to have (is_to_be_there()), here or deleted here.
struct kept_copy {
    file_view file;
    std::optional<removed_day> day;  ///< what is on record of its timecode, where that was removed there
};

}  // namespace suprsync
