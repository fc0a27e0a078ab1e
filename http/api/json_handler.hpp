// What boost::json::basic_parser asks of its handler, with nothing done about it: a handler derives from this
// and hides what it is about. A function that returns false ends the parsing.
#pragma once

#include <boost/json/string_view.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace suprsync {

struct json_handler {
    using error = boost::system::error_code;
    using string_view = boost::json::string_view;
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    bool on_document_begin(error&) { return true; }
    bool on_document_end(error&) { return true; }
    bool on_object_begin(error&) { return true; }
    bool on_object_end(std::size_t, error&) { return true; }
    bool on_array_begin(error&) { return true; }
    bool on_array_end(std::size_t, error&) { return true; }
    bool on_key_part(string_view, std::size_t, error&) { return true; }
    bool on_key(string_view, std::size_t, error&) { return true; }
    bool on_string_part(string_view, std::size_t, error&) { return true; }
    bool on_string(string_view, std::size_t, error&) { return true; }
    bool on_number_part(string_view, error&) { return true; }
    bool on_int64(std::int64_t, string_view, error&) { return true; }
    bool on_uint64(std::uint64_t, string_view, error&) { return true; }
    bool on_double(double, string_view, error&) { return true; }
    bool on_bool(bool, error&) { return true; }
    bool on_null(error&) { return true; }
    bool on_comment_part(string_view, error&) { return true; }
    bool on_comment(string_view, error&) { return true; }
};

}  // namespace suprsync
