// GET /files: rows of the catalog, filtered, a page at a time.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// `files` by id, and `next`: where the next page is, or null. Filters: `archive`, `state`, `local_path`,
/// `remote_prefix`; pages: `after` (an id), `limit` (1 to 1000, default 100). 400 for a value that cannot be,
/// 404 for an archive that the daemon does not serve.
boost::asio::awaitable<http_answer> get_files(service& service, http_request request);

}  // namespace suprsync
