// What all transports make of the verbs in the same way: how long one may take, and what the answers of all
// files of one say together.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/settings.hpp"
#include "engine/ports/transport.hpp"

namespace suprsync {

std::chrono::nanoseconds as_duration(double seconds);

/// How long a destination reads so many bytes at most (s): at 10 MB/s (spec, Limits).
double reading_time(std::uint64_t bytes);

/// The limit of a command that reads `bytes` there, silently, of so many paths.
std::chrono::nanoseconds command_limit(const archive_configuration& archive, std::uint64_t bytes,
                                       std::size_t paths);

/// The limit of a look at files there, with what is synced or read for it.
std::chrono::nanoseconds look_limit(const archive_configuration& archive, const stat_request& request);

/// The limit of a look at the space there, which others wait for.
std::chrono::nanoseconds space_limit(const archive_configuration& archive);

/// The end of a verb that failed so: its class is the failure's name.
process_end ended_with(failure why);

/// The end of a verb that was asked for too early.
process_end not_prepared(const std::string& name);

/// The order of those who go by their list, for transport::order_of.
std::vector<std::size_t> as_listed(std::size_t files);

/// No file's failure where all of them say the same of the destination's file system.
void blame_file_system(const std::vector<std::optional<std::string>>& complaints, process_end& end,
                       const std::string& operation, const std::string& subject);

/// Of files that could not be published: no file's failure where its file system is at fault, or is full.
void take_refusals(publish_report& report, const std::string& name);

}  // namespace suprsync
