#include "http/api/status_endpoint.hpp"

#include "http/api/json_answer.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<http_answer> get_status(service& service, http_request) { co_return shown(service.status()); }

asio::awaitable<http_answer> get_healthz(service&, http_request) {
    co_return http_answer{.body = R"({"alive":true})"};
}

asio::awaitable<http_answer> get_readyz(service& service, http_request) {
    const auto state = service.ready();
    if (!state.ready) co_return problem(503, "not ready: " + state.reason);
    co_return http_answer{.body = R"({"ready":true})"};
}

}  // namespace suprsync
