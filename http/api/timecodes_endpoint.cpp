#include "http/api/timecodes_endpoint.hpp"

#include <fmt/format.h>

#include "http/api/json_answer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::int64_t most_directories = 1000;
constexpr std::int64_t largest_timecode = 99'999;
constexpr std::size_t directories_at_a_time = 20;  // each may show ten files

}  // namespace

asio::awaitable<http_answer> get_timecodes(service& service, http_request request) {
    timecode_query query;
    const auto archive = read_archive(request, "/timecodes");
    if (!archive) co_return problem(archive.error());
    query.archive = *archive;
    const auto after = read_number(request, "after", -1, largest_timecode, -1);
    if (!after) co_return problem(after.error());
    query.after = static_cast<int>(*after);
    const auto limit = read_number(request, "limit", 1, most_directories, most_directories);
    if (!limit) co_return problem(limit.error());
    // One more than is shown tells whether there are more.
    query.limit = static_cast<std::size_t>(*limit) + 1;
    auto directories = co_await service.timecodes(std::move(query));
    if (!directories) co_return problem(directories.error());
    std::optional<std::string> next;
    if (directories->size() > static_cast<std::size_t>(*limit)) {
        directories->resize(static_cast<std::size_t>(*limit));
        next = fmt::format("/timecodes?archive={}&limit={}&after={}", encoded(*archive), *limit,
                           directories->back().timecode);
    }
    co_return co_await shown_page("timecodes", std::move(*directories), std::move(next),
                                  directories_at_a_time);
}

}  // namespace suprsync
