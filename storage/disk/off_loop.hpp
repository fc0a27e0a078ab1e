// Runs a blocking function on a thread pool and brings its result back to the coroutine that waits for it.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <type_traits>

namespace suprsync {

/// What `f()` returns, computed on a thread of `pool`; what it throws is thrown here. Is not cancelled: a
/// coroutine that is cancelled meanwhile gets the result all the same. `pool` must outlive the call.
template <class F>
boost::asio::awaitable<std::invoke_result_t<F&>> off_loop(boost::asio::thread_pool& pool, F f) {
    namespace net = boost::asio;
    using value = std::optional<std::invoke_result_t<F&>>;
    auto initiation = [&pool](auto handler, F work) {
        auto busy = net::make_work_guard(handler);
        net::post(pool, [h = std::move(handler), work = std::move(work), busy = std::move(busy)]() mutable {
            value outcome;
            std::exception_ptr error;
            try {
                outcome.emplace(work());
            } catch (...) {
                error = std::current_exception();
            }
            const auto loop = busy.get_executor();
            net::post(loop, [h = std::move(h), outcome = std::move(outcome), error]() mutable {
                std::move(h)(error, std::move(outcome));
            });
        });
    };
    auto outcome =
        co_await net::async_initiate<const net::use_awaitable_t<>, void(std::exception_ptr, value)>(
            initiation, net::use_awaitable, std::move(f));
    co_return std::move(*outcome);
}

}  // namespace suprsync
