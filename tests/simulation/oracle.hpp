// What must hold, judged apart from the engine: by the files here, those on the disk there, and the rows as
// SQL tells them. No rule of the engine's is asked, and none of its functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/report/conditions.hpp"
#include "engine/report/event_feed.hpp"
#include "tests/simulation/far_host.hpp"
#include "tests/simulation/local_files.hpp"
#include "tests/support/foreign_writer.hpp"

namespace suprsync::simulation {

struct tally {
    std::uint64_t registered = 0, verified = 0, deleted = 0, announced = 0, replaced = 0, failed = 0,
                  checks = 0;
};

class oracle {
  public:
    /// `catalog`: another program's connection to it.
    oracle(const machine_time& time, const local_files& here, const far_host& there,
           std::function<test::foreign_writer&()> catalog)
        : time_(time), here_(here), there_(there), catalog_(std::move(catalog)) {}

    std::vector<std::string> violations;
    tally seen;
    double delete_after = 3600;  ///< s, the least of all configurations of the day
    std::size_t most_attempts = 5;
    bool calm = false;             ///< nothing goes wrong this day: writers write, and that is all
    bool clock_right = false;      ///< nobody sets this machine's
    bool rechecks_content = true;  ///< before a local file is deleted

    // What writers do.
    void wrote(const std::string& local_path, const std::string& content);
    void registers(const std::string& local_path, const std::string& remote_path);
    /// Somebody takes a local file away, or registers it with the sum of another content than it has.
    void not_as_registered(const std::string& local_path) { gone_.insert(local_files::plain(local_path)); }
    /// A row of this file was changed, made or deleted by somebody just now.
    void touched(const std::string& local_path) { touched_[local_files::plain(local_path)] = time_.elapsed; }
    /// A row of this file was deleted: an earlier version that had yielded to it stays as it is.
    void unregistered(const std::string& local_path) { unregistered_.insert(local_files::plain(local_path)); }

    /// Garbage, as it was read back.
    void wrote_garbage(const test::catalog_row& row);
    /// Somebody called a file of this path verified, and may have failed to.
    void may_be_claimed(const std::string& remote_path);
    /// Whether it was written so, whatever became of it.
    bool is_garbage(const test::catalog_row& row) const {
        return garbage_.contains({row.id, local_files::plain(row.local_path)});
    }

    /// Somebody says of a day that was removed there that it may go here, too.
    void accepted(int timecode) { accepted_.insert(timecode); }
    /// Somebody says of a clock that is wrong that it is right: days and ages go by it.
    void wrong_clock_accepted() { clock_accepted_ = true, clock_right = false; }
    /// A clock was set: where none is right any more, nobody can know what is promised meanwhile to be wrong.
    void clock_was_set() {
        if (is_no_clock_right()) wrong_clock_accepted();
    }
    /// A backup is the catalog now.
    void catalog_restored() { revisions_.clear(), promised_.clear(), restored_ = time_.elapsed; }

    // What the daemon does.
    void on_removal(const std::string& path, const local_file& file);
    void on_published(const std::string& path, const far_file& file);
    void on_replaced(file_id by, const std::string& remote_path, const far_file& yielded);
    void on_announced(bool anew);
    /// Readers ask, now; a daemon that is killed may have promised, and not told.
    double on_asked_to_tell(const std::string& archive);
    /// Readers, who asked then, were told that everything up to `until` is there.
    void on_told(const std::string& archive, double until, double asked);
    void on_life(const event_feed& feed);
    void on_event(const event& e);
    /// A daemon ended, and said that every file of the archives that it served (smurf is always) is settled.
    void on_said_to_be_settled();

    /// Contents that were deleted here on the word of a copy: are they there still?
    void check_handed_over();
    /// Faults have stopped for long enough. `raised`: the conditions that hold.
    void check_settled(const std::vector<condition>& raised);

    void violated(const std::string& what);

    /// SQL: the column's value reads as this text, be it stored as text or as bytes.
    static std::string is_text(const std::string& column, const std::string& text);

  private:
    struct announcement;
    bool touched_lately(const std::string& local_path) const;
    bool is_excused(const std::string& remote_path) const;
    /// Neither this machine's clock nor that of the destination: nobody can tell the time.
    bool is_no_clock_right() const {
        return !time_.synchronized && time_.set_wrong_by != 0 && there_.clock_wrong_by != 0;
    }
    bool is_wanted(const std::string& remote_path) const;
    bool is_there_to_be_copied(const test::catalog_row& row) const;
    bool is_known_content(const std::string& remote_path, const std::string& content) const;
    void check_announcement(const test::catalog_row& row, const std::string& text, bool anew);
    void check_counts(const announcement& said);
    void check_promise(const std::string& archive, double until, const std::string& by);
    /// Their local paths as the files are found.
    std::vector<test::catalog_row> rows_where(const std::string& condition = "1") const;

    const machine_time& time_;
    const local_files& here_;
    const far_host& there_;
    std::function<test::foreign_writer&()> catalog_;

    std::map<std::string, std::set<std::string>> contents_;          // by local path: all that it ever held
    std::map<std::string, std::set<std::string>> registered_;        // by remote path: local paths
    std::map<std::string, std::chrono::nanoseconds> registered_at_;  // by local path, the last time
    std::map<std::string, std::chrono::nanoseconds> touched_;
    std::set<std::string> unregistered_;
    std::set<std::string> gone_;  // local paths at which once nothing was, or not what was registered
    std::optional<std::chrono::nanoseconds> restored_;
    std::set<std::pair<file_id, std::string>> garbage_;  // by id, and local path, since ids are used again
    std::set<std::string> claimed_;                      // remote paths that somebody called verified
    std::map<std::string, std::string> announced_;       // by remote path: text
    std::map<std::pair<std::string, int>, int> revisions_;
    std::map<std::string, double> promised_;  // by archive
    std::map<std::string, std::set<double>> unanswered_;
    struct handed_over {
        std::string content, remote_path, local_path;
        std::chrono::nanoseconds at{};
    };
    std::vector<handed_over> handed_over_;
    std::set<int> accepted_;
    bool clock_accepted_ = false;
    std::set<file_id> once_verified_;
    // Of the daemon that lives now.
    std::set<file_id> verified_;
    using condition_key = std::pair<std::string, std::string>;  // kind, archive
    std::set<condition_key> conditions_;
    std::map<condition_key, std::chrono::nanoseconds> over_;  // those that held once, since when they do not
    std::uint64_t last_event_ = 0;
};

/// A remote path without empty and "." components.
std::string plain(const std::string& remote_path);
/// Whether it allows its local file to be deleted.
bool lets_go(const test::catalog_row& row);
/// The timecode whose directory it lies in: five digits.
std::optional<int> day_of(const std::string& plain_path);

}  // namespace suprsync::simulation
