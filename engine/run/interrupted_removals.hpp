// Removals that a kill or a power loss cut short: each file gets its name back before anything else is
// decided over it, and is proved anew like any other.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>
#include <string>

#include "engine/run/archive_context.hpp"

namespace suprsync {

class interrupted_removals {
  public:
    explicit interrupted_removals(archive_context& archive) : archive_(archive) {}

    /// Undoes what can be; the rest (a disk that is not mounted, a newer file that has the name) is tried
    /// again each minute. Not to be called more often costs nothing.
    boost::asio::awaitable<void> undo();

    /// The catalog has told which there are.
    bool known() const { return known_; }
    bool any_left() const { return !known_ || !left_.empty(); }
    bool concern(file_id id) const { return left_.contains(id); }
    /// Why the first of those that are left could not be undone; empty where none is.
    const std::string& problem() const { return problem_; }

  private:
    archive_context& archive_;
    bool known_ = false;
    std::set<file_id> left_;
    std::string problem_;
    epoch_seconds tried_at_ = 0;
};

}  // namespace suprsync
