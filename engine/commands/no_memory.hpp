// What becomes of the program when there is no memory.
#pragma once

namespace suprsync {

/// From now on, where operator new has no memory to give, in whatever thread, the program ends at once with a
/// word on standard error and exit status 1 (spec, Running).
void end_where_no_memory_is_left();

}  // namespace suprsync
