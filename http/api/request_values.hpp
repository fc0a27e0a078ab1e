// Reads what stands in a request's path, query and small JSON bodies, and says clearly what is wrong with it.
#pragma once

#include <boost/json/object.hpp>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>

#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// A file's id in a path; none where it is no positive number.
std::optional<file_id> read_file_id(const std::string& text);

/// 404 for an id that is none, or that no row has.
http_answer no_such_file(const std::string& id);

/// A whole number in the query, `otherwise` where it is not given. Failure `invalid`.
result<std::int64_t> read_number(const http_request& request, const std::string& parameter,
                                 std::int64_t least, std::int64_t most, std::int64_t otherwise);

/// A text in the query; none where it is not given.
std::optional<std::string> read_text(const http_request& request, const std::string& parameter);

/// The archive that the query names. Failure `invalid` where it names none, with the request to type (`path`:
/// "/history").
result<std::string> read_archive(const http_request& request, const std::string& path);

/// What is wrong with this name of a state of files, with those that there are; empty where nothing is.
std::string unknown_state(const std::optional<std::string>& state);

/// The JSON object in the body, which may have these keys and no other; an empty body is an empty object.
/// Failure `invalid`.
result<boost::json::object> read_object(const std::string& body,
                                        std::initializer_list<std::string_view> keys);

/// A member of the object; none where it is not there. Failure `invalid` where it is of another type.
result<std::optional<bool>> read_bool(const boost::json::object& object, std::string_view key);
result<std::optional<std::string>> read_string(const boost::json::object& object, std::string_view key);

/// Percent-encoded as a value in a query.
std::string encoded(std::string_view text);

}  // namespace suprsync
