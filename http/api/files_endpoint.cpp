#include "http/api/files_endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/model/text.hpp"
#include "http/api/json_answer.hpp"
#include "http/api/registration_endpoint.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Parsed between two turns of the loop: well under a millisecond.
constexpr std::size_t body_piece_bytes = 65536;

asio::awaitable<bool> read_body(registration_reader& reader, const std::string& body) {
    for (std::size_t at = 0; at < body.size(); at += body_piece_bytes) {
        if (!reader.feed(std::string_view(body).substr(at, body_piece_bytes))) co_return false;
        if (body.size() > body_piece_bytes) co_await yield();
    }
    co_return reader.finish();
}

// Takes "files[3]" off the subject of a failure, and returns the 3.
std::optional<std::size_t> take_index(failure& why) {
    constexpr std::string_view begin = "files[";
    if (!why.subject.starts_with(begin)) return std::nullopt;
    const auto close = why.subject.find(']');
    if (close == std::string::npos) return std::nullopt;
    const auto digits = std::string_view(why.subject).substr(begin.size(), close - begin.size());
    const auto index = read_number<std::size_t>(digits);
    if (!index) return std::nullopt;
    why.subject.erase(0, close + 1);
    if (why.subject.starts_with(' ')) why.subject.erase(0, 1);
    return index;
}

http_answer not_registered(failure why, bool is_array) {
    // A file that is not there is a mistake in the request: nothing is missing at this URL.
    if (why.code == failure_code::not_found) why.code = failure_code::invalid;
    const auto index = take_index(why);
    return problem(status_of(why.code), why, is_array ? index : std::nullopt);
}

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

asio::awaitable<http_answer> post_files(service& service, http_request request) {
    registration_reader reader;
    if (!co_await read_body(reader, request.body))
        co_return problem(400, reader.fault().why, reader.fault().index);
    auto body = reader.take();
    const bool is_array = body.is_array;
    const auto added = co_await service.register_files(std::move(body.files));
    if (!added) co_return not_registered(added.error(), is_array);

    json_writer json;
    if (is_array)
        co_await write_array(json, *added);
    else
        json.value(added->at(0));
    auto answer = json_answer(json.take());
    const bool all_existed =
        std::all_of(added->begin(), added->end(), [](const added_file& one) { return one.existed; });
    answer.status = all_existed ? 200 : 201;
    if (!is_array)
        answer.headers.emplace_back("Location", fmt::format("/files/{}", added->at(0).file.row.id));
    co_return answer;
}

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
