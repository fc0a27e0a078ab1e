// What a client may take of the daemon: sizes, times and numbers, all of them parameters (spec, Limits of
// requests).
#pragma once

#include <chrono>
#include <cstddef>

namespace suprsync {

struct http_limits {
    std::size_t connections = 256;
    std::size_t event_streams = 64;  ///< of these
    std::size_t pages_at_once = 2;   ///< being made
    std::size_t pages_waiting = 128;
    std::size_t header_bytes = std::size_t{16} * 1024;
    std::size_t body_bytes = std::size_t{8} * 1024 * 1024;
    std::size_t all_bodies_bytes = std::size_t{64} * 1024 * 1024;  ///< of all requests together
    std::chrono::milliseconds header_time{10'000};     ///< from a request's first byte to its last header
    std::chrono::milliseconds body_time{30'000};       ///< for the whole body
    std::chrono::milliseconds idle_time{60'000};       ///< between two requests
    std::chrono::milliseconds answer_time{60'000};     ///< for the client to take the whole answer
    std::chrono::milliseconds event_time{10'000};      ///< for a reader of events to take a piece of them
    std::chrono::milliseconds keepalive_time{15'000};  ///< of silence on a stream of events before a comment
    std::chrono::milliseconds linger_time{2'000};      ///< for a refused client to stop sending
};

}  // namespace suprsync
