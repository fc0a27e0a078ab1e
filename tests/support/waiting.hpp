// Waiting for a state that another process brings about: the state is polled, the limit is generous and only
// there so that a broken program ends the test instead of hanging it.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace suprsync::test {

inline constexpr std::chrono::seconds generous{90};

/// Polls until `holds()` is true. Throws std::runtime_error naming `what` when it was not within `limit`.
template <class Predicate>
void wait_until(const std::string& what, Predicate holds, std::chrono::milliseconds limit = generous) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("waited " + std::to_string(limit.count()) + " ms in vain: " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace suprsync::test
