// Deletes local files of one archive after a fresh proof (spec, Deleting): takes the files that are due a
// chunk at a time, and records what became of each.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <vector>

#include "engine/run/archive_context.hpp"
#include "engine/run/deletion_proof.hpp"
#include "engine/run/interrupted_removals.hpp"

namespace suprsync {

class deleter {
  public:
    explicit deleter(archive_context& archive) : archive_(archive) {}

    /// Runs until archive.stopping. Where delete_local_after is not set, it only undoes removals that were
    /// cut short, and returns.
    boost::asio::awaitable<void> run();

    /// The last check found nothing that is due and can be deleted now.
    bool idle() const {
        return (idle_ && changes_checked_ == archive_.changes &&
                held_ == archive_.environment.clock_watch.holds()) ||
               !archive_.config.delete_local_after;
    }

  private:
    boost::asio::awaitable<double> delete_due();
    boost::asio::awaitable<void> reload_decided_days(std::list<guarded_file>& files);
    boost::asio::awaitable<void> record_removed_days(const std::list<guarded_file>& files);
    void report_error();
    void report(const std::vector<deletion_record>& records);
    void report_problems(const std::vector<deletion_record>& records);
    void tell_problems(const std::string& first);
    std::optional<deletion_record> record_of(const guarded_file& g) const;

    archive_context& archive_;
    interrupted_removals interrupted_{archive_};
    bool idle_ = false;
    bool held_ = false;                  // by the clock, at the last check
    std::uint64_t changes_checked_ = 0;  // archive_.changes at the last check
    std::optional<failure> error_;       // of the destination, met by this check
    bool cannot_ask_ = false;            // error_ was not of the connection
    epoch_seconds rests_until_ = 0;
    std::map<file_id, epoch_seconds> problems_;  // could not be deleted: when they were checked
};

}  // namespace suprsync
