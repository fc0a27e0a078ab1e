// Deletes local files of one archive after a fresh proof (spec 6): gathers the facts that the delete guard
// asks for, a chunk of files at a time, and records what became of each.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <unordered_map>
#include <vector>

#include "engine/rules/delete_guard.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

class deleter {
  public:
    explicit deleter(archive_context& archive) : archive_(archive) {}

    /// Runs until archive.stopping. Returns at once where delete_local_after is not set.
    boost::asio::awaitable<void> run();

    /// The last look found nothing that is due and can be deleted now.
    bool idle() const {
        return (idle_ && looked_at_ == archive_.changes) || !archive_.config.delete_local_after;
    }

  private:
    struct guarded {
        deletion_facts facts;
        deletion_decision decision;
        bool done = false;
        bool waiting = false;  // for another registration or the catalog: nothing that a person should see
    };

    boost::asio::awaitable<double> delete_due();
    void note_error();
    boost::asio::awaitable<void> answer(std::vector<guarded>& files);
    boost::asio::awaitable<void> stat_local(std::vector<guarded*> which);
    boost::asio::awaitable<void> hash_local(std::vector<guarded*> which);
    boost::asio::awaitable<void> stat_remote(std::vector<guarded*> which);
    boost::asio::awaitable<void> ask_catalog(std::vector<guarded*> which);
    boost::asio::awaitable<void> remove(std::vector<guarded*> which);
    boost::asio::awaitable<void> check_roots(std::vector<guarded>& files);
    void report(const std::vector<deletion_record>& records);
    void report_problems(const std::vector<deletion_record>& records);
    std::optional<deletion_record> record_of(const guarded& g) const;

    archive_context& archive_;
    bool idle_ = false;
    std::uint64_t looked_at_ = 0;   // archive_.changes at the last look
    std::optional<failure> error_;  // of the destination, met by this look
    bool cannot_ask_ = false;       // error_ was not of the connection
    epoch_seconds rests_until_ = 0;
    std::map<file_id, epoch_seconds> problems_;  // could not be deleted: when they were looked at
    std::vector<std::string> real_roots_;
    std::unordered_map<std::string, bool> directory_within_;  // of the current chunk
};

}  // namespace suprsync
