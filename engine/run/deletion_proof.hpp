// Gathers, for many files at once, the facts that the delete guard asks for, until it has decided over each;
// what it allows to remove is removed here, so that nothing comes between the proof and the unlink.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "engine/rules/delete_guard.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

/// A file that is due, and what was decided over it.
struct guarded_file {
    deletion_facts facts;
    deletion_decision decision;
    bool done = false;
    bool waiting = false;  ///< for another registration or the catalog: nothing that a person should see
};

class deletion_proof {
  public:
    explicit deletion_proof(archive_context& archive) : archive_(archive) {}

    /// Decides over all files and removes those that may go. Returns the error of the destination where it
    /// could not be asked: then nothing is known of the files that depend on it (`not_now`), and they are not
    /// removed.
    boost::asio::awaitable<std::optional<failure>> decide(std::vector<guarded_file>& files);

  private:
    using files = std::vector<guarded_file*>;

    boost::asio::awaitable<void> check_roots(std::vector<guarded_file>& all);
    boost::asio::awaitable<void> stat_local(files which);
    boost::asio::awaitable<void> hash_local(files which);
    boost::asio::awaitable<void> stat_remote(files which);
    boost::asio::awaitable<void> ask_catalog(files which);
    boost::asio::awaitable<void> remove(files which);

    archive_context& archive_;
    std::optional<failure> error_;
};

}  // namespace suprsync
