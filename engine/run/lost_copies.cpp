#include "engine/run/lost_copies.hpp"

#include <fmt/format.h>

#include "engine/model/shell_word.hpp"

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

}  // namespace suprsync
