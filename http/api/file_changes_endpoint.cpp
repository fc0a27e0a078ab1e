#include "http/api/file_changes_endpoint.hpp"

#include "http/api/json_writer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

failure wrong(const std::string& detail) { return {failure_code::invalid, "read", "the body", detail}; }

result<file_change> read_change(const std::string& body) {
    const auto object = read_object(body, {"ignore", "ignore_reason", "deletable"});
    if (!object) return object.error();
    const auto ignore = read_bool(*object, "ignore");
    if (!ignore) return ignore.error();
    const auto reason = read_string(*object, "ignore_reason");
    if (!reason) return reason.error();
    const auto deletable = read_bool(*object, "deletable");
    if (!deletable) return deletable.error();
    if (*reason && *ignore != true) return wrong("'ignore_reason' goes with \"ignore\": true only");
    if (!*ignore && !*deletable) return wrong("it changes nothing: expected ignore or deletable");
    return file_change{*ignore, reason->value_or(""), *deletable};
}

http_answer shown(const result<std::optional<file_view>>& file, const std::string& id) {
    if (!file) return problem(status_of(file.error().code), file.error());
    if (!*file) return no_such_file(id);
    json_writer json;
    json.value(**file);
    http_answer answer;
    answer.body = json.take();
    return answer;
}

}  // namespace

asio::awaitable<http_answer> patch_file(service& service, http_request request) {
    const auto& text = request.arguments.at(0);
    const auto id = read_file_id(text);
    if (!id) co_return no_such_file(text);
    auto change = read_change(request.body);
    if (!change) co_return problem(400, change.error());
    co_return shown(co_await service.change_file(*id, std::move(*change)), text);
}

asio::awaitable<http_answer> post_file_retry(service& service, http_request request) {
    const auto& text = request.arguments.at(0);
    const auto id = read_file_id(text);
    if (!id) co_return no_such_file(text);
    if (const auto body = read_object(request.body, {}); !body) co_return problem(400, body.error());
    retry_request wanted;
    wanted.ids.push_back(*id);
    const auto retried = co_await service.retry(std::move(wanted));
    if (!retried) co_return problem(status_of(retried.error().code), retried.error());
    co_return shown(co_await service.file(*id), text);
}

}  // namespace suprsync
