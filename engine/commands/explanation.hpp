// Why a file is as it is, and what waits for it: what the catalog knows of its row, and what the daemon knows
// of the present.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/commands/in_flight.hpp"
#include "engine/commands/tool_catalog.hpp"
#include "engine/rules/claims.hpp"

namespace suprsync {

/// All that is known of one row.
struct explanation {
    file_view file;
    std::optional<timecode_view> directory;
    std::vector<file_view> claimants;
    claim judgement;
    bool doubtful = false;      ///< its copy
    bool any_doubtful = false;  ///< of its archive
    std::string deletion;
    std::string next_attempt;                 ///< '' where none is to come
    std::optional<transfer> batch;            ///< that it is in flight with
    std::string in_flight_unknown;            ///< why nobody said whether it is; '' where somebody did
    std::optional<archive_activity> archive;  ///< of an unsettled row, where its daemon answers
};

/// Of each of these rows, in their order. Throws failure_error.
std::vector<explanation> explain_rows(tool_catalog& catalog, const std::vector<file_view>& files,
                                      in_flight& flights);

}  // namespace suprsync
