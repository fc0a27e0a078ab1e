// Files one by one: registering them (POST /files), looking at a row of the catalog (GET /files/{id}), and
// what a person decides about it (PATCH /files/{id}, POST /files/{id}/retry).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// Registers one file (object) or many (array), all or none. 201 with the row or rows, in the same shape; 200
/// where all of them existed. 400 for anything wrong in the body or with a file (one that does not exist on
/// this machine included), 403 outside local_roots, 409 for a remote path that another file holds, 503 while
/// the catalog cannot take it. The problem of an array names the element in `index`.
boost::asio::awaitable<http_answer> post_files(service& service, http_request request);

/// One row; 404 where there is no such id.
boost::asio::awaitable<http_answer> get_file(service& service, http_request request);

/// `ignore` (with an optional `ignore_reason`) and `deletable`, at least one of them. 200 with the row as it
/// is afterwards; 400 for a body that says anything else, 404 where there is no such id.
boost::asio::awaitable<http_answer> patch_file(service& service, http_request request);

/// Attempts back to 0, tried again at once. 200 with the row as it is afterwards, also where it was neither
/// failed nor retrying; 404 where there is no such id.
boost::asio::awaitable<http_answer> post_file_retry(service& service, http_request request);

}  // namespace suprsync
