// Before a base directory is taken that is another one than recorded: are the copies there? (spec, The base
// directory)
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "engine/run/archive_context.hpp"

namespace suprsync {

/// Asks for some verified copies, evenly among all, by their content where that is few bytes, else by their
/// sizes, and puts on record what is not there as it was (condition copies_lost). The destination is
/// prepared. Why they could not be asked for, where another try is worth it.
boost::asio::awaitable<std::optional<failure>> sample_copies(archive_context& archive);

}  // namespace suprsync
