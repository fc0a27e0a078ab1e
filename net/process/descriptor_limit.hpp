// How many files this process may have open: as many as it is allowed to, since a batch holds all of its
// files open. Children get the limit that we were started with: some programs pass over every number up to
// it, and some know only the first 1024.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace suprsync {

/// Raises the soft limit to the hard one, once, before the first child is started; returns it.
std::size_t raise_descriptor_limit();

/// Gives a child that was just started the limit from before, where it was raised.
void restore_descriptor_limit(pid_t child);

}  // namespace suprsync
