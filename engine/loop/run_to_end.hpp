// One operation of a room, for who has nothing else to do meanwhile: a command, a test.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>

namespace suprsync {

/// What the operation returns; turns the loop until then. Throws what it throws.
template <class T>
T run_to_end(boost::asio::io_context& loop, boost::asio::awaitable<T> operation) {
    std::optional<T> outcome;
    boost::asio::co_spawn(loop, std::move(operation), [&](const std::exception_ptr& bug, T value) {
        if (bug) std::rethrow_exception(bug);
        outcome.emplace(std::move(value));
    });
    // A thread that lets go of the loop late, after the result before, may have stopped it.
    while (!outcome) {
        loop.restart();
        loop.run_one();
    }
    return std::move(*outcome);
}

}  // namespace suprsync
