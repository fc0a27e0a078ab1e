#include "engine/commands/mount_point.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace fs = std::filesystem;

namespace suprsync {

namespace {

// By the number of the mount: a bind mount has the device of what it shows.
std::optional<std::uint64_t> mount_of(const fs::path& path) {
    struct statx facts{};
    if (::statx(AT_FDCWD, path.c_str(), AT_STATX_DONT_SYNC, STATX_MNT_ID, &facts) != 0) return std::nullopt;
    if ((facts.stx_mask & STATX_MNT_ID) == 0) return std::nullopt;
    return facts.stx_mnt_id;
}

}  // namespace

std::string mount_point_of(const std::string& path) {
    fs::path at(path);
    auto mount = mount_of(at);
    for (; !mount && at != at.parent_path(); mount = mount_of(at)) at = at.parent_path();
    if (!mount) return "";
    while (at != at.parent_path() && mount_of(at.parent_path()) == mount) at = at.parent_path();
    return at.string();
}

}  // namespace suprsync
