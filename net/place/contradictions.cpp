#include "net/place/contradictions.hpp"

#include <fmt/format.h>

#include <string_view>
#include <unordered_set>

namespace suprsync {

std::vector<std::optional<std::string>> contradictions(const std::vector<stage_item>& items) {
    std::vector<std::optional<std::string>> complaints(items.size());
    std::unordered_set<std::string_view> files;
    std::unordered_set<std::string_view> directories;
    std::string_view before;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string_view path = items[i].remote_path;
        const auto slash = path.rfind('/');
        const auto directory = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
        bool clashes = directories.contains(path) || files.contains(path);
        if (directory != before)
            for (auto end = path.find('/'); end != std::string_view::npos && !clashes;
                 end = path.find('/', end + 1))
                clashes = files.contains(path.substr(0, end));
        if (clashes) {
            complaints[i] = fmt::format(
                "its remote path {} and that of another file of the batch exclude each other", path);
            continue;
        }
        files.insert(path);
        if (directory == before) continue;
        before = directory;
        for (auto end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1))
            directories.insert(path.substr(0, end));
    }
    return complaints;
}

}  // namespace suprsync
