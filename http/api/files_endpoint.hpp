// Files one by one: looking at a row of the catalog (GET /files/{id}), and what a person decides about it
// (PATCH /files/{id}, POST /files/{id}/retry).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// One row; 404 where there is no such id.
boost::asio::awaitable<http_answer> get_file(service& service, http_request request);

/// `ignore` (with an optional `ignore_reason`) and `deletable`, at least one of them. 200 with the row as it
/// is afterwards; 400 for a body that says anything else, 404 where there is no such id.
boost::asio::awaitable<http_answer> patch_file(service& service, http_request request);

/// Attempts back to 0, tried again at once. 200 with the row as it is afterwards, also where it was neither
/// failed nor retrying; 404 where there is no such id.
boost::asio::awaitable<http_answer> post_file_retry(service& service, http_request request);

}  // namespace suprsync
