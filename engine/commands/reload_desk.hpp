// Where the daemon tells `suprsync reload` how a reload went: a Unix socket in its runtime directory for its
// own account alone, which is there whatever is said of HTTP (spec, Reload).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <list>
#include <memory>
#include <string>

#include "engine/commands/reload_answer.hpp"
#include "engine/loop/task_group.hpp"
#include "http/server/listener.hpp"

namespace suprsync {

/// Lives on the loop thread. To be joined before it is destroyed.
class reload_desk {
  public:
    explicit reload_desk(boost::asio::any_io_executor loop);
    ~reload_desk();
    reload_desk(const reload_desk&) = delete;
    reload_desk& operator=(const reload_desk&) = delete;

    /// Answers as a daemon that reads `file` (an absolute path, or '' for none). Makes the socket, and makes
    /// it anew where somebody removed it: to be called again and again. Failures: those of listener::open and
    /// own_place().
    result<void> listen(const std::string& file);

    /// A reload begins: whoever has asked by now is told of it, whoever asks later of the next one.
    void begin();
    void answer(const reload_answer& told);

    /// Nobody is answered any more.
    void stop();
    boost::asio::awaitable<void> join();

  private:
    struct visit;
    boost::asio::awaitable<void> let_in(std::shared_ptr<listener> at);
    boost::asio::awaitable<void> attend(std::shared_ptr<visit> one);

    boost::asio::any_io_executor loop_;
    std::string file_;
    std::shared_ptr<listener> listener_;
    std::list<std::shared_ptr<visit>> visits_;
    task_group tasks_;
    bool stopped_ = false;
};

}  // namespace suprsync
