// One batch of files that is copied into its slot on this machine: what rsync does over a network, on one
// thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/place/base_directory.hpp"
#include "net/place/local_source.hpp"
#include "net/place/pace.hpp"
#include "net/place/slot_tree.hpp"

namespace suprsync {

class copying {
  public:
    copying(std::shared_ptr<const base_directory> base, std::shared_ptr<pace> rate, stage_request request)
        : base_(std::move(base)), pace_(std::move(rate)), request_(std::move(request)) {}

    /// Once, on a thread of its own.
    void run(work_watch& watch);

    /// From any thread.
    std::uint64_t bytes() const { return bytes_; }
    /// Of which nothing lay there before.
    std::size_t files() const { return files_; }

    /// When run() has returned.
    stage_report take_report();

  private:
    struct pair {
        int from;
        int to;
        std::uint64_t size;  ///< of the local file
        bool one_file_system;
    };
    void one(slot_tree& slot, std::size_t i, work_watch& watch);
    bool append(const pair& files, std::uint64_t offset, std::size_t i, work_watch& watch);
    bool compare(const pair& files, std::uint64_t there, std::size_t i, work_watch& watch);
    void is_not_sent(std::size_t i, not_sent why);
    void could_not_write(const slot_error& error, std::size_t i);

    std::shared_ptr<const base_directory> base_;
    std::shared_ptr<pace> pace_;
    stage_request request_;
    stage_report report_;
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<std::size_t> files_ = 0;
};

}  // namespace suprsync
