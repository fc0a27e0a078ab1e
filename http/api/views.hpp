// How the HTTP server shows what the engine knows: the session data key for key (spec 7.3), and a row of the
// catalog.
#pragma once

#include "engine/ports/catalog.hpp"
#include "engine/report/status_snapshot.hpp"
#include "http/api/json_writer.hpp"

namespace suprsync {

/// The whole answer of GET /status. `archives` is an object by archive name, as `archive_stats` is.
void write_status(json_writer& json, const status_snapshot& data);

/// As in `conditions` and in `archives` of GET /status.
void write_condition(json_writer& json, const condition& held);
void write_activity(json_writer& json, const archive_activity& archive);

/// One row: the columns of supersync_v0 under their names, and what is known beside them.
void write_file(json_writer& json, const file_view& file);

}  // namespace suprsync
