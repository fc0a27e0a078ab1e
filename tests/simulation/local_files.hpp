// What lies on this machine's disks: names, files, their times, and what is wrong with them. It outlives the
// daemon; writers work on it directly, the daemon through simulated_disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/model/file.hpp"
#include "tests/simulation/random.hpp"
#include "tests/simulation/simulated_clock.hpp"

namespace suprsync::simulation {

inline constexpr const char* data_root = "/data";       // a disk of its own, which may be unmounted
inline constexpr const char* announced_root = "/sync";  // on the system's disk: finalization files

struct local_file {
    std::uint64_t inode = 0;
    std::string content;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
};
using local_file_ptr = std::shared_ptr<local_file>;

class local_files {
  public:
    explicit local_files(const machine_time& time) : time_(time) {}

    std::map<std::string, local_file_ptr> names;
    /// The name of what a path leads to, however it is spelled ("//", "/./").
    static std::string plain(const std::string& path);
    /// What has the name, whatever is mounted.
    local_file_ptr named(const std::string& path) const;

    // What is wrong, until the simulation says otherwise.
    bool unmounted = false;                 ///< the data's disk: another directory stands in its place
    bool hung = false;                      ///< it does not answer
    bool full = false;                      ///< the system's disk
    std::optional<std::string> unreadable;  ///< a path of which reading fails (EIO)
    std::optional<std::string> forbidden;   ///< one that may not be opened
    /// Times of files have whole seconds only.
    bool coarse_times = false;

    /// A new file takes the name, whatever has it.
    local_file_ptr create(const std::string& path, std::string content);
    /// What has the name gets other content, in place. False where nothing does.
    bool modify(const std::string& path, std::string content);
    void remove(const std::string& path);
    void rename(const std::string& from, const std::string& to);

    /// Null where nothing is to be seen of it now.
    local_file_ptr find(const std::string& path) const;
    /// Whether anything lies below it, or it is a disk's own directory.
    bool is_directory(const std::string& path) const;
    std::uint64_t device_of(const std::string& path) const;
    file_identity identity_of(const std::string& path, const local_file& file) const;
    bool on_data_disk(const std::string& path) const { return path.starts_with(data_root); }

    /// Names that went in the last seconds may be there again after it.
    void lose_power(random& chance);
    std::set<std::string> came_back;  ///< so

  private:
    std::int64_t now_ns() const;

    const machine_time& time_;
    std::uint64_t last_inode_ = 100;
    struct removed_name {
        std::chrono::nanoseconds at{};
        std::string path;
        local_file_ptr file;
    };
    std::vector<removed_name> removed_;
};

}  // namespace suprsync::simulation
