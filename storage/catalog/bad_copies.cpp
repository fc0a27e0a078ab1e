#include "storage/catalog/bad_copies.hpp"

#include <optional>
#include <utility>

#include "engine/rules/removed_days.hpp"
#include "storage/catalog/checks.hpp"
#include "storage/index/side_rows.hpp"

namespace suprsync {

namespace {

// None where it does not stand. A copy that was made anew since has another time.
std::optional<kept_copy> standing_copy(sqlite_connection& connection, const archive_table& archives,
                                       const std::map<int, removed_day>& days, const std::string& archive,
                                       file_id id, epoch_seconds copied) {
    auto copy = find_kept_copy(connection, archives, days, id);
    if (!copy || copy->file.row.archive_name != archive || copy->file.row.copied.value_or(0) != copied ||
        judge_removed_copy(copy->file.row, copy->day) == removal_choice::accepted)
        return std::nullopt;
    return copy;
}

}  // namespace

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
        one.bad.copy.file.row.id = q.integer(0);
        auto copy = standing_copy(connection, archives, days, archive, q.integer(0), q.real(4));
        one.stands = copy.has_value();
        if (copy) one.bad.copy = std::move(*copy);
    }
    return found;
}

lost_copies_of_days::lost_copies_of_days(sqlite_connection& connection, const archive_table& archives,
                                         const std::string& archive)
    : connection_(connection),
      archives_(archives),
      archive_(archive),
      days_(find_removed_days(connection, archive)) {
    auto q = connection.ask(
        R"(SELECT f.timecode, b.file_id, b.copied, b.found_at, b.reason FROM suprsync_bad_copies AS b
        CROSS JOIN suprsync_files AS f ON f.file_id = b.file_id
        WHERE b.archive = ?1 AND f.timecode <> ?2 ORDER BY b.file_id)",
        archive, no_timecode);
    while (q.next())
        by_day_[static_cast<int>(q.integer(0))].push_back({q.integer(1), q.real(2), q.real(3), q.text(4)});
}

lost_of_day lost_copies_of_days::of(int timecode, std::size_t most) const {
    lost_of_day lost;
    if (const auto day = days_.find(timecode); day != days_.end()) lost.removed = day->second.waits();
    const auto found = by_day_.find(timecode);
    if (found == by_day_.end()) return lost;
    for (const auto& one : found->second) {
        auto copy = standing_copy(connection_, archives_, days_, archive_, one.id, one.copied);
        if (!copy || ++lost.copies > static_cast<std::int64_t>(most)) continue;
        copy->file.last_error = one.reason;
        copy->file.last_error_at = one.found_at;
        lost.first.push_back(std::move(copy->file));
    }
    return lost;
}

bool lost_copies_of_days::any(int timecode) const {
    const auto lost = of(timecode, 0);
    return lost.copies > 0 || lost.removed;
}

}  // namespace suprsync
