// Brings the side tables up to date with the shared ones: the triggers only record which rows changed, this
// says what that means. One object lives as long as one write transaction; what it counts is written by
// finish().
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "storage/index/archive_table.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/deletable_counts.hpp"
#include "storage/index/id_blocks.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Bytes of rows, known to us before the side tables have them.
using known_sizes = std::unordered_map<file_id, std::int64_t>;

/// Rows taken in between two looks at how much of the time for a step is left.
inline constexpr int rows_between_clock_checks = 50;

/// What one transaction adds to where rows lie among the ids (storage/index/id_blocks.hpp).
class block_updates {
  public:
    /// A row that is new, or whose timestamp is later than before.
    void add(const side_row& row);
    void write(sqlite_connection& connection);

  private:
    using place =
        std::tuple<std::int64_t, int, std::int64_t, std::int64_t>;  // archive, level, block, timecode
    std::map<place, epoch_seconds> newest_;
};

class change_index {
  public:
    explicit change_index(sqlite_connection& connection);

    archive_table& archives() { return archives_; }

    /// Takes in rows that the triggers recorded, at most `limit` and for about `budget`. False where some
    /// remain.
    bool drain(std::size_t limit, std::chrono::steady_clock::duration budget = std::chrono::seconds(3600));

    /// Takes in one row, recorded or not.
    void absorb(file_id id, const std::optional<file_row>& row);

    /// Takes in a row of the first index, when its turn has come: the archive's counters count it from now
    /// on.
    void index(const file_row& row);

    /// What the following apply to: our own changes of these rows.
    void keeps_finalized(file_id id) { keeps_finalized_.insert(id); }
    void has_size(file_id id, std::uint64_t bytes) { sizes_[id] = static_cast<std::int64_t>(bytes); }
    known_sizes take_sizes() { return std::move(sizes_); }
    void set_sizes(known_sizes sizes) { sizes_ = std::move(sizes); }
    void touch(file_id id) { touched_.push_back(id); }
    /// Takes in our own new row, as it was inserted; drain() has said before that nothing else waits.
    void inserted(const file_row& row);
    /// Takes in our own change of a row and of its attempt state, which are as given now: they are not read
    /// again.
    void changed(const file_row& row, const attempt_state& state);

    /// Takes in our own changes and writes the counters: the last thing before the commit.
    void finish();
    /// Writes the counters only; own changes stay recorded for a later transaction.
    void finish_later() { write_counters(); }
    /// Writes what was counted so far, so that it can be read.
    void write_counters();

  private:
    // What an archive learns beside its counters.
    struct archive_news {
        std::int64_t registered = 0;
        file_id last_added = 0, last_copied = 0;
    };
    enum class turn { any, of_first_index };

    void take_in(file_id id, const file_row* row, const attempt_state* known, turn its_turn = turn::any);
    attempt_state state_before(file_id id, bool has_side_row, turn now);
    void enter(const side_row& row, epoch_seconds finalized_until, bool settled_before, turn its_turn);
    void count(const side_row& row, int sign, turn its_turn);
    void count_once(const side_row& row, int sign);
    bool in_first_index(file_id id) const { return id > indexed_to_ && id <= index_end_; }

    sqlite_connection& connection_;
    archive_table archives_;
    file_id indexed_to_ = 0, index_end_ = 0;
    archive_counters counters_;
    deletable_counters deletable_;
    timecode_table timecodes_;
    block_updates blocks_;
    std::map<std::int64_t, archive_news> news_;  // by archive
    std::unordered_set<file_id> keeps_finalized_;
    known_sizes sizes_;
    std::vector<file_id> touched_;
    std::unordered_set<file_id> taken_in_;     // own changes; the triggers recorded them, too
    std::optional<file_id> highest_side_row_;  // read when it is needed first
};

/// Whether the triggers recorded anything.
bool has_changes(sqlite_connection& connection);

/// Takes in everything that is recorded, in short transactions of its own; `sizes` are those of some rows.
void drain_all(sqlite_connection& connection, known_sizes sizes = {});

/// When our own changes are taken in.
enum class taking_in {
    at_once,  ///< by the same transaction
    later,    ///< by drain_all(), which the caller sees to
};

/// Runs `decide(index)`, which returns a result, in one write transaction on up-to-date side tables. A
/// failure rolls it back.
template <class Decide>
auto decide_up_to_date(sqlite_connection& connection, Decide decide, taking_in own = taking_in::at_once) {
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
        if (own == taking_in::at_once)
            index.finish();
        else
            index.finish_later();
        transaction.commit();
        return outcome;
    }
}

}  // namespace suprsync
