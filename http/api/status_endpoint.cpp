#include "http/api/status_endpoint.hpp"

#include "http/api/json_writer.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<http_answer> get_status(service& service, http_request) {
    json_writer json;
    json.value(service.status());
    http_answer answer;
    answer.body = json.take();
    co_return answer;
}

asio::awaitable<http_answer> get_healthz(service&, http_request) {
    http_answer answer;
    answer.body = R"({"alive":true})";
    co_return answer;
}

asio::awaitable<http_answer> get_readyz(service& service, http_request) {
    const auto state = service.ready();
    if (!state.ready) co_return problem(503, "not ready: " + state.reason);
    http_answer answer;
    answer.body = R"({"ready":true})";
    co_return answer;
}

}  // namespace suprsync
