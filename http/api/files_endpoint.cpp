#include "http/api/files_endpoint.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "http/api/json_writer.hpp"
#include "http/api/registration_reader.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"
#include "http/api/yield.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Parsed between two turns of the loop: well under a millisecond.
constexpr std::size_t piece_bytes = 65536;

asio::awaitable<bool> read_body(registration_reader& reader, const std::string& body) {
    for (std::size_t at = 0; at < body.size(); at += piece_bytes) {
        if (!reader.feed(std::string_view(body).substr(at, piece_bytes))) co_return false;
        if (body.size() > piece_bytes) co_await yield();
    }
    co_return reader.finish();
}

// Takes "files[3]" off the subject of a failure, and returns the 3.
std::optional<std::size_t> take_index(failure& why) {
    constexpr std::string_view begin = "files[";
    if (!why.subject.starts_with(begin)) return std::nullopt;
    const auto close = why.subject.find(']');
    if (close == std::string::npos) return std::nullopt;
    std::size_t index = 0;
    const auto* digits = why.subject.data();
    if (std::from_chars(digits + begin.size(), digits + close, index).ec != std::errc()) return std::nullopt;
    why.subject.erase(0, close + 1);
    if (why.subject.starts_with(' ')) why.subject.erase(0, 1);
    return index;
}

http_answer refused(failure why, bool is_array) {
    // A file that is not there is a mistake in the request: nothing is missing at this URL.
    if (why.code == failure_code::not_found) why.code = failure_code::invalid;
    const auto status = status_of(why.code);
    auto index = take_index(why);
    if (!is_array) index.reset();
    return problem(status, why, index);
}

}  // namespace

asio::awaitable<http_answer> post_files(service& service, http_request request) {
    registration_reader reader;
    if (!co_await read_body(reader, request.body))
        co_return problem(400, reader.fault().why, reader.fault().index);
    auto body = reader.take();
    const bool is_array = body.is_array;
    auto added = co_await service.register_files(std::move(body.files));
    if (!added) co_return refused(added.error(), is_array);

    json_writer json;
    http_answer answer;
    answer.status = 200;
    if (is_array) json.begin_array();
    for (std::size_t i = 0; i < added->size(); ++i) {
        if (!(*added)[i].existed) answer.status = 201;
        json.value((*added)[i]);
        if ((i + 1) % rows_at_a_time == 0) co_await yield();
    }
    if (is_array)
        json.end_array();
    else
        answer.headers.emplace_back("Location", fmt::format("/files/{}", added->at(0).file.row.id));
    answer.body = json.take();
    co_return answer;
}

asio::awaitable<http_answer> get_file(service& service, http_request request) {
    const auto& text = request.arguments.at(0);
    const auto id = read_file_id(text);
    if (!id) co_return no_such_file(text);
    const auto file = co_await service.file(*id);
    if (!file) co_return problem(status_of(file.error().code), file.error());
    if (!*file) co_return no_such_file(text);
    json_writer json;
    json.value(**file);
    http_answer answer;
    answer.body = json.take();
    co_return answer;
}

}  // namespace suprsync
