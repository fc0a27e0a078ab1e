#include "engine/loop/this_machine.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <climits>

namespace suprsync {

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

epoch_seconds wall_clock() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace suprsync
