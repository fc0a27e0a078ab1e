// Whether an account does what we want of it: tried at the first contact, by the doctor and by the daemon,
// before any other program runs there. What stands in the way (no shell, a forced command, other programs of
// the same names) is told at once, with what the other side said.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "engine/model/failure.hpp"
#include "net/remote/destination_shell.hpp"

namespace suprsync {

struct account_trial {
    std::optional<failure> refused;  ///< why nothing can be done there
    bool too_slow = false;           ///< it is that it took too long: one that is slow needs more time
    std::string no_locks;            ///< why nothing can be locked there, so that there is no staging
};

/// `host` is whose account it is, for people; `limit` is how long all of it may take, from the moment that
/// ssh has authenticated. Refusals: those of the connection; timed_out, where it took longer; stopped;
/// missing_program, where programs are missing or do not do what is needed; not_permitted, where the account
/// runs no commands, or says more than they do.
boost::asio::awaitable<account_trial> try_account(destination_shell& shell, std::string host,
                                                  std::chrono::nanoseconds limit);

/// What the answer to the trial means.
account_trial judge_account(const script_answer& answer, const std::string& host,
                            std::chrono::nanoseconds limit);

}  // namespace suprsync
