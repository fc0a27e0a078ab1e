// GET / and GET /page/{file}: the page that shows in a browser what is wrong. Its files hold no data: what it
// shows it asks for as everybody does, with the token where there is one.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// The page itself, which says whether this HTTP server lets it change anything. 304 where the client has it.
boost::asio::awaitable<http_answer> get_page(service& service, http_request request);

/// What it consists of beside that. 304 where the client has it, 404 where there is no such file.
boost::asio::awaitable<http_answer> get_page_file(service& service, http_request request);

}  // namespace suprsync
