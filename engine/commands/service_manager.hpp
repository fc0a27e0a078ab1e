// What systemd wants to know of a Type=notify service (sd_notify(3)); nothing happens outside systemd.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace suprsync::service_manager {

/// How often the watchdog wants to hear of us at the latest; none where nobody watches.
std::optional<std::chrono::microseconds> watchdog_interval();

/// Each with what it does, as `systemctl status` shows it.
void ready(const std::string& status);
/// Its configuration is read again, until it is ready() anew.
void reloading(const std::string& status);
/// Not ready yet, but at work: give it so much longer.
void extend_start(std::chrono::microseconds more, const std::string& status);
void alive(const std::string& status);
void stopping();

}  // namespace suprsync::service_manager
