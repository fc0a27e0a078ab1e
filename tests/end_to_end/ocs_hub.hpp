// A hub of OCS as a process of its own, and what it heard.
#pragma once

#include <boost/json/array.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/daemon.hpp"

namespace suprsync::test {

/// A WAMP router on Autobahn: `ws://127.0.0.1:PORT/ws`, realm test_realm.
class ocs_hub {
  public:
    explicit ocs_hub(std::filesystem::path log) : log_(std::move(log)) {}

    /// Again on the same port.
    void start();
    void stop() { router_.reset(); }

    std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/ws"; }
    void await(const std::string& line) { router_->await_line(line); }
    /// Of what it said since it was started first.
    std::size_t lines_with(const std::string& text) const;

    /// Publications of this topic, byte for byte.
    std::vector<std::string> published(const std::string& topic) const;
    /// Waits for so many of them.
    std::vector<std::string> await_published(const std::string& topic, std::size_t many = 1) const;

    /// Calls a procedure as a client of the site does; what it answered, or its error in an array.
    boost::json::array call(const std::string& procedure, const std::string& arguments,
                            const std::string& keywords = "{}") const;
    /// The state of an agent's operation; 0 where there is no such agent.
    std::int64_t op_code(const std::string& address) const;

  private:
    std::filesystem::path log_;
    int port_ = 0;
    std::unique_ptr<daemon_process> router_;
};

}  // namespace suprsync::test
