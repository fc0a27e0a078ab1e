// A process that has children and a guardian, and is there to be killed.
#pragma once

#include <string>

namespace suprsync::test {

inline constexpr const char* mortal_argument = "--mortal";

/// Starts children that have `name` in their command lines: one that ends at SIGTERM, one that ignores it,
/// one that leaves its process group, one that drops its environment. Says "ready" when they run, and waits
/// for its end.
int run_mortal(const std::string& name);

}  // namespace suprsync::test
