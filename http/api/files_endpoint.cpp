#include "http/api/files_endpoint.hpp"

#include <optional>

#include "http/api/json_answer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

failure wrong(const std::string& detail) { return {failure_code::invalid, "read", "the body", detail}; }

result<file_change> read_change(const std::string& body) {
    const auto object = read_object(body, {"ignore", "ignore_reason", "deletable", "while_state"});
    if (!object) return object.error();
    const auto ignore = read_bool(*object, "ignore");
    if (!ignore) return ignore.error();
    const auto reason = read_string(*object, "ignore_reason");
    if (!reason) return reason.error();
    const auto deletable = read_bool(*object, "deletable");
    if (!deletable) return deletable.error();
    if (*reason && *ignore != true) return wrong("'ignore_reason' goes with \"ignore\": true only");
    if (!*ignore && !*deletable) return wrong("it changes nothing: expected ignore or deletable");
    const auto while_state = read_string(*object, "while_state");
    if (!while_state) return while_state.error();
    if (auto why = unknown_state(*while_state); !why.empty()) return wrong("'while_state': " + why);
    return file_change{*ignore, reason->value_or(""), *deletable, *while_state};
}

using found_file = result<std::optional<file_view>>;

/// Answers with the file of which the request's path names the id, as `ask(id)` finds it.
template <class Ask>
asio::awaitable<http_answer> of_file(const http_request& request, Ask ask) {
    const auto& text = request.arguments.at(0);
    const auto id = read_file_id(text);
    if (!id) co_return no_such_file(text);
    const found_file file = co_await ask(*id);
    if (!file) co_return problem(file.error());
    co_return *file ? shown(**file) : no_such_file(text);
}

}  // namespace

asio::awaitable<http_answer> get_file(service& service, http_request request) {
    co_return co_await of_file(request, [&](file_id id) { return service.file(id); });
}

asio::awaitable<http_answer> patch_file(service& service, http_request request) {
    co_return co_await of_file(request, [&](file_id id) -> asio::awaitable<found_file> {
        auto change = read_change(request.body);
        if (!change) co_return change.error();
        co_return co_await service.change_file(id, std::move(*change));
    });
}

asio::awaitable<http_answer> post_file_retry(service& service, http_request request) {
    co_return co_await of_file(request, [&](file_id id) -> asio::awaitable<found_file> {
        if (const auto body = read_object(request.body, {}); !body) co_return body.error();
        retry_request wanted;
        wanted.ids.push_back(id);
        const auto retried = co_await service.retry(std::move(wanted));
        if (!retried) co_return retried.error();
        co_return co_await service.file(id);
    });
}

}  // namespace suprsync
