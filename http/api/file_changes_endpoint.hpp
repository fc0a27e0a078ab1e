// PATCH /files/{id} and POST /files/{id}/retry: what a person decides about one file.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// `ignore` (with an optional `ignore_reason`) and `deletable`, at least one of them. 200 with the row as it
/// is afterwards; 400 for a body that says anything else, 404 where there is no such id.
boost::asio::awaitable<http_answer> patch_file(service& service, http_request request);

/// Attempts back to 0, tried again at once. 200 with the row as it is afterwards, also where it was neither
/// failed nor retrying; 404 where there is no such id.
boost::asio::awaitable<http_answer> post_file_retry(service& service, http_request request);

}  // namespace suprsync
