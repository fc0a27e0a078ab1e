// Answers of scripts are records, each ended by NUL; most are of a path that was asked for. What programs say
// on standard error is lines.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/model/destination.hpp"
#include "engine/model/disk_space.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

/// Where a path, with "./" before it or without, stands among those that were asked for.
class path_index {
  public:
    explicit path_index(const std::vector<std::string>& paths) {
        for (std::size_t i = 0; i < paths.size(); ++i) index_.emplace(paths[i], i);
    }
    std::optional<std::size_t> find(std::string_view path) const {
        if (path.starts_with("./")) path.remove_prefix(2);
        const auto found = index_.find(path);
        if (found == index_.end()) return std::nullopt;
        return found->second;
    }

  private:
    std::unordered_map<std::string_view, std::size_t> index_;
};

/// The next record of a NUL-separated text; none at its end, or where the last one has no NUL.
inline std::optional<std::string_view> next_record(std::string_view& text) {
    const auto end = text.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    const auto record = text.substr(0, end);
    text.remove_prefix(end + 1);
    return record;
}

/// The next line of a text, without the newline that only the last may lack; none at its end.
inline std::optional<std::string_view> next_line(std::string_view& text) {
    if (text.empty()) return std::nullopt;
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// Takes off what an answer of several kinds of records begins with; whatever a login shell prints would come
/// before it, and be taken for records.
inline bool take_greeting(std::string_view& output) { return next_record(output) == "suprsync"; }

/// A record of one letter, which says what it is of, and a value.
struct keyed_record {
    char key = '\0';
    std::string_view value;
};
inline std::optional<keyed_record> next_keyed_record(std::string_view& text) {
    const auto record = next_record(text);
    if (!record) return std::nullopt;
    return record->empty() ? keyed_record{} : keyed_record{record->front(), record->substr(1)};
}

/// Whether two boot ids are those of one running kernel: of what one numbers, the other sees the same by that
/// number. An empty one names none.
inline bool is_same_kernel(std::string_view boot_id, std::string_view other) {
    return !boot_id.empty() && boot_id == other;
}

/// What base_directory.sh tells as `I`: file system and inode.
inline base_identity read_identity(std::string_view record) {
    const auto space = record.find(' ');
    if (space == std::string_view::npos) return {std::string(record), 0};
    return {std::string(record.substr(0, space)),
            read_number<std::uint64_t>(record.substr(space + 1)).value_or(0)};
}

/// What `stat -f -c '%S %a %b %d %c'` says of a file system; none where that is not what stands there.
inline std::optional<disk_space> read_space(std::string_view record) {
    const auto block = take_field<std::uint64_t>(record);
    const auto free = take_field<std::uint64_t>(record);
    const auto total = take_field<std::uint64_t>(record);
    const auto inodes_free = take_field<std::uint64_t>(record);
    const auto inodes = read_number<std::uint64_t>(record);
    if (!block || !free || !total || !inodes_free || !inodes) return std::nullopt;
    return disk_space{*block * *free, *block * *total, *inodes_free, *inodes};
}

}  // namespace suprsync
