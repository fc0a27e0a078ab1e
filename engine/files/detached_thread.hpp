// A thread for what may hang in a file system: nobody joins it, and it ends with the process.
#pragma once

#include <functional>

namespace suprsync {

/// Runs `work`, which owns whatever it uses, on a thread of its own; false where none can be started at this
/// moment.
[[nodiscard]] bool start_detached_thread(std::function<void()> work);

}  // namespace suprsync
