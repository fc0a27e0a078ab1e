// How a message gets to those who are told (spec, Being told): given to a program, or posted to an address.
// Implemented by net/notify.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "engine/model/failure.hpp"
#include "engine/model/notify_settings.hpp"

namespace suprsync {

/// Why a message did not get there. Its texts hold no secret.
struct delivery_failure {
    failure why;
    bool for_good = false;                ///< whoever refused it would refuse it again
    std::optional<double> retry_after{};  ///< s, as whoever refused it says
};

class notice_sender {
  public:
    virtual ~notice_sender() = default;

    /// Gives the text to the entry's program, or posts it to its address; ends within the entry's timeout.
    /// None where the program has ended well, or the answer was one of success.
    virtual boost::asio::awaitable<std::optional<delivery_failure>> deliver(notify_configuration to,
                                                                            std::string content_type,
                                                                            std::string text) = 0;

    /// Ends what is under way; that, and what comes later, fails with `stopped`.
    virtual void stop() = 0;
};

}  // namespace suprsync
