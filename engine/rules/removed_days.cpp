#include "engine/rules/removed_days.hpp"

namespace suprsync {

removal_choice judge_removed_copy(const file_row& row, const std::optional<removed_day>& day) {
    if (!day || row.copied.value_or(0) > day->chosen_at) return removal_choice::none;
    return day->choice;
}

bool went_with_day(const file_row& row, const std::optional<removed_day>& day) {
    if (day && day->waits()) return row.copied.value_or(0) <= day->noticed_at;
    return judge_removed_copy(row, day) == removal_choice::accepted;
}

bool is_all_of_day(int timecode, const std::optional<std::string>& remote_prefix) {
    return !remote_prefix || (timecode_directory(timecode) + "/").starts_with(*remote_prefix);
}

}  // namespace suprsync
