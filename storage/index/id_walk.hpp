// Walks the rows of archives and states in the order of their ids, by the index that has them so; past blocks
// of ids in which nothing is asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/index/archive_table.hpp"
#include "storage/index/id_blocks.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// A state as stored: within one, rows lie in the order of their ids.
struct stored_state {
    row_state state = row_state::pending;
    suprsync::lane lane = lane::untried;
};

/// The stored states of a word of file_query::state; empty where there is no such word.
std::vector<stored_state> stored_states(const std::string& word);

class id_walk {
  public:
    /// Ids after `after`. No archive: all of them; no state: all of them.
    id_walk(sqlite_connection& connection, const archive_table& archives, block_filter filter,
            const std::optional<std::string>& archive, const std::optional<std::string>& state,
            file_id after);
    /// The same of one archive's rows in several states.
    id_walk(sqlite_connection& connection, const archive_table& archives, block_filter filter,
            const std::string& archive, const std::vector<stored_state>& states, file_id after);

    struct place {
        file_id id = 0;
        bool passed = false;  ///< no row: nothing was found up to this id, after some time
    };
    std::optional<place> next();

  private:
    // One run of ids: those of an archive and stored state, or (archive 0) all.
    struct run_of_ids {
        std::int64_t archive = 0;
        stored_state state;
        file_id after = 0;
        std::vector<place> read;
        std::size_t at = 0;
        bool exhausted = false;
    };
    void add(std::int64_t archive, const stored_state& state, file_id after);
    const place* front(run_of_ids& run);
    void read_on(run_of_ids& run);
    std::optional<file_id> id_after(const run_of_ids& run);
    int read(run_of_ids& run, file_id to);

    sqlite_connection& connection_;
    const archive_table& archives_;
    const block_filter filter_;
    std::vector<run_of_ids> runs_;
};

}  // namespace suprsync
