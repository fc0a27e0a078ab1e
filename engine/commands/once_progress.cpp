#include "engine/commands/once_progress.hpp"

#include <fmt/format.h>

#include "engine/commands/archive_progress.hpp"

namespace suprsync {

std::string progress_line(const status_snapshot& now) {
    std::string line;
    for (const auto& a : now.archives)
        line += (line.empty() ? "" : "; ") + archive_progress(a, now.timestamp);
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
