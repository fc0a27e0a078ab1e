// What is known of a file beyond its shared row: the last error, when to try again, the identity of the local
// file that was verified. Kept only for rows that need it.
#pragma once

#include <optional>
#include <string>

#include "engine/model/file.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

struct attempt_state {
    std::optional<std::string> last_error;
    epoch_seconds last_error_at = 0;
    std::optional<epoch_seconds> not_before;  ///< of the next attempt, copying or deleting
    int attempts_then = 0;                    ///< failed_copy_attempts when `not_before` was set
    std::optional<std::string> ignore_reason;
    bool compare = false;
    bool sent_before = false;
    int vanished = 0;
    std::optional<file_identity> identity;
    std::int64_t identity_md5 =
        0;  ///< text_key of the MD5 sum that was verified with it; 0: it was too fresh

    bool operator==(const attempt_state&) const = default;

    /// A person who gives attempts back wants the file tried at once.
    std::optional<epoch_seconds> not_before_of(const file_row& row) const {
        return row.failed_copy_attempts == attempts_then ? not_before : std::nullopt;
    }
    /// Only while the row still has the sum that was verified.
    std::optional<file_identity> identity_of(const file_row& row) const;
    std::optional<std::uint64_t> device() const {
        return identity ? std::optional(identity->device) : std::nullopt;
    }
};

/// Empty where nothing is known. The file's row in suprsync_notes.
attempt_state find_attempt_state(sqlite_connection& connection, file_id id);
/// An empty state is removed, and with it where the file lay.
void write_attempt_state(sqlite_connection& connection, file_id id, const attempt_state& state);

}  // namespace suprsync
