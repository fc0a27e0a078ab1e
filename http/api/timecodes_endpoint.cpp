#include "http/api/timecodes_endpoint.hpp"

#include <fmt/format.h>

#include "http/api/json_writer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"
#include "http/api/yield.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::int64_t most_directories = 1000;
constexpr std::int64_t largest_timecode = 99'999;
constexpr std::size_t directories_at_a_time = 20;  // each may show ten files

}  // namespace

asio::awaitable<http_answer> get_timecodes(service& service, http_request request) {
    timecode_query query;
    const auto archive = read_text(request, "archive");
    if (!archive)
        co_return problem(400, {failure_code::invalid, "read", "the query",
                                "the parameter 'archive' is required: /timecodes?archive=NAME"});
    query.archive = *archive;
    const auto after = read_number(request, "after", -1, largest_timecode, -1);
    if (!after) co_return problem(400, after.error());
    query.after = static_cast<int>(*after);
    const auto limit = read_number(request, "limit", 1, most_directories, most_directories);
    if (!limit) co_return problem(400, limit.error());
    // One more than is shown tells whether there are more.
    query.limit = static_cast<std::size_t>(*limit) + 1;
    auto directories = co_await service.timecodes(std::move(query));
    if (!directories) co_return problem(status_of(directories.error().code), directories.error());
    const bool more = directories->size() > static_cast<std::size_t>(*limit);
    if (more) directories->resize(static_cast<std::size_t>(*limit));

    json_writer json;
    json.begin_object().key("timecodes").begin_array();
    std::size_t written = 0;
    for (const auto& directory : *directories) {
        json.value(directory);
        if (++written % directories_at_a_time == 0) co_await yield();
    }
    json.end_array().key("next");
    if (more)
        json.value(fmt::format("/timecodes?archive={}&limit={}&after={}", encoded(*archive), *limit,
                               directories->back().timecode));
    else
        json.null();
    json.end_object();
    http_answer answer;
    answer.body = json.take();
    co_return answer;
}

}  // namespace suprsync
