// The sender of messages to those who are told: programs by net/process, webhooks by libcurl.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "engine/ports/notice_sender.hpp"
#include "net/process/child_process.hpp"

namespace suprsync {

/// Has a thread of its own for webhooks, from the first one on. `runner` is its own, and stopped with it.
std::unique_ptr<notice_sender> make_notice_sender(boost::asio::any_io_executor executor,
                                                  child_runner& runner);

}  // namespace suprsync
