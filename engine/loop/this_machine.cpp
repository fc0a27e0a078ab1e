#include "engine/loop/this_machine.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <climits>
#include <cmath>
#include <ctime>
#include <fstream>
#include <limits>

namespace suprsync {

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string name_of_account(unsigned id) {
    std::array<char, 16384> room{};
    ::passwd entry{}, *found = nullptr;
    ::getpwuid_r(id, &entry, room.data(), room.size(), &found);
    return found ? found->pw_name : fmt::format("#{}", id);
}

std::string name_of_group(unsigned id) {
    std::array<char, 65536> room{};
    ::group entry{}, *found = nullptr;
    ::getgrgid_r(id, &entry, room.data(), room.size(), &found);
    return found ? found->gr_name : fmt::format("#{}", id);
}

std::uint64_t available_memory() {
    std::ifstream told("/proc/meminfo");
    std::string name, unit;
    std::uint64_t amount = 0;
    while (told >> name >> amount) {
        if (name == "MemAvailable:") return amount << 10;
        std::getline(told, unit);
    }
    return std::numeric_limits<std::uint64_t>::max();
}

double utc_offset(epoch_seconds at) {
    const auto seconds = static_cast<std::time_t>(std::floor(at));
    std::tm here{};
    return ::localtime_r(&seconds, &here) ? static_cast<double>(here.tm_gmtoff) : 0;
}

epoch_seconds wall_clock() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace suprsync
