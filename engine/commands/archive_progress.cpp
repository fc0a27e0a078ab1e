#include "engine/commands/archive_progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/commands/progress_bar.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

std::string archive_progress(const archive_activity& a, epoch_seconds now, std::int64_t verified_before) {
    const auto open = a.files_waiting + a.files_in_flight;
    const auto done = std::max<std::int64_t>(0, a.files_verified - verified_before);
    const auto bytes = static_cast<double>(a.bytes_waiting + a.bytes_in_flight);
    auto line = fmt::format(
        "{} {} {} of {} files, {} to go, {}/s", shown_name(a.name),
        bar_text(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(done + open)),
        human::count(done), human::count(done + open), human::bytes(bytes), human::bytes(a.bytes_per_second));
    if (a.estimated_end) line += fmt::format(", {} left", human::span(std::max(0.0, *a.estimated_end - now)));
    if (a.files_failed > 0) line += fmt::format(", {} failed", human::count(a.files_failed));
    if (a.activity != "copying") line += fmt::format(" ({})", shown_name(a.activity));
    return line;
}

std::string watched_text(const status_snapshot& now, verified_files& since) {
    std::string text;
    for (const auto& a : now.archives) {
        auto& before = since.try_emplace(a.name, a.files_verified).first->second;
        // A daemon that has started anew counts anew.
        const bool anew = a.files_verified < before;
        if (anew || a.files_waiting + a.files_in_flight == 0) before = a.files_verified;
        if (a.files_waiting + a.files_in_flight > 0)
            text += "\n" + archive_progress(a, now.timestamp, before);
    }
    return text;
}

}  // namespace suprsync
