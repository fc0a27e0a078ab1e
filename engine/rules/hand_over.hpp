// What `suprsync doctor --from-agent` says before a catalog of the Python agent is taken over: what stays as
// it is, what differs, which rows a person should look at, and the way back. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/rows.hpp"
#include "engine/model/settings.hpp"
#include "engine/rules/diagnosis.hpp"

namespace suprsync {

/// Rows of one kind: how many there are, and the first of them.
struct row_sample {
    std::int64_t count = 0;
    std::vector<file_id> first;  ///< at most 3

    void add(file_id id);
};

/// A row as the agent stored it.
struct agent_row {
    file_row row;             ///< as suprsync reads it
    std::string stored_path;  ///< the remote path as it is stored
    bool null_ignore = false;
    bool null_attempts = false;
    bool null_deletable = false;
};

/// The rows of one archive, sorted.
struct agent_rows {
    std::int64_t rows = 0;
    std::int64_t verified = 0;
    std::int64_t waiting = 0;  ///< to be copied
    row_sample failed;         ///< no attempts left
    row_sample conflicting;    ///< another local file owns the destination path
    row_sample refused;        ///< no destination path: "..", absolute, too long
    row_sample normalised;     ///< with "//" or "./" in their destination path
    row_sample unsummed;       ///< waiting without a sum of the local file
    row_sample null_flags;     ///< NULL where the agent asks for false or a number: it never copied them
    row_sample kept;           ///< NULL in `deletable`
    row_sample undated;        ///< waiting or not: nobody knows how old they are

    /// Sorts one row in, as one of an archive of `most_attempts`; `claimants`: the rows of its destination
    /// path.
    void add(const agent_row& one, int most_attempts, const std::vector<claimant>& claimants);
};

/// An entry of the site file that is a SupRsync agent, and who starts it.
struct agent_entry {
    std::string instance_id;
    std::string place;    ///< "default.yaml:31"
    std::string manage;   ///< as it stands there; empty: it does not
    std::string manager;  ///< instance id of the host's HostManager; empty: the host has none
};

/// What is known of a catalog that the agent made.
struct agent_catalog {
    std::string path;
    bool write_ahead = false;                    ///< in WAL mode already
    std::map<std::string, agent_rows> archives;  ///< by name, those of nobody included
    std::vector<std::string> open_in;  ///< other programs that have it open now: "python3 (process 17)"
    std::string not_read;              ///< why its rows are not known
};

std::vector<finding> judge_hand_over(const daemon_configuration& configuration, const agent_catalog& catalog,
                                     const std::vector<agent_entry>& entries);

}  // namespace suprsync
