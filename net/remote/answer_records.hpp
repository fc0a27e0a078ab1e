// Answers of scripts are records, each ended by NUL; most are of a path that was asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/model/destination.hpp"
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

/// What base_directory.sh tells as `I`: file system and inode.
inline base_identity read_identity(std::string_view record) {
    const auto space = record.find(' ');
    if (space == std::string_view::npos) return {std::string(record), 0};
    return {std::string(record.substr(0, space)),
            read_number<std::uint64_t>(record.substr(space + 1)).value_or(0)};
}

}  // namespace suprsync
