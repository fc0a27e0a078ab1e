// Looks once a minute how much room there is where one archive's files lie, here and at its destination, for
// its history. Nothing waits for it, and what it cannot find out is not known.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>

#include "engine/run/archive_context.hpp"

namespace suprsync {

class space_watch {
  public:
    explicit space_watch(archive_context& archive) : archive_(archive), wake_(archive.environment.executor) {}

    /// Runs until stop(); archive.space_here and archive.space_there tell what it found.
    boost::asio::awaitable<void> run();
    void stop() { wake_.notify(); }

  private:
    boost::asio::awaitable<void> look_here();
    boost::asio::awaitable<void> look_there();
    bool is_due() const;

    archive_context& archive_;
    wake wake_;
    std::optional<std::chrono::steady_clock::time_point> asked_;  // there
    std::uint64_t sent_then_ = 0;
};

}  // namespace suprsync
