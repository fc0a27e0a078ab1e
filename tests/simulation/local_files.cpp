#include "tests/simulation/local_files.hpp"

#include <cmath>
#include <utility>

namespace suprsync::simulation {

namespace {

constexpr std::uint64_t system_device = 1, data_device = 2;
constexpr std::chrono::seconds written_within{5};  // names, by a file system that nobody asks to sync

}  // namespace

std::string local_files::plain(const std::string& path) {
    std::string plain;
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path.compare(at, 2, "//") == 0) continue;
        if (path.compare(at, 3, "/./") == 0)
            ++at;
        else
            plain += path[at];
    }
    return plain;
}

local_file_ptr local_files::named(const std::string& path) const {
    const auto found = names.find(plain(path));
    return found == names.end() ? nullptr : found->second;
}

std::int64_t local_files::now_ns() const {
    const auto seconds = time_.wall();
    if (coarse_times) return static_cast<std::int64_t>(std::floor(seconds)) * 1'000'000'000;
    return static_cast<std::int64_t>(std::llround(seconds * 1e9));
}

local_file_ptr local_files::create(const std::string& path, std::string content) {
    auto file = std::make_shared<local_file>();
    file->inode = ++last_inode_;
    file->content = std::move(content);
    file->modified_ns = file->changed_ns = now_ns();
    names[plain(path)] = file;
    return file;
}

bool local_files::modify(const std::string& path, std::string content) {
    const auto found = named(path);
    if (!found) return false;
    found->content = std::move(content);
    found->modified_ns = found->changed_ns = now_ns();
    return true;
}

void local_files::remove(const std::string& path) {
    const auto found = names.find(plain(path));
    if (found == names.end()) return;
    removed_.push_back({time_.elapsed, found->first, found->second});
    names.erase(found);
}

void local_files::rename(const std::string& from, const std::string& to) {
    const auto found = names.find(from);
    if (found == names.end()) return;
    names[to] = found->second;
    names[to]->changed_ns = now_ns();
    names.erase(found);
}

local_file_ptr local_files::find(const std::string& path) const {
    if (unmounted && on_data_disk(path)) return nullptr;
    return named(path);
}

bool local_files::is_directory(const std::string& path) const {
    if (path == "/" || path == data_root || path == announced_root) return true;
    if (unmounted && on_data_disk(path)) return false;
    const auto next = names.lower_bound(path + "/");
    return next != names.end() && next->first.starts_with(path + "/");
}

std::uint64_t local_files::device_of(const std::string& path) const {
    return on_data_disk(path) && !unmounted ? data_device : system_device;
}

file_identity local_files::identity_of(const std::string& path, const local_file& file) const {
    return {device_of(path), file.inode, file.content.size(), file.modified_ns, file.changed_ns};
}

void local_files::lose_power(random& chance) {
    for (const auto& [at, path, file] : removed_)
        if (time_.elapsed - at < written_within && !names.contains(path) && chance.chance(0.5)) {
            names[path] = file;
            came_back.insert(path);
        }
    removed_.clear();
}

}  // namespace suprsync::simulation
