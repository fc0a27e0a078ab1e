// What is answered to requests that are refused for their form, or because there is no room for them; and how
// much room there is for their bodies (spec, Limits of requests).
#pragma once

#include <boost/beast/http/message.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

#include "http/api/message.hpp"
#include "http/server/limits.hpp"

namespace suprsync {

/// Beast's views as those of the standard library.
inline std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// To a request that could not be read; none where the client is gone or too slow.
std::optional<http_answer> explained(const boost::system::error_code& error, const http_limits& limits);

/// Refuses what another program on the way could read differently: where the body ends, or for whom the
/// request is, must be said once and plainly (request smuggling).
std::optional<http_answer> refuse_framing(const boost::beast::http::request_header<>& header);

/// 503, and the connection ends.
http_answer too_many_pages(const http_limits& limits);
http_answer too_many_streams(const http_limits& limits);
http_answer too_many_bodies(const http_limits& limits);

/// The memory that the bodies of all requests may take together. On the loop's thread.
class body_budget {
  public:
    explicit body_budget(std::size_t most) : most_(most) {}

    /// What one request takes; given back at the end of its scope.
    class share {
      public:
        explicit share(body_budget& of) : of_(of) {}
        share(const share&) = delete;
        share& operator=(const share&) = delete;
        ~share() { give_back(); }

        /// Its body holds so many bytes now. False where that is too much for all together; nothing is taken
        /// then.
        bool grow_to(std::size_t bytes);
        void give_back();

      private:
        body_budget& of_;
        std::size_t taken_ = 0;
    };

  private:
    const std::size_t most_;
    std::size_t taken_ = 0;
    std::size_t highest_ = 0;  // since all was given back
};

}  // namespace suprsync
