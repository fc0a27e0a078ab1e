#include "storage/index/removed_days.hpp"

#include "engine/rules/registration_rules.hpp"
#include "engine/rules/removed_days.hpp"

namespace suprsync {

std::map<int, removed_day> find_removed_days(sqlite_connection& connection, const std::string& archive) {
    std::map<int, removed_day> days;
    auto q = connection.ask(
        "SELECT timecode, noticed_at, choice, chosen_at FROM suprsync_removed_days WHERE archive = ?1",
        archive);
    while (q.next()) {
        const auto timecode = static_cast<int>(q.integer(0));
        days[timecode] = {timecode, q.real(1), static_cast<removal_choice>(q.integer(2)), q.real(3)};
    }
    return days;
}

bool went_with_day(sqlite_connection& connection, const file_row& row) {
    const auto timecode = timecode_of(plain_remote_path(row.remote_path));
    if (!timecode) return false;
    const auto days = find_removed_days(connection, row.archive_name);
    const auto day = days.find(*timecode);
    return day != days.end() && went_with_day(row, day->second);
}

}  // namespace suprsync
