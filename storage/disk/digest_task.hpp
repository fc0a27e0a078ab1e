// The MD5 of one local file, computed slice by slice, so that a pool can take turns between large files.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "engine/ports/local_disk.hpp"
#include "storage/disk/beneath.hpp"

namespace suprsync {

/// When a read brought something last: whoever looks on tells from it what hangs.
struct read_watch {
    using clock = std::chrono::steady_clock;
    std::atomic<clock::rep> progressed = clock::now().time_since_epoch().count();
    void alive() { progressed = clock::now().time_since_epoch().count(); }
};

class digest_task {
  public:
    explicit digest_task(open_file file);
    /// Of a file that is opened when its turn comes; its size is added to `progress` then, where there is
    /// one.
    digest_task(std::string path, std::shared_ptr<const root_directories> roots,
                std::shared_ptr<digest_progress> progress = {});
    digest_task(digest_task&&) noexcept;
    digest_task& operator=(digest_task&&) noexcept;
    ~digest_task();

    /// Reads on for at most `budget` bytes and takes what it has read off it. None while there is more to
    /// read; else the digest, or why there is none (as local_disk::digest; `stopped` soon after `stop` became
    /// true).
    std::optional<result<local_digest>> advance(std::size_t& budget, const std::atomic<bool>& stop,
                                                read_watch& watch);

    const std::string& path() const { return file_.path; }

  private:
    struct reading;
    result<void> begin();

    open_file file_;
    std::shared_ptr<const root_directories> roots_;
    std::shared_ptr<digest_progress> progress_;
    std::unique_ptr<reading> reading_;
};

}  // namespace suprsync
