#include "http/api/history_endpoint.hpp"

#include "http/api/json_answer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::int64_t latest_time = 253402300799;  // s, the year 9999
constexpr std::int64_t longest_step = std::int64_t{366} * 86400;
constexpr std::int64_t not_given = -1;

}  // namespace

asio::awaitable<http_answer> get_history(service& service, http_request request) {
    history_request wanted;
    const auto archive = read_archive(request, "/history");
    if (!archive) co_return problem(archive.error());
    wanted.archive = *archive;
    const auto from = read_number(request, "from", 0, latest_time, not_given);
    if (!from) co_return problem(from.error());
    const auto to = read_number(request, "to", 0, latest_time, not_given);
    if (!to) co_return problem(to.error());
    const auto step = read_number(request, "step", 1, longest_step, not_given);
    if (!step) co_return problem(step.error());
    const auto given = [](std::int64_t value) {
        return value == not_given ? std::nullopt : std::optional(static_cast<double>(value));
    };
    wanted.from = given(*from);
    wanted.to = given(*to);
    wanted.step = given(*step);
    const auto history = co_await service.history(std::move(wanted));
    if (!history) co_return problem(history.error());
    json_writer json;
    begin_history(json, *history);
    co_await write_array(json, history->points);
    end_history(json, *history);
    co_return http_answer{.body = json.take()};
}

}  // namespace suprsync
