#include "engine/files/detached_thread.hpp"

#include <system_error>
#include <thread>
#include <utility>

namespace suprsync {

bool start_detached_thread(std::function<void()> work) {
    try {
        std::thread(std::move(work)).detach();
    } catch (const std::system_error&) {
        return false;
    }
    return true;
}

}  // namespace suprsync
