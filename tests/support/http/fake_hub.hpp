// A hub of OCS in memory: a router that lets everybody in and registers what is asked of it, and that a test
// makes deaf, silent or absent. Its connections end when it says so.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "http/ocs/text_channel.hpp"

namespace suprsync::testing {

class fake_hub {
  public:
    explicit fake_hub(boost::asio::io_context& loop) : loop_(loop) {}

    channel_maker maker();

    bool away = false;          ///< it refuses connections
    bool accepts_only = false;  ///< it says nothing
    bool deaf = false;          ///< it takes no text
    bool ignores_goodbye = false;
    std::set<std::string> taken;  ///< procedures that another one has registered
    std::string refuses_with = "wamp.error.procedure_already_exists";
    std::function<void(const std::string&)> on_text;  ///< instead of keeping it

    std::size_t connections = 0;     ///< so far
    std::vector<std::string> asked;  ///< URLs of them
    bool connected() const { return channel_ != nullptr; }
    std::map<std::string, std::uint64_t> registered;  ///< registrations by procedure, of this connection

    /// What was said since the last time.
    std::vector<std::string> take() { return std::exchange(heard_, {}); }
    /// The same, of those that begin so.
    std::vector<std::string> take(const std::string& beginning);

    void say(const std::string& text);
    /// A text that is longer than may be: this is its beginning.
    void say_beginning(const std::string& text);
    /// Calls a procedure; returns the request's number.
    std::uint64_t call(const std::string& procedure, const std::string& arguments,
                       const std::string& keywords = "{}");
    /// The connection ends.
    void cut();

  private:
    class channel;
    void hear(const std::string& text);

    boost::asio::io_context& loop_;
    channel* channel_ = nullptr;
    std::vector<std::string> heard_;
    std::uint64_t last_id_ = 100;
};

}  // namespace suprsync::testing
