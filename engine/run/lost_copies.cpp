#include "engine/run/lost_copies.hpp"

#include <fmt/format.h>

#include <string>

#include "engine/model/shell_word.hpp"

namespace asio = boost::asio;

namespace suprsync {

outcome_log::deletion_totals log_deletions(archive_context& archive,
                                           const std::vector<deletion_record>& records) {
    auto sums = archive.outcomes.log_deletions(records);
    if (sums.lost > 0)
        archive.tell_lost_copies(fmt::format(
            "{} missing again or other at the destination, {}. All that are not as they were: suprsync verify {}",
            sums.lost == 1 ? "1 verified copy is" : fmt::format("{} verified copies are", sums.lost),
            sums.first_lost, command_word(archive.config.name)));
    return sums;
}

asio::awaitable<bool> record_deletions(archive_context& archive, std::vector<deletion_record> records) {
    const auto recorded = co_await archive.environment.catalog.record_deletions(records);
    // Some may be recorded also where it failed.
    std::vector<std::string> paths;
    for (const auto& record : records) paths.push_back(record.seen.local_path);
    archive.environment.removals.changed(paths);
    if (!archive.catalog_answered("record_deletions", recorded)) co_return false;
    for (const auto& record : records) archive.outcomes.tell_deletion(record);
    co_return true;
}

}  // namespace suprsync
