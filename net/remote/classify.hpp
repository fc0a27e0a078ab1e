// What the end of a child process means: of the connection or of a file, transient or not (spec, Copying).
// One pure function over what ran, how it ended and what it said; everything that decides afterwards hangs on
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/transport.hpp"
#include "net/process/child_process.hpp"

namespace suprsync {

enum class program_kind {
    rsync,           ///< exit statuses of rsync(1), or of the remote shell's command behind it
    remote_command,  ///< one of our scripts, through ssh or through sh here
    connection,      ///< the ssh that holds the connection: every end is a loss of the connection
};

/// Exit statuses of our scripts and of the receiver's wrapper.
namespace script_status {
constexpr int slot_busy = 86;
constexpr int base_changed = 87;
constexpr int base_missing = 88;
constexpr int no_staging = 89;
constexpr int sync_failed = 90;
}  // namespace script_status

struct ended_process {
    program_kind kind = program_kind::rsync;
    exit_status status;
    ended_by cause = ended_by::itself;
    std::string_view error;  ///< what it wrote to standard error
};

/// How the process ended, for the engine: `finished` where the connection lasted and each file may be judged
/// by its own answer. `operation` and `subject` go into the failure.
process_end classify(const ended_process& ended, std::string operation, std::string subject);

/// The line of a standard error that tells people most, with what to do where that is known; empty if none.
/// One with advice comes before one without, and a complaint of ssh before a site's banner.
std::string telling_line(std::string_view error);

/// Whether a message says that the destination's disk or quota is full (ENOSPC, EDQUOT).
bool says_no_space(std::string_view message);

/// Whether what the destination said of every single file of a batch speaks of its file system (ESTALE,
/// EROFS, ENOTCONN; EIO where it is about several files): no file is to lose an attempt for that. The
/// sender's own complaints, and files without one, speak against it. The reason, for people; none where it is
/// not so.
std::optional<std::string> file_system_error(const std::vector<std::optional<std::string>>& complaints);

}  // namespace suprsync
