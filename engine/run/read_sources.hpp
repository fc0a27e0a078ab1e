// Whether sums at the destination, asked for past the page cache, came from its disk (spec, Verifying).
#pragma once

#include <vector>

#include "engine/run/archive_context.hpp"

namespace suprsync {

/// Tells where none of them did, once per archive, and that it is over. Nothing where there are none.
void tell_read_sources(archive_context& archive, const std::vector<read_source>& sources);

}  // namespace suprsync
