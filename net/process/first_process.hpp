// Process 1 of a container is the parent of every process there that has lost its own, and must take notice
// of their ends: until then each of them stays in the table of processes.
#pragma once

#include <optional>

namespace suprsync {

/// Where we are process 1, goes on in a child (which returns none), while process 1 hands the signals that it
/// gets on to that child and reaps whatever ends. When the child has ended, returns its exit status there;
/// 128 and the number of the signal where one ended it. Elsewhere returns none at once. To be called before
/// any thread is started.
std::optional<int> reap_as_first_process();

}  // namespace suprsync
