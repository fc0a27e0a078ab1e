// This machine's files, off the event loop: stat, MD5, unlink, small files written whole. Implemented by
// storage/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

struct local_digest {
    std::string md5;       ///< lower-case hexadecimal
    file_identity before;  ///< fstat before the first byte was read
    file_identity after;   ///< and after the last
};

/// What a path leads to.
struct real_place {
    std::string path;                ///< every symbolic link resolved
    std::optional<failure> no_file;  ///< where it is no regular file: what it is instead, as `stat` says it
    std::uint64_t size = 0;          ///< bytes, of a regular file
};

struct disk_space {
    std::uint64_t total = 0;  ///< bytes
    std::uint64_t free = 0;   ///< bytes
};

class local_disk {
  public:
    virtual ~local_disk() = default;

    /// stat(2) of each path, links followed. Failures per path: not_found, not_permitted, invalid (not a
    /// regular file: the detail says what it is), io.
    virtual boost::asio::awaitable<std::vector<result<file_identity>>> stat(
        std::vector<std::string> paths) = 0;

    /// MD5 of each file's content, on a pool of threads shared by all callers. One hop for all of them, so
    /// that thousands of small files cost no more than their reading. Failures per path: as `stat`, and
    /// stopped.
    virtual boost::asio::awaitable<std::vector<result<local_digest>>> digest(
        std::vector<std::string> paths) = 0;

    /// Where each path of an existing file or directory leads; one hop for all.
    virtual boost::asio::awaitable<std::vector<result<real_place>>> resolve(
        std::vector<std::string> paths) = 0;

    /// Size of the file system that holds the path, and what of it an ordinary user may still fill (statvfs).
    virtual boost::asio::awaitable<result<disk_space>> space(std::string path) = 0;

    /// Unlinks the path if it is still `expected`: `changed` otherwise, `not_found` where it is gone already.
    virtual boost::asio::awaitable<result<void>> remove(std::string path, file_identity expected) = 0;

    /// Unlinks a file of our own making; gone already is success.
    virtual boost::asio::awaitable<result<void>> discard(std::string path) = 0;

    /// Writes a file whole or not at all (temporary name outside any final name, fsync, rename, fsync of the
    /// directory), its directories made as needed. Returns its identity.
    virtual boost::asio::awaitable<result<file_identity>> write_whole(std::string path, std::string text) = 0;

    /// Ends digests in progress; they return `stopped`.
    virtual void stop() = 0;
};

}  // namespace suprsync
