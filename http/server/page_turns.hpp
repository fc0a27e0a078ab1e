// Turns for pages: the answers that cost the catalog and the loop most are made a few at a time, some wait,
// and who comes when many wait is told so (spec, Limits of requests).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <utility>

namespace suprsync {

/// On the loop's thread.
class page_turns {
  public:
    page_turns(const boost::asio::any_io_executor& executor, std::size_t at_once, std::size_t waiting)
        : executor_(executor), at_once_(at_once), most_waiting_(waiting) {}

    /// Ends with its scope; must not outlive the turns.
    class turn {
      public:
        turn() = default;  ///< none
        explicit turn(page_turns* of) : of_(of) {}
        turn(turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
        turn& operator=(turn&& other) noexcept {
            std::swap(of_, other.of_);
            return *this;
        }
        ~turn() {
            if (of_) of_->end_one();
        }
        /// False: too many wait already.
        explicit operator bool() const { return of_ != nullptr; }

      private:
        page_turns* of_ = nullptr;
    };

    /// Returns when it is the caller's turn, first come first served; at once where too many wait.
    boost::asio::awaitable<turn> take();

  private:
    void end_one();

    boost::asio::any_io_executor executor_;
    std::size_t at_once_, most_waiting_, at_work_ = 0;
    std::deque<boost::asio::steady_timer*> waiting_;  // never expire: cancelled when it is their turn
};

}  // namespace suprsync
