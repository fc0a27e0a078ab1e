#include "http/api/openapi_endpoint.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<http_answer> get_openapi(service&, http_request) {
    http_answer answer;
    answer.body = openapi_document();
    co_return answer;
}

}  // namespace suprsync
