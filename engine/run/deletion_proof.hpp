// Gathers, for many files at once, the facts that the delete guard asks for, until it has decided over each;
// what it allows to remove is removed here, while the answers that it rests on are fresh.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <list>
#include <optional>
#include <vector>

#include "engine/rules/delete_guard.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

/// A file that is due, and what was decided over it.
struct guarded_file {
    guarded_file(archive_context& archive, deletable_item due)
        : changes(archive.environment.removals, due.row.local_path) {
        facts.item = std::move(due);
    }

    /// Nothing is done with it now: it waits for another registration or the catalog.
    void put_off(std::string why) { leave(waiting, std::move(why)); }
    /// What was found due is not so any more: what it is now is loaded later.
    void reload_later(std::string why) { leave(row_changed, std::move(why)); }

    deletion_facts facts;
    deletion_decision decision;
    bool done = false;
    bool waiting = false;      ///< for another registration or the catalog: nothing that a person should see
    bool row_changed = false;  ///< since it was found due

    removal_gate::watched changes;  ///< accepted since it is judged
    unsigned changes_asked = 0;     ///< of these, the ones that the catalog was asked after
    std::chrono::steady_clock::time_point catalog_asked;  ///< when its last answer was asked for
    std::chrono::steady_clock::time_point remote_asked;   ///< when the destination's came

  private:
    void leave(bool& because, std::string why) {
        done = because = true;
        decision = {deletion_step::not_now, std::move(why)};
    }
};

class deletion_proof {
  public:
    explicit deletion_proof(archive_context& archive);

    /// Decides over all files and removes those that may go. Returns the error of the destination where it
    /// could not be asked: then nothing is known of the files that depend on it (`not_now`), and they are not
    /// removed.
    boost::asio::awaitable<std::optional<failure>> decide(std::list<guarded_file>& files);

  private:
    using files = std::vector<guarded_file*>;

    void forget_what_is_old(guarded_file& g) const;
    bool asked_lately(const guarded_file& g) const;
    boost::asio::awaitable<void> check_roots(std::list<guarded_file>& all);
    boost::asio::awaitable<void> stat_local(files which);
    boost::asio::awaitable<void> hash_local(files which);
    boost::asio::awaitable<void> stat_remote(files which);
    boost::asio::awaitable<void> ask_days(files which);
    boost::asio::awaitable<void> ask_catalog(files which);
    boost::asio::awaitable<void> begin_removals(files which);
    boost::asio::awaitable<void> remove(files which);

    archive_context& archive_;
    std::optional<failure> error_;
    std::size_t asked_at_once_;  ///< files that the catalog is asked of at a time
};

}  // namespace suprsync
