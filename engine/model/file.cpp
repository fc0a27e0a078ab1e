#include "engine/model/file.hpp"

#include <algorithm>
#include <cmath>

namespace suprsync {

namespace {

constexpr std::string_view finalization_suffix = "_finalized.yaml";

std::string_view first_component(std::string_view path) { return path.substr(0, path.find('/')); }

std::string_view after_first_component(std::string_view path) {
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
}

}  // namespace

std::optional<int> timecode_of(std::string_view remote_path) {
    const auto first = first_component(remote_path);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (first.size() != 5 || !std::all_of(first.begin(), first.end(), is_digit)) return std::nullopt;
    int timecode = 0;
    for (const char c : first) timecode = timecode * 10 + (c - '0');
    return timecode;
}

int timecode_at(epoch_seconds t) { return static_cast<int>(std::floor(t / 1e5)); }

std::optional<std::string> subdir_of(std::string_view remote_path) {
    const auto rest = after_first_component(remote_path);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    return std::string(rest.substr(0, slash));
}

bool is_finalization_path(std::string_view remote_path) {
    const auto below = after_first_component(remote_path);
    const auto instance_and_name = after_first_component(below);
    const auto name = after_first_component(instance_and_name);
    return timecode_of(remote_path) && first_component(below) == "suprsync" && !name.empty() &&
           name.find('/') == std::string_view::npos && name.ends_with(finalization_suffix);
}

}  // namespace suprsync
