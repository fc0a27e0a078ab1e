#include "engine/commands/service_manager.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

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

void extend_start(std::chrono::microseconds more, const std::string& status) {
    sd_notify(0, fmt::format("EXTEND_TIMEOUT_USEC={}\nSTATUS={}", more.count(), shown_line(status)).c_str());
}

void alive(const std::string& status) {
    sd_notify(0, fmt::format("WATCHDOG=1\nSTATUS={}", shown_line(status)).c_str());
}

void stopping() { sd_notify(0, "STOPPING=1\nSTATUS=ending"); }

}  // namespace suprsync::service_manager
