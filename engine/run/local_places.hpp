// The directories of this machine that an archive's files lie in: which of them has a problem (unmounted, a
// dead server, no descriptors left), so that its files wait together and a person is told once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"
#include "engine/ports/local_disk.hpp"

namespace suprsync {

class local_places {
  public:
    /// A file was seen there: its directory is there again, if it was not, and lies on this file system.
    void found(const std::string& local_path, std::uint64_t device);
    /// A file was read there to its end.
    void read(const std::string& local_path);
    /// A file could not be looked at, or (`reading`) not be read, for a problem of its place. Returns the
    /// seconds until it is worth another look.
    double met_problem(const std::string& local_path, const failure& why, epoch_seconds now, bool reading);

    /// The file system on which files of the directory were found last.
    std::optional<std::uint64_t> device_of(const std::string& local_path) const;

    /// A directory of each file system on which files were found.
    std::map<std::uint64_t, std::string> file_systems() const;

    /// For people, once after each: what has a problem, and what to do. Forgets what nobody has met
    /// for long.
    std::optional<std::string> news(epoch_seconds now);
    bool has_problems() const { return !problems_.empty(); }

  private:
    struct problem {
        failure why;
        epoch_seconds since = 0;
        epoch_seconds met_at = 0;
        bool reading = false;
    };
    void over(const std::string& directory, bool reading);

    std::map<std::string, problem> problems_;                 // by directory
    std::unordered_map<std::string, std::uint64_t> devices_;  // of directories
    bool news_ = false;
};

/// A file that is not there, and the file system that it lay on.
struct absent_file {
    std::string path;
    std::uint64_t device = 0;
    result<file_identity>* seen =
        nullptr;  ///< becomes `place` where the path leads to another file system now
};

/// Tells files that are gone from those whose file system is not mounted.
boost::asio::awaitable<void> find_unmounted(local_disk& disk, std::vector<absent_file> files);

}  // namespace suprsync
