// How the HTTP server shows an archive and its timecode directories.
#pragma once

#include "engine/ports/service.hpp"
#include "http/api/json_writer.hpp"

namespace suprsync {

/// Configuration under the option names of spec 2.2, statistics, activity (as in /status), conditions.
void write_archive(json_writer& json, const archive_report& archive);

/// Flags, counts, and the files that keep the directory from being finalized.
void write_timecode(json_writer& json, const timecode_view& directory);

}  // namespace suprsync
