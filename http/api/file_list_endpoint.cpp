#include "http/api/file_list_endpoint.hpp"

#include <fmt/format.h>

#include "engine/rules/registration_rules.hpp"
#include "http/api/json_answer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::int64_t default_limit = 100;
constexpr std::int64_t most_rows = 1000;
result<file_query> read_query(const http_request& request) {
    file_query query;
    query.archive = read_text(request, "archive");
    query.state = read_text(request, "state");
    query.local_path = read_text(request, "local_path");
    query.remote_prefix = read_text(request, "remote_prefix");
    if (auto why = unknown_state(query.state); !why.empty())
        return failure{failure_code::invalid, "read", "the query", std::move(why)};
    const auto after = read_number(request, "after", 0, std::numeric_limits<std::int64_t>::max(), 0);
    if (!after) return after.error();
    query.after = *after;
    const auto limit = read_number(request, "limit", 1, most_rows, default_limit);
    if (!limit) return limit.error();
    query.limit = static_cast<std::size_t>(*limit);
    return query;
}

// The same question, after the last row of this page.
std::string next_page(const http_request& request, file_id last) {
    std::string link = "/files?";
    for (const auto& [name, value] : request.query)
        if (name != "after") link += fmt::format("{}={}&", name, encoded(value));
    return link + fmt::format("after={}", last);
}

}  // namespace

asio::awaitable<http_answer> get_files(service& service, http_request request) {
    auto query = read_query(request);
    if (!query) co_return problem(query.error());
    const auto asked_path = query->local_path;
    // As POST /files stores it; other programs may have spelled it otherwise.
    if (asked_path) query->local_path = plain_local_path(*asked_path);
    auto page = co_await service.list_files(*query);
    if (page && page->files.empty() && query->local_path != asked_path) {
        query->local_path = asked_path;
        page = co_await service.list_files(std::move(*query));
    }
    if (!page) co_return problem(page.error());

    std::optional<std::string> next;
    if (page->more && !page->files.empty()) next = next_page(request, page->files.back().row.id);
    co_return co_await shown_page("files", std::move(page->files), std::move(next));
}

}  // namespace suprsync
