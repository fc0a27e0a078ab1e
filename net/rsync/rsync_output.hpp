// Reads what rsync says: bytes sent, from `--info=progress2,stats1`, and what it complains of, file by file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/transport.hpp"

namespace suprsync {

class rsync_progress {
  public:
    /// Takes standard output as it arrives; true when the count of bytes or of files has grown.
    bool read(std::string_view output);

    /// Bytes sent. While rsync runs: since its first report, which in a resumed transfer counts what lay
    /// there already; after a complete run: what rsync says that it sent.
    std::uint64_t bytes() const;

    /// Files that it has sent, in its order; those that lay there whole are none.
    std::size_t files() const { return files_; }

  private:
    void read_line(std::string_view line);
    std::string rest_;
    std::optional<std::uint64_t> first_;
    std::uint64_t last_ = 0;
    std::optional<std::uint64_t> sent_;
    std::size_t files_ = 0;
};

/// Where names in rsync's messages may lie: our tree of symbolic links, and the directory that the receiver
/// works in.
struct rsync_roots {
    std::string sender;    ///< absolute, no slash at the end
    std::string receiver;  ///< likewise
};

/// Per item what rsync said about it, first message only; a message about a directory concerns every item
/// below it. Our own paths are not shown: the sender's are given as the local path, the receiver's as remote
/// path.
std::vector<std::optional<std::string>> rsync_complaints(std::string_view error, const rsync_roots& roots,
                                                         const std::vector<stage_item>& items);

}  // namespace suprsync
