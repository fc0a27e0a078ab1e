// The history of an archive as people ask for it: rows in steps, and how the free space goes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>

#include "engine/model/failure.hpp"
#include "engine/model/history.hpp"
#include "engine/ports/catalog_history.hpp"
#include "engine/rules/history_steps.hpp"

namespace suprsync {

/// Failures: as choose_history_range() and the catalog.
boost::asio::awaitable<result<archive_history>> ask_history(catalog_history& catalog, history_request request,
                                                            epoch_seconds now,
                                                            std::size_t most = most_history_points);

}  // namespace suprsync
