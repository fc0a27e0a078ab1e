// What there is to see of an archive, and what people decide about it: pause, resume, retry (spec, HTTP
// interface).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// Why there is nothing to show of an archive, with those that the daemon serves.
failure not_served(service& service, const std::string& name);

/// `archives`: each as GET /archives/{name} shows it, by name. Answered from memory.
boost::asio::awaitable<http_answer> get_archives(service& service, http_request request);

/// Configuration (no secrets), statistics, activity, conditions; 404 where the daemon does not serve it.
boost::asio::awaitable<http_answer> get_archive(service& service, http_request request);

/// The agent's session data of this archive alone; 404 where the daemon does not serve it.
boost::asio::awaitable<http_answer> get_archive_session(service& service, http_request request);

/// 200 with the archive's name and `paused`; 404 where the daemon does not serve it. A pause may have a
/// `reason`.
boost::asio::awaitable<http_answer> post_pause(service& service, http_request request);
boost::asio::awaitable<http_answer> post_resume(service& service, http_request request);

/// The destination is asked at once. 200 with the archive's name, before the answer is there; 409 where the
/// archive is paused or stopped.
boost::asio::awaitable<http_answer> post_try_now(service& service, http_request request);

/// Attempts back to 0 for every failed or retrying file, or for those below the body's `remote_prefix`. 200
/// with the archive's name and how many are `retried`; 404 where the daemon does not serve it.
boost::asio::awaitable<http_answer> post_archive_retry(service& service, http_request request);

/// The day that somebody removed at the destination goes here, too. 200 with the archive's name, `timecode`,
/// and how many `files` waited for that; 404 where no such day waits.
boost::asio::awaitable<http_answer> post_accept_removal(service& service, http_request request);

}  // namespace suprsync
