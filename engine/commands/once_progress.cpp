#include "engine/commands/once_progress.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/model/human.hpp"

namespace suprsync {

namespace {

std::string duration(double seconds) {
    const auto whole = static_cast<long>(std::ceil(seconds));
    if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

std::string progress_line(const status_snapshot& now) {
    std::string line;
    for (const auto& a : now.archives) {
        const auto open = a.files_waiting + a.files_in_flight;
        const auto open_bytes = static_cast<double>(a.bytes_waiting + a.bytes_in_flight);
        line += fmt::format("{}{}: {} of {} files, {} to go, {}/s", line.empty() ? "" : "; ", a.name,
                            a.files_verified, a.files_verified + open, human::bytes(open_bytes),
                            human::bytes(a.bytes_per_second));
        if (a.bytes_per_second > 0 && open_bytes > 0)
            line += fmt::format(", {} left", duration(open_bytes / a.bytes_per_second));
        if (a.files_failed > 0) line += fmt::format(", {} failed", a.files_failed);
        if (a.activity != "copying") line += fmt::format(" ({})", a.activity);
    }
    return line;
}

std::string closing_line(const status_snapshot& now) {
    std::string line;
    for (const auto& a : now.archives) {
        const auto stats = now.archive_stats.find(a.name);
        const auto open = stats == now.archive_stats.end() ? 0 : stats->second.uncopied_files;
        line += fmt::format("{}[{}] {} files copied and verified, {} deleted, {} unsettled",
                            line.empty() ? "" : "; ", a.name, a.files_verified, a.files_deleted, open);
        if (a.files_failed > 0) line += fmt::format(" ({} failed)", a.files_failed);
    }
    return line;
}

}  // namespace suprsync
