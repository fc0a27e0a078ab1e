// Answers one question: may anything have been committed to the database since the last check? It asks
// three sources, the cheapest first: inotify reports writes to the write-ahead log; a stat of the log shows
// whether its size or time changed (microseconds); PRAGMA data_version tells commits of other connections
// from our own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// What was committed when a check began. What is committed from then on is for the next check.
struct commit_check {
    /// Every commit of anybody writes the log: between two equal stamps nothing was committed.
    struct log_stamp {
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t written_ns = 0;
        bool operator==(const log_stamp&) const = default;
    };
    std::int64_t version = 0;        ///< PRAGMA data_version: commits of other connections change it
    bool by_others = false;          ///< since the last complete check; false in the first one
    bool by_anybody = true;          ///< false: nothing has happened since the last complete check
    std::optional<log_stamp> stamp;  ///< none where the next commit may leave the same one
    std::chrono::steady_clock::time_point begun;
};

class change_notice {
  public:
    change_notice(const boost::asio::any_io_executor& loop, const std::filesystem::path& database);

    // On the loop's thread.

    /// Returns when it is time to check again. True as soon as the log has been written since the last call,
    /// ten times a second at most. False otherwise: every 0.1 s in the second after a write, since a commit
    /// can be seen a little later than its first page is written, and where the log cannot be watched (there
    /// is none yet, or the kernel's limit is reached); every 0.8 s else; at the latest after `at_most`; at
    /// once after stop(). One waiter at a time.
    boost::asio::awaitable<bool> wait(std::chrono::milliseconds at_most);
    void stop();
    /// False where nothing can have been committed since the check that trust() was given; costs
    /// microseconds.
    bool may_have_changed() const;
    /// What was committed before this check has been taken in, all of it.
    void trust(const commit_check& check);

    // On the thread that has the connection.

    /// Begins a check.
    commit_check check(sqlite_connection& connection) const;
    /// The check is complete: what was committed before it, and by this connection until now, has been taken
    /// in.
    void complete(sqlite_connection& connection, const commit_check& check);
    /// Something else is looked for from now on: the next check begins as if there had been a commit.
    void forget() { own_seen_ = -1; }
    /// Another database is open from now on.
    void begin_anew() { version_seen_ = own_seen_ = -1; }

  private:
    bool watch();

    const std::filesystem::path log_;

    // Of the loop.
    boost::asio::posix::stream_descriptor events_;
    boost::asio::steady_timer timer_;
    bool stopped_ = false;
    std::chrono::steady_clock::time_point written_at_;  // when wait() was told of a write
    std::optional<commit_check::log_stamp> trusted_;
    std::chrono::steady_clock::time_point trusted_at_;

    // Of the thread that has the connection.
    std::int64_t version_seen_ = -1;
    std::int64_t own_seen_ = -1;  // rows changed by this connection
};

}  // namespace suprsync
