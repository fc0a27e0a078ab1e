#include "storage/disk/place_probe.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <future>
#include <thread>

#include "engine/files/file_facts.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

probed_place inspect(const std::string& path) {
    probed_place place;
    place.path = path;
    place.nearest = std::filesystem::path(path).lexically_normal().string();
    struct stat facts{};
    while (::stat(place.nearest.c_str(), &facts) != 0) {
        if (place.nearest == "/" || (errno != ENOENT && errno != ENOTDIR)) break;
        place.nearest = directory_of(place.nearest);
    }
    place.exists = ::stat(path.c_str(), &facts) == 0;
    place.is_directory = place.exists && S_ISDIR(facts.st_mode);
    if (place.exists) place.device = facts.st_dev, place.inode = facts.st_ino;
    place.readable = ::access(path.c_str(), R_OK | X_OK) == 0;
    place.writable = ::access(place.nearest.c_str(), W_OK | X_OK) == 0;
    place.sticky =
        place.exists && (facts.st_mode & S_ISVTX) != 0 && ::geteuid() != 0 && facts.st_uid != ::geteuid();
    if (const auto space = space_of(place.nearest)) place.space = *space;
    return place;
}

}  // namespace

// A thread that hangs ends with the process.
probed_place probe_place(const std::string& path, std::chrono::steady_clock::duration limit) {
    std::packaged_task<probed_place()> task([path] { return inspect(path); });
    auto answer = task.get_future();
    std::thread(std::move(task)).detach();
    if (answer.wait_for(limit) == std::future_status::ready) return answer.get();
    probed_place place;
    place.path = place.nearest = path;
    place.answers = false;
    return place;
}

}  // namespace suprsync
