// How a staging slot is locked, for those who do it in another way than slot_hold (net/remote/lock_slot.sh).
#pragma once

#include "engine/files/open_descriptor.hpp"
#include "engine/model/failure.hpp"
#include "net/place/base_state.hpp"
#include "net/place/entering.hpp"
#include "net/place/slot_hold.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync {

/// Whether the file system can lock this (flock); what somebody else has locked can be.
bool can_lock(int descriptor);

/// What is locked for a slot; not open where that cannot be had.
open_descriptor open_slot_lock(int in, int slot, int directory, lock_kind kind);

/// Alone, and without waiting.
bool lock_at_once(int lock);

/// Where nothing in the slot, and of what arrives for it, has changed for ten seconds: ends all processes
/// that work in it, other than our own process group, and locks it. A process that still writes there is left
/// alone: it may belong to a copy of our catalog.
bool lock_hung_slot(int in, int slot, int directory, int lock, slot_use use, work_watch& watch);

/// As base_directory::hold, which alone makes a slot that is missing; otherwise that is a failure (io).
result<slot_hold> take_slot(const base_state& state, int slot, slot_use use, work_watch& watch,
                            const call_names& call, bool make = false);

}  // namespace suprsync
