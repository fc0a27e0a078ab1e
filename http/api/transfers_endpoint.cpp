#include "http/api/transfers_endpoint.hpp"

#include "engine/model/shown_text.hpp"
#include "http/api/archives_endpoint.hpp"
#include "http/api/json_answer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<http_answer> get_transfers(service& service, http_request request) {
    const auto archive = read_text(request, "archive");
    if (archive && !service.archive(*archive)) co_return problem(404, not_served(service, *archive));
    const auto ids = read_text(request, "ids").value_or("false");
    if (ids != "true" && ids != "false")
        co_return problem(failure{failure_code::invalid, "read", "the query",
                                  "'ids': " + expected_not("true or false", ids)});
    auto report = service.transfers(ids == "true");
    if (archive)
        std::erase_if(report.transfers, [&](const transfer& one) { return one.archive != *archive; });
    json_writer json;
    json.begin_object().member("catalog", report.catalog).key("transfers").begin_array();
    for (const auto& one : report.transfers) {
        json.begin_object().members(one);
        if (ids == "true") {
            json.key("ids");
            co_await write_array(json, one.ids);
            json.key("sent_ids");
            co_await write_array(json, one.sent_ids);
        }
        json.end_object();
    }
    json.end_array().end_object();
    co_return http_answer{.body = json.take()};
}

}  // namespace suprsync
