// Long work in pieces: everything else that waits for the loop gets its turn in between.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>

namespace suprsync {

/// Rows written between two turns of the loop: well under a millisecond.
inline constexpr std::size_t rows_at_a_time = 200;

boost::asio::awaitable<void> yield();

}  // namespace suprsync
