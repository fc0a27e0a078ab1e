#include "engine/commands/service_manager.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "engine/model/shown_text.hpp"

namespace suprsync::service_manager {

std::optional<std::chrono::microseconds> watchdog_interval() {
    std::uint64_t interval = 0;
    if (sd_watchdog_enabled(0, &interval) <= 0) return std::nullopt;
    return std::chrono::microseconds(interval);
}

void ready(const std::string& status) {
    sd_notify(0, fmt::format("READY=1\nSTATUS={}", shown_line(status)).c_str());
}

// Since when is what systemd tells an answer to an earlier request by (sd_notify(3), of later versions).
void reloading(const std::string& status) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto since = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS={}", since, shown_line(status)).c_str());
}

void extend_start(std::chrono::microseconds more, const std::string& status) {
    sd_notify(0, fmt::format("EXTEND_TIMEOUT_USEC={}\nSTATUS={}", more.count(), shown_line(status)).c_str());
}

void alive(const std::string& status) {
    sd_notify(0, fmt::format("WATCHDOG=1\nSTATUS={}", shown_line(status)).c_str());
}

void stopping() { sd_notify(0, "STOPPING=1\nSTATUS=ending"); }

}  // namespace suprsync::service_manager
