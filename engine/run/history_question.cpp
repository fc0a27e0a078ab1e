#include "engine/run/history_question.hpp"

#include <utility>

#include "engine/rules/space_forecast.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<result<archive_history>> ask_history(catalog_history& catalog, history_request request,
                                                     epoch_seconds now, std::size_t most) {
    const auto range = choose_history_range(request, now, most);
    if (!range) co_return range.error();
    auto points = co_await catalog.history({request.archive, *range, now});
    if (!points) co_return points.error();
    const history_range lately{step_of(now - forecast_from, history_minute), now + history_minute,
                               history_minute};
    const auto recent = co_await catalog.history({request.archive, lately, now});
    if (!recent) co_return recent.error();
    co_return archive_history{std::move(request.archive), *range, std::move(*points),
                              forecast_space(*recent, &history_point::free_here, now),
                              forecast_space(*recent, &history_point::free_there, now)};
}

}  // namespace suprsync
