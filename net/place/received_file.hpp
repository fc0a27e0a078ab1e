// A file that arrives in ranges, in any order and over several processes at once: which ranges are on the
// disk is on record beside it, so that after a cut, a restart or a kill the rest alone is sent. It lies in
// `in/.parts/<slot>` until it is whole, and then in its slot, as a file that rsync has staged: what lies in a
// slot is a beginning of its file, for either.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/ports/transport.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync {

struct byte_range {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool operator==(const byte_range&) const = default;
};

/// What a staged copy is to become.
struct incoming_file {
    std::string path;  ///< below the base directory
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;  ///< of the local file
    unsigned mode = 0644;       ///< of the local file, its permission bits
};

class received_file {
  public:
    received_file(received_file&&) noexcept;
    received_file& operator=(received_file&&) noexcept;
    ~received_file();

    /// What is to be sent still, in order: what was not on the disk, and on record, when this was opened.
    const std::vector<byte_range>& missing() const;

    /// From any thread. Failures: no_space, not_permitted, io (of the file), invalid (beyond its end).
    result<void> write(std::uint64_t offset, std::string_view bytes);

    /// What was written until now by this object is on the disk, and on record as durable: answers may say
    /// so. From one thread at a time. Failures: as write().
    result<void> keep();

    /// The MD5 of what lies there, block by block of so many bytes, the last one shorter: to be compared.
    /// Failures: io, not_permitted, stopped (by `watch`).
    result<std::vector<std::string>> sums(std::uint64_t block, work_watch& watch) const;

    /// keep(), and what all its writers have kept is the whole file: it gets its time and modes, and its
    /// place in the slot. Whoever calls it has heard from all others that they kept what they have. Failures:
    /// as write(), changed (ranges are missing; nothing is lost).
    result<void> finish();

  private:
    friend class base_directory;
    struct state;
    explicit received_file(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

}  // namespace suprsync
