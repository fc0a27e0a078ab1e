#include "engine/loop/machine_clock.hpp"

#include <sys/timex.h>
#include <time.h>

#include <fstream>

namespace suprsync {

namespace {

double read_clock(clockid_t which) {
    timespec t{};
    ::clock_gettime(which, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

std::string read_boot_id() {
    std::string id;
    std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
    return id;
}

}  // namespace

const std::string& boot_id() {
    static const std::string id = read_boot_id();
    return id;
}

clock_reading read_machine_clock() {
    clock_reading reading;
    reading.boot = boot_id();
    reading.since_start = read_clock(CLOCK_BOOTTIME);
    reading.set_to = read_clock(CLOCK_REALTIME) - reading.since_start;
    timex asked{};
    reading.synchronized = ::adjtimex(&asked) >= 0 && (asked.status & STA_UNSYNC) == 0;
    return reading;
}

}  // namespace suprsync
