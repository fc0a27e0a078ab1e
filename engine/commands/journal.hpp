// systemd's journal as the place of the log: records with fields, `journalctl -u suprsync ARCHIVE=smurf`.
#pragma once

#include <string>

#include "engine/report/log.hpp"

namespace suprsync::journal {

/// Whether standard error leads to the journal (JOURNAL_STREAM, systemd.exec(5)).
bool is_standard_error();

/// Whether it takes records here; a service in a file system tree of its own may not reach it.
bool takes_records();

/// One record, with ARCHIVE, FILE_ID and FILE_PATH as `about` has them, and its kind as CONDITION, or as
/// EVENT where it says what became of a file. `priority` is that of syslog(3). False where the journal does
/// not take it (its size): to be written as a line, then.
bool send(int priority, const std::string& message, const log::about& about);

}  // namespace suprsync::journal
