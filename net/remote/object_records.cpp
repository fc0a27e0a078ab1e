#include "net/remote/object_records.hpp"

#include <utility>

#include "engine/model/nanoseconds.hpp"
#include "engine/model/text.hpp"
#include "net/remote/answer_records.hpp"
#include "net/remote/script_protocol.hpp"

namespace suprsync {

namespace {

/// "seconds.nanoseconds" and a space, of nine digits, as nanoseconds.
std::optional<std::int64_t> take_time(std::string_view& record) {
    const auto seconds = take_number<std::int64_t>(record);
    if (!seconds || !record.starts_with('.')) return std::nullopt;
    record.remove_prefix(1);
    const auto fraction = take_field<std::int64_t>(record);
    if (!fraction) return std::nullopt;
    return nanoseconds_of(*seconds, *fraction);
}

struct file_record {
    bool regular = false;
    remote_object object;
};

/// "size hex_mode device inode change_time " of a record, which is left with its path.
std::optional<file_record> take_file(std::string_view& record, bool on_this_machine) {
    constexpr unsigned type_mask = 0170000;
    constexpr unsigned regular_file = 0100000;
    const auto size = take_field<std::uint64_t>(record);
    const auto mode = size ? take_field<unsigned>(record, 16) : std::nullopt;
    const auto device = mode ? take_field<std::uint64_t>(record) : std::nullopt;
    const auto inode = device ? take_field<std::uint64_t>(record) : std::nullopt;
    const auto changed = inode ? take_time(record) : std::nullopt;
    if (!changed) return std::nullopt;
    return file_record{(*mode & type_mask) == regular_file,
                       {on_this_machine, *device, *inode, *changed, *size}};
}

/// "=cache ./path" and the like; nothing where it is another record.
void take_source(std::string_view record, const path_index& index, std::vector<stat_answer>& answers) {
    for (const auto& [mark, source] :
         {std::pair("=cache ", read_source::cache), std::pair("=own ", read_source::own_memory),
          std::pair("=unknown ", read_source::unknown)})
        if (record.starts_with(mark))
            if (const auto i = index.find(record.substr(std::string_view(mark).size())))
                answers[*i].source = source;
}

}  // namespace

std::vector<stat_answer> read_stat(std::string_view output, std::string_view error,
                                   const std::vector<std::string>& paths, std::string_view boot_id,
                                   bool from_disk) {
    std::vector<stat_answer> answers(paths.size());
    const path_index index(paths);
    const auto there = next_record(output);
    const bool on_this_machine = there && is_same_kernel(*there, boot_id);
    const auto reasons = read_reasons(error, "stat", paths);
    const auto sums = read_sums(output, paths);
    for (auto& answer : answers) answer.source = from_disk ? read_source::disk : read_source::unknown;
    bool files_follow = true;  // scripts::stat ends them with an empty record
    while (const auto record = next_record(output)) {
        take_source(*record, index, answers);
        files_follow = files_follow && !record->empty();
        auto rest = *record;
        const auto file = files_follow ? take_file(rest, on_this_machine) : std::nullopt;
        const auto i = file ? index.find(rest) : std::nullopt;
        if (!i) continue;
        answers[*i].answered = true;
        answers[*i].object = file->object;
        answers[*i].size = file->regular ? std::optional(file->object.size) : std::nullopt;
    }
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (reasons[i] == "No such file or directory" || reasons[i] == "Not a directory")
            answers[i].answered = true;
        if (constexpr std::string_view start = "listed as "; reasons[i] && reasons[i]->starts_with(start))
            answers[i].listed_as = reasons[i]->substr(start.size());
        answers[i].md5 = sums[i];
    }
    return answers;
}

std::string boot_of(std::string_view output) { return std::string(next_record(output).value_or("")); }

bool tells_of_other_file_systems(std::string_view output) {
    std::optional<std::uint64_t> device;
    next_record(output);  // the boot id
    while (auto record = next_record(output)) {
        if (record->empty()) break;
        const auto file = take_file(*record, false);
        if (!file) continue;
        if (file->object.device != device.value_or(file->object.device)) return true;
        device = file->object.device;
    }
    return false;
}

std::optional<remote_object> read_object(std::string_view detail, std::string_view boot_id) {
    const auto space = detail.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const auto there = detail.substr(0, space);
    detail.remove_prefix(space + 1);
    const auto file = take_file(detail, is_same_kernel(there, boot_id));
    return file ? std::optional(file->object) : std::nullopt;
}

}  // namespace suprsync
