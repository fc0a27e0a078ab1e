// Watches the catalog for what other programs commit, and wakes the archives.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "engine/run/served_archive.hpp"

namespace suprsync {

class catalog_watch {
  public:
    /// With `once` the end of every transaction is waited for: what was committed before is done when
    /// `on_quiet` comes.
    catalog_watch(environment& environment, served_archives& archives, bool once)
        : environment_(environment), archives_(archives), once_(once), wake_(environment.executor) {}

    /// Runs until stop().
    boost::asio::awaitable<void> run();
    void stop() {
        stopping_ = true;
        check_now();
    }

    /// This daemon has changed something.
    void check_now() { wake_.notify(); }

    /// Called when the catalog that is open is not the one at its path any more; nothing else is asked of it
    /// meanwhile.
    std::function<boost::asio::awaitable<void>(failure)> on_replaced;

    /// Called after every check that found nothing new.
    std::function<void()> on_quiet;

  private:
    boost::asio::awaitable<void> take_changes();
    boost::asio::awaitable<void> wait_for_others();
    double longest_wait() const;  // s
    void take_in(const catalog_changes& changes);
    void take_in(archive_context& archive, const archive_changes& changes);

    environment& environment_;
    served_archives& archives_;
    const bool once_;
    wake wake_;
    bool stopping_ = false;
    bool failing_ = false;  // the catalog gave no answer
};

}  // namespace suprsync
