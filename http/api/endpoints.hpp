// The table of what can be asked: method, path, who answers. A new route is one line here.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

struct endpoint {
    std::string_view method;  ///< HEAD is answered wherever GET is
    std::string_view path;    ///< a component {...} stands for any one
    boost::asio::awaitable<http_answer> (*answer)(service&, http_request);
    std::string_view parameters = {};  ///< of the query, separated by spaces; any other is refused
    bool needs_token = true;
    bool is_page = false;  ///< keeps the catalog and the loop busy for long: made in turns
};

/// All there are.
std::span<const endpoint> endpoints();

struct route {
    const endpoint* found = nullptr;
    std::vector<std::string> arguments;        ///< decoded components that stood for {...}
    std::map<std::string, std::string> query;  ///< decoded
    std::string query_problem;                 ///< what is wrong with it; empty: nothing
    std::string allow;       ///< the methods that the path has, "GET, HEAD"; empty: there is no such path
    std::string authority;   ///< of an absolute target ("http://host/status"), else empty
    bool malformed = false;  ///< the target is no URL
};

/// Finds what answers a request line's method and target.
route find_route(std::string_view method, std::string_view target);

}  // namespace suprsync
