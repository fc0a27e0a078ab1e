// This machine's files, off the event loop: stat, MD5, unlink, small files written whole. Implemented by
// storage/.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/digest_progress.hpp"
#include "engine/model/disk_space.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

struct local_digest {
    std::string md5;       ///< lower-case hexadecimal
    file_identity before;  ///< fstat before the first byte was read
    file_identity after;   ///< and after the last
};

/// A file that an attempt has opened: what is judged, hashed and sent speaks of it, whatever becomes of its
/// name. Open as long as any copy of this lives.
struct open_file {
    std::string path;
    file_identity identity;                 ///< fstat when it was opened
    std::string read_at;                    ///< where other processes of ours read it: /proc/PID/fd/N
    int descriptor = -1;                    ///< in this process
    std::shared_ptr<const void> held = {};  ///< closes it
    std::string real_path = {};             ///< every symbolic link resolved; '' where nobody can tell
};

/// What a path leads to.
struct real_place {
    std::string path;                ///< every symbolic link resolved
    std::optional<failure> no_file;  ///< where it is no regular file: what it is instead, as `stat` says it
    std::uint64_t size = 0;          ///< bytes, of a regular file
};

/// A file that is to go.
struct removal {
    std::string path;
    file_id id = 0;  ///< of its row
    file_identity expected;
    /// Set by another thread when the decision does not stand any more; may be left out.
    std::shared_ptr<const std::atomic<bool>> withdrawn = {};
};

class local_disk {
  public:
    virtual ~local_disk() = default;

    /// stat(2) of each path, links followed. Failures per path: not_found, no_directory, not_permitted,
    /// invalid (not a regular file: the detail says what it is), place, io.
    virtual boost::asio::awaitable<std::vector<result<file_identity>>> stat(
        std::vector<std::string> paths) = 0;

    /// Opens each file for reading, links followed. One that is spelled below a root must lead below one
    /// (spec, What may be registered). Failures per path: as `stat`, not_permitted where it does not, changed
    /// where its path led elsewhere each time.
    virtual boost::asio::awaitable<std::vector<result<open_file>>> open(std::vector<std::string> paths,
                                                                        std::vector<std::string> roots) = 0;

    /// MD5 of each open file's content, on a pool of threads shared by all callers. One hop for all of them,
    /// so that thousands of small files cost no more than their reading. `progress`, where it is given, has
    /// the bytes that were read. Failures per file: as `stat`, and stopped.
    virtual boost::asio::awaitable<std::vector<result<local_digest>>> digest_open(
        std::vector<open_file> files, std::shared_ptr<digest_progress> progress = {}) = 0;

    /// The same of files that are opened for it, a few at a time: then `progress` gets their sizes, too.
    /// Failures per path: as `open`, and stopped.
    virtual boost::asio::awaitable<std::vector<result<local_digest>>> digest(
        std::vector<std::string> paths, std::vector<std::string> roots,
        std::shared_ptr<digest_progress> progress = {}) = 0;

    /// Where each path of an existing file or directory leads; one hop for all.
    virtual boost::asio::awaitable<std::vector<result<real_place>>> resolve(
        std::vector<std::string> paths) = 0;

    /// How much room the file system has that holds the path.
    virtual boost::asio::awaitable<result<disk_space>> space(std::string path) = 0;

    /// The file system (st_dev) of each path, or of the nearest directory above it that is there; 0 where
    /// nobody can tell.
    virtual boost::asio::awaitable<std::vector<std::uint64_t>> devices(std::vector<std::string> paths) = 0;

    /// Removes each file if it is still the expected one, one after another; one hop for all. Its directory
    /// must lie below one of the roots, links resolved, where there are any. Nothing is removed after
    /// `holds_for`. Failures per file: `changed` where it is another, `not_found` where it is gone already,
    /// `not_permitted` outside the roots, `conflict` where something had to be left under its removal name,
    /// which the detail tells, `stopped` where its turn came too late or its decision was withdrawn.
    virtual boost::asio::awaitable<std::vector<result<void>>> remove(
        std::vector<removal> files, std::vector<std::string> roots,
        std::chrono::steady_clock::duration holds_for) = 0;

    /// Gives a file its name back that a removal left under its removal name. True where there was one;
    /// `conflict` where another file has the name by now, or where what stands under the removal name is not
    /// the file that was to go, as far as the caller knows which one that is.
    virtual boost::asio::awaitable<result<bool>> undo_removal(std::string path, file_id id,
                                                              std::optional<lasting_identity> file) = 0;

    /// Unlinks a file that write_whole has made or was to make, whatever a kill has left of it; gone already
    /// is success.
    virtual boost::asio::awaitable<result<void>> discard(std::string path) = 0;

    /// Writes a file whole or not at all (temporary name outside any final name, fsync, rename, fsync of the
    /// directory), its directories made as needed. Returns its identity.
    virtual boost::asio::awaitable<result<file_identity>> write_whole(std::string path, std::string text) = 0;

    /// Ends digests in progress; they return `stopped`.
    virtual void stop() = 0;
};

}  // namespace suprsync
