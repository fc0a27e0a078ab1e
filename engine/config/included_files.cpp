#include "engine/config/included_files.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "engine/model/shown_text.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr std::size_t most_files = 1000;

failure bad(const std::string& detail) { return {failure_code::invalid, "use", "include", detail}; }

bool has_wildcards(const std::string& text) { return text.find_first_of("*?[") != std::string::npos; }

}  // namespace

result<std::vector<std::string>> included_files(const std::string& file, const std::string& pattern) {
    const auto path = fs::path(file).parent_path() / pattern;
    const auto directory = path.parent_path();
    const auto name = path.filename().string();
    if (name.empty() || pattern.find('\0') != std::string::npos)
        return bad(expected_not("the name of a file, or a pattern such as conf.d/*.yaml", pattern));
    if (has_wildcards(fs::path(pattern).parent_path().string()))
        return bad(expected_not("wildcards in the name of the file only", pattern));
    if (!has_wildcards(name)) return std::vector<std::string>{path.string()};
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator entry(directory.empty() ? fs::path(".") : directory, error), end;
         !error && entry != end; entry.increment(error)) {
        const auto one = entry->path().filename().string();
        if (::fnmatch(name.c_str(), one.c_str(), FNM_PERIOD) == 0)
            found.push_back((directory / one).string());
        if (found.size() > most_files)
            return bad(
                fmt::format("expected at most {} files, '{}' matches more", most_files, abridged(pattern)));
    }
    if (error)
        return bad(fmt::format("the directory {} cannot be read: {}", directory.string(), error.message()));
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace suprsync
