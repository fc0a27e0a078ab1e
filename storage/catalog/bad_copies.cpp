#include "storage/catalog/bad_copies.hpp"

#include <algorithm>
#include <utility>

#include "engine/rules/registration_rules.hpp"
#include "engine/rules/removed_days.hpp"
#include "engine/rules/scrub.hpp"
#include "storage/catalog/checks.hpp"

namespace suprsync {

// A copy that was made anew since has another time.
std::vector<recorded_bad_copy> recorded_bad_copies(sqlite_connection& connection,
                                                   const archive_table& archives,
                                                   const std::string& archive) {
    std::vector<recorded_bad_copy> found;
    const auto days = find_removed_days(connection, archive);
    auto q = connection.ask(
        R"(SELECT file_id, finding, reason, found_at, copied FROM suprsync_bad_copies WHERE archive = ?1
        ORDER BY file_id)",
        archive);
    while (q.next()) {
        auto& one = found.emplace_back();
        one.bad.finding = q.text(1);
        one.bad.reason = q.text(2);
        one.bad.found_at = q.real(3);
        auto copy = find_kept_copy(connection, archives, days, q.integer(0));
        if (!copy || copy->file.row.archive_name != archive) {
            one.bad.copy.file.row.id = q.integer(0);
            continue;
        }
        one.stands = copy->file.row.copied.value_or(0) == q.real(4) &&
                     judge_removed_copy(copy->file.row, copy->day) != removal_choice::accepted;
        one.bad.copy = std::move(*copy);
    }
    return found;
}

lost_copies_of_days::lost_copies_of_days(sqlite_connection& connection, const archive_table& archives,
                                         const std::string& archive) {
    std::size_t standing = 0;
    for (auto& one : recorded_bad_copies(connection, archives, archive)) {
        if (!one.stands) continue;
        ++standing;
        auto& file = one.bad.copy.file;
        file.last_error = std::move(one.bad.reason);
        file.last_error_at = one.bad.found_at;
        if (const auto timecode = timecode_of(plain_remote_path(file.row.remote_path)))
            by_day_[*timecode].push_back(std::move(file));
    }
    full_ = standing >= most_bad_copies;
}

std::int64_t lost_copies_of_days::count(int timecode) const {
    const auto found = by_day_.find(timecode);
    if (found == by_day_.end()) return full_ ? 1 : 0;
    return static_cast<std::int64_t>(found->second.size());
}

std::vector<file_view> lost_copies_of_days::first(int timecode, std::size_t most) const {
    const auto found = by_day_.find(timecode);
    if (found == by_day_.end()) return {};
    const auto& all = found->second;
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()))};
}

}  // namespace suprsync
