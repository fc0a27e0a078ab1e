#include "tests/support/destination_watcher.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <memory>
#include <system_error>

#include "tests/support/files.hpp"

namespace suprsync::test {

destination_watcher::destination_watcher(std::filesystem::path base)
    : base_(std::move(base)), thread_([this] { watch(); }) {}

destination_watcher::~destination_watcher() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

destination_watcher::sightings destination_watcher::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    scan(base_, "");
    return seen_;
}

void destination_watcher::watch() {
    while (!stopping_) {
        scan(base_, "");
        ++seen_.rounds;
        // On few cores the program under test needs its turn, too.
        std::this_thread::yield();
    }
}

void destination_watcher::scan(const std::filesystem::path& directory, const std::string& prefix) {
    const std::unique_ptr<DIR, int (*)(DIR*)> list(opendir(directory.c_str()), closedir);
    if (!list) return;
    while (const auto* entry = readdir(list.get())) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        const auto relative = prefix + name;
        const auto path = directory / name;
        struct stat s{};
        if (lstat(path.c_str(), &s) != 0) continue;  // it is gone already
        if (S_ISDIR(s.st_mode)) {
            seen_.directories.insert(relative);
            scan(path, relative + "/");
        } else if (S_ISREG(s.st_mode)) {
            const state current{s.st_ino, static_cast<std::uint64_t>(s.st_size),
                                s.st_mtim.tv_sec * 1'000'000'000 + s.st_mtim.tv_nsec};
            const auto known = known_.find(relative);
            if (known != known_.end() && known->second == current) continue;
            try {
                seen_.files[relative].insert(md5_of_file(path));
            } catch (const std::system_error&) {
                seen_.files[relative];  // the name was seen, and went away before it was read
            }
            known_[relative] = current;
        } else {
            seen_.others.insert(relative);
        }
    }
}

}  // namespace suprsync::test
