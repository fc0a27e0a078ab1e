#include "engine/commands/file_walk.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "engine/model/file.hpp"

namespace fs = std::filesystem;

namespace suprsync {

file_walk::file_walk(const fs::path& root) : root_(root) { places_.emplace_back(root); }

std::optional<found_file> file_walk::next() {
    while (!places_.empty()) {
        auto& place = places_.back();
        if (place == fs::end(place)) {
            places_.pop_back();
            continue;
        }
        const auto entry = *place;
        std::error_code error;
        place.increment(error);  // on an error it is at the end: the rest cannot be read
        const auto unreadable = [&](const fs::path& directory) {
            found_file file;
            file.path = directory.string();
            file.problem = "the directory cannot be read: " + error.message();
            return file;
        };
        if (error) return unreadable(entry.path().parent_path());
        std::error_code ignored;
        if (entry.symlink_status(ignored).type() == fs::file_type::directory) {
            fs::directory_iterator below(entry.path(), error);
            if (error) return unreadable(entry.path());
            places_.push_back(std::move(below));
        } else if (auto found = stat_file(entry.path())) {
            return found;
        }
    }
    return std::nullopt;
}

std::optional<found_file> file_walk::stat_file(const fs::path& path) const {
    // A file that is being removed.
    if (path.filename().string().starts_with(removal_prefix)) return std::nullopt;
    found_file file;
    file.path = path.string();
    file.relative = path.lexically_relative(root_).string();
    struct stat facts{};
    if (::stat(file.path.c_str(), &facts) != 0) {
        file.problem = std::strerror(errno);
        return file;
    }
    if (!S_ISREG(facts.st_mode)) return std::nullopt;
    file.bytes = static_cast<std::uint64_t>(facts.st_size);
    file.mtime =
        static_cast<double>(facts.st_mtim.tv_sec) + 1e-9 * static_cast<double>(facts.st_mtim.tv_nsec);
    return file;
}

}  // namespace suprsync
