// Brings the side tables up to date with the shared ones: the triggers only note which rows changed, this
// says what that means. One object lives as long as one write transaction; what it counts is written by
// finish().
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "storage/index/archive_table.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/id_blocks.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// As stored in suprsync_notices.kind.
enum class notice { late = 1, back_dated = 2 };

/// Bytes of rows, known to us before the side tables have them.
using known_sizes = std::unordered_map<file_id, std::int64_t>;

class change_index {
  public:
    explicit change_index(sqlite_connection& connection);

    archive_table& archives() { return archives_; }

    /// Takes in rows that the triggers noted, at most `limit` and for about `budget`. False where some
    /// remain.
    bool drain(std::size_t limit, std::chrono::steady_clock::duration budget = std::chrono::seconds(3600));

    /// Takes in one row, noted or not.
    void absorb(file_id id, const std::optional<file_row>& row);

    /// Takes in a row of the first index, when its turn has come: it is counted among the bytes from now on.
    void index(const file_row& row);

    /// What the following apply to: our own changes of these rows.
    void keeps_finalized(file_id id) { keeps_finalized_.insert(id); }
    void has_size(file_id id, std::uint64_t bytes) { sizes_[id] = static_cast<std::int64_t>(bytes); }
    known_sizes take_sizes() { return std::move(sizes_); }
    void set_sizes(known_sizes sizes) { sizes_ = std::move(sizes); }
    void touch(file_id id) { touched_.push_back(id); }
    /// Takes in our own new row, as it was inserted; drain() has said before that nothing else waits.
    void inserted(const file_row& row);
    /// Takes in our own change of a row and of its notes, which are as given now: they are not read again.
    void changed(const file_row& row, const file_notes& notes);

    /// Takes in our own changes and writes the counters: the last thing before the commit.
    void finish();
    /// Writes the counters only; own changes stay noted for a later transaction.
    void finish_later() { write_counters(); }
    /// Writes what was counted so far, so that it can be read.
    void write_counters();

  private:
    struct archive_delta {
        std::int64_t files = 0, unsettled = 0, failed = 0, ignored = 0, verified = 0, removed = 0;
        std::int64_t bytes = 0, bytes_failed = 0, bytes_ignored = 0, bytes_verified = 0, bytes_removed = 0;
        std::int64_t registered = 0;
        file_id last_added = 0, last_copied = 0;
    };
    struct directory {
        bool finalized = false;
        std::int64_t files = 0, unsettled = 0, failed = 0;
    };
    using directory_key = std::pair<std::int64_t, int>;

    void take_in(file_id id, const file_row* row, const file_notes* known_notes, bool in_turn = false);
    void enter(const side_row& row, epoch_seconds finalized_until, bool settled_before);
    void contribute(const side_row& row, int sign);
    void count_bytes(const side_row& row, int sign);
    void judge_lateness(const std::optional<side_row>& old, const side_row& now, bool settled_before);
    directory& directory_of(std::int64_t archive, int timecode);
    void unfinalize(std::int64_t archive, int timecode);
    void give_notice(std::int64_t archive, file_id id, notice kind);
    bool in_first_index(file_id id) const { return id > indexed_to_ && id <= index_end_; }
    void take_timecode_changes();
    void mirror_timecode(std::int64_t archive, const std::string& name, int timecode);

    sqlite_connection& connection_;
    archive_table archives_;
    file_id indexed_to_ = 0, index_end_ = 0;
    std::map<std::int64_t, archive_delta> archive_deltas_;
    std::map<directory_key, directory> directories_;
    block_notes blocks_;
    std::unordered_set<file_id> keeps_finalized_;
    known_sizes sizes_;
    std::vector<file_id> touched_;
    std::unordered_set<file_id> taken_in_;     // own changes; the triggers noted them, too
    std::optional<file_id> highest_side_row_;  // read when it is needed first
};

/// Whether the triggers noted anything.
bool has_changes(sqlite_connection& connection);

/// Takes in everything that is noted, in short transactions of its own; `sizes` are those of some rows.
void drain_all(sqlite_connection& connection, known_sizes sizes = {});

/// Runs `decide(index)`, which returns a result, in one write transaction on up-to-date side tables. A
/// failure rolls it back.
template <class Decide>
auto decide_up_to_date(sqlite_connection& connection, Decide decide) {
    constexpr std::size_t remainder = 500;
    while (true) {
        drain_all(connection);
        write_transaction transaction(connection);
        change_index index(connection);
        if (!index.drain(remainder)) {
            index.finish_later();
            transaction.commit();
            continue;
        }
        auto outcome = decide(index);
        if (!outcome) return outcome;
        index.finish();
        transaction.commit();
        return outcome;
    }
}

}  // namespace suprsync
