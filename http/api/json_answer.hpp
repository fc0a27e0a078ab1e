// Answers in JSON. Long ones are written in pieces: everything else that waits for the loop gets its turn in
// between.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/api/json_writer.hpp"
#include "http/api/message.hpp"
#include "http/api/yield.hpp"

namespace suprsync {

/// Rows written between two turns of the loop: well under a millisecond.
inline constexpr std::size_t rows_at_a_time = 200;

/// 200 with this value, in whatever form json_writer::value gives it.
template <class T>
http_answer shown(const T& value) {
    json_writer json;
    json.value(value);
    return http_answer{.body = json.take()};
}

/// The array of these items; both must outlive the waiting.
template <class T>
boost::asio::awaitable<void> write_array(json_writer& json, const std::vector<T>& items,
                                         std::size_t at_a_time = rows_at_a_time) {
    json.begin_array();
    std::size_t written = 0;
    for (const auto& item : items) {
        json.value(item);
        if (++written % at_a_time == 0) co_await yield();
    }
    json.end_array();
}

/// 200 with a page: the items under `name`, and under `next` the way to the next page, or null.
template <class T>
boost::asio::awaitable<http_answer> shown_page(std::string name, std::vector<T> items,
                                               std::optional<std::string> next,
                                               std::size_t at_a_time = rows_at_a_time) {
    json_writer json;
    json.begin_object().key(name);
    co_await write_array(json, items, at_a_time);
    json.member("next", next).end_object();
    co_return http_answer{.body = json.take()};
}

}  // namespace suprsync
