#include "engine/rules/base_places.hpp"

#include <string_view>

namespace suprsync {

namespace {

// What is below `outer` where `inner` lies in it, as "sub/" or ""; both are absolute and plain, or
// "host:/path".
std::optional<std::string> below(std::string_view outer, std::string_view inner) {
    if (outer.ends_with('/')) outer.remove_suffix(1);  // the root of a file system
    if (inner.ends_with('/')) inner.remove_suffix(1);
    if (!inner.starts_with(outer)) return std::nullopt;
    inner.remove_prefix(outer.size());
    if (inner.empty()) return "";
    if (inner.front() != '/') return std::nullopt;
    return std::string(inner.substr(1)) + '/';
}

std::optional<base_offset> offset_of_paths(std::string_view own, std::string_view other) {
    if (const auto deeper = below(other, own)) return base_offset{"", *deeper};
    if (const auto deeper = below(own, other)) return base_offset{*deeper, ""};
    return std::nullopt;
}

}  // namespace

std::optional<base_offset> offset_between(const known_base& own, const known_base& other) {
    // One host name may stand for several machines: what is spelled alike is taken for one directory.
    if (own.destination == other.destination) return base_offset{};
    if (own.place && other.place && own.place->machine == other.place->machine) {
        if (own.place->file_system != other.place->file_system) return std::nullopt;
        return offset_of_paths(own.place->path, other.place->path);
    }
    return offset_of_paths(own.destination, other.destination);
}

std::optional<std::string> path_by(const base_offset& offset, const std::string& remote_path) {
    if (!remote_path.starts_with(offset.taken) || remote_path.size() == offset.taken.size())
        return std::nullopt;
    return offset.added + remote_path.substr(offset.taken.size());
}

bool is_restarted(const directory_place& before, const directory_place& now) {
    return before.machine != now.machine && before.path == now.path;
}

}  // namespace suprsync
