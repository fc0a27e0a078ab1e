// Which file stands somewhere, as transports tell it.
#pragma once

#include <sys/stat.h>

#include "engine/files/file_facts.hpp"
#include "engine/model/destination.hpp"
#include "net/place/base_state.hpp"

namespace suprsync {

inline remote_object object_of(const struct ::stat& seen, const base_state& state) {
    const auto identity = identity_of(seen);
    return {state.asker_is_here, identity.device, identity.inode, identity.changed_ns, identity.size};
}

}  // namespace suprsync
