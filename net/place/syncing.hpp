// What was written at a place is on the disk, or it is known that it is not (net/remote/sync_there.sh).
#pragma once

#include <optional>

#include "engine/ports/transport.hpp"
#include "net/place/base_state.hpp"
#include "net/place/entering.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync {

struct sync_outcome {
    std::optional<failure> error;
    bool failed = false;  ///< this sync, or one whose answer was lost
};

/// Syncs the file system of the base directory, which is open, and those that the files of the request lie
/// on; as its `failed_sync_known` and `synced_below` say. Failures: io (a sync failed, now or before; a file
/// system cannot be synced, another sync still runs, staging has gone), stopped.
sync_outcome sync_there(int base, const base_state& state, const stat_request& request, work_watch& watch,
                        const call_names& call);

}  // namespace suprsync
