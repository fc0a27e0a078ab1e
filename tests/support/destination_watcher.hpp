// A reader of the destination, as downstream software is: lists the base directory over and over, as fast as
// it can, and reads every file in the moment that its name appears or its state changes. What it saw is
// judged at the end: nothing but registered files, each complete.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>

namespace suprsync::test {

class destination_watcher {
  public:
    explicit destination_watcher(std::filesystem::path base);
    ~destination_watcher();
    destination_watcher(const destination_watcher&) = delete;
    destination_watcher& operator=(const destination_watcher&) = delete;

    struct sightings {
        std::map<std::string, std::set<std::string>>
            files;                          ///< relative path to every MD5 that was read there
        std::set<std::string> directories;  ///< relative paths
        std::set<std::string> others;       ///< links, sockets and the like
        std::size_t rounds = 0;             ///< complete listings
    };

    /// Ends the watching, after one more listing, and returns what was seen.
    sightings stop();

  private:
    void watch();
    void scan(const std::filesystem::path& directory, const std::string& prefix);

    struct state {
        std::uint64_t inode = 0;
        std::uint64_t size = 0;
        std::int64_t mtime_ns = 0;
        bool operator==(const state&) const = default;
    };

    const std::filesystem::path base_;
    sightings seen_;
    std::map<std::string, state> known_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace suprsync::test
