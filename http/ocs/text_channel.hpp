// A connection that carries whole texts both ways: what the protocol of a hub is spoken over.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "engine/model/failure.hpp"
#include "http/ocs/hub_address.hpp"

namespace suprsync {

struct received_text {
    std::string text;
    bool whole = true;  ///< else only its beginning: it was longer than may be sent to us
};

/// Lives on the loop thread. One reader and one writer at a time, which both end when it is closed.
class text_channel {
  public:
    virtual ~text_channel() = default;

    /// Connects. Failure `connection`, also where close() was called meanwhile.
    virtual boost::asio::awaitable<result<void>> open() = 0;

    /// The next text. Failure `connection`: it ended, or the other side sent what is none.
    virtual boost::asio::awaitable<result<received_text>> read() = 0;
    virtual boost::asio::awaitable<result<void>> write(std::string text) = 0;

    /// At once, without a word: whoever waits for it gets a failure.
    virtual void close() = 0;
};

using channel_maker = std::function<std::unique_ptr<text_channel>(const hub_address&)>;

}  // namespace suprsync
