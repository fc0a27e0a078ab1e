#include "storage/disk/hanging_paths.hpp"

#include <mntent.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "engine/model/text.hpp"
#include "engine/rules/registration_rules.hpp"

namespace suprsync {

std::string mount_of(const std::string& path) {
    std::string found = "/";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> mounts(::setmntent("/proc/self/mounts", "re"),
                                                                 ::endmntent);
    ::mntent entry{};
    char space[8192];
    while (mounts && ::getmntent_r(mounts.get(), &entry, space, sizeof space) != nullptr) {
        const std::string mount = entry.mnt_dir;
        if (mount.size() > found.size() && lies_below_any(path, {mount})) found = mount;
    }
    return found == "/" ? directory_of(path) : found;
}

void hanging_paths::begins(const std::string& path) { hanging_.push_back({path, mount_of(path)}); }

void hanging_paths::ends(const std::string& path) {
    const auto found =
        std::find_if(hanging_.begin(), hanging_.end(), [&](const one& h) { return h.path == path; });
    if (found != hanging_.end()) hanging_.erase(found);
}

bool hanging_paths::holds_up(const std::string& path) const {
    return std::any_of(hanging_.begin(), hanging_.end(), [&](const one& h) {
        if (h.path == path) return true;
        const auto of_mount = std::count_if(hanging_.begin(), hanging_.end(),
                                            [&](const one& other) { return other.mount == h.mount; });
        return of_mount > 1 && lies_below_any(path, {h.mount});
    });
}

}  // namespace suprsync
