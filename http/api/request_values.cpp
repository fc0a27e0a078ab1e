#include "http/api/request_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <limits>
#include <set>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "http/api/json_handler.hpp"

namespace json = boost::json;

namespace suprsync {

namespace {

// Enough for any change of one thing, and parsed in well under a millisecond.
constexpr std::size_t most_body_bytes = 65536;

constexpr std::string_view file_states[] = {"pending",  "retrying", "failed",    "ignored",
                                            "verified", "deleted",  "unsettled", "deletable"};

failure wrong(std::string what, std::string detail) {
    return {failure_code::invalid, "read", std::move(what), std::move(detail)};
}

std::string shown(const json::value& value) { return abridged(json::serialize(value)); }

failure wrong_type(std::string_view key, std::string_view expected, const json::value& got) {
    return wrong("the body", fmt::format("'{}': expected {}, got {}", key, expected, shown(got)));
}

// The keys of the outermost object, which json::parse takes the last of.
struct key_watch : json_handler {
    int depth = 0;
    std::string key;
    std::set<std::string> met;
    std::optional<std::string> twice;

    bool on_object_begin(error&) { return ++depth > 0; }
    bool on_object_end(std::size_t, error&) { return depth-- > 0; }
    bool on_array_begin(error&) { return ++depth > 0; }
    bool on_array_end(std::size_t, error&) { return depth-- > 0; }
    bool on_key_part(string_view part, std::size_t, error&) {
        key.append(part.data(), part.size());
        return true;
    }
    bool on_key(string_view rest, std::size_t, error&) {
        key.append(rest.data(), rest.size());
        if (depth == 1 && !met.insert(key).second) twice = key;
        key.clear();
        return true;
    }
};

// Of a body that is valid JSON.
std::optional<std::string> key_given_twice(const std::string& body) {
    json::basic_parser<key_watch> parser{json::parse_options{}};
    boost::system::error_code error;
    parser.write_some(false, body.data(), body.size(), error);
    return parser.handler().twice;
}

}  // namespace

std::optional<file_id> read_file_id(const std::string& text) { return read_number<file_id>(text, 1); }

http_answer no_such_file(const std::string& id) {
    return problem(404,
                   {failure_code::not_found, "find", "file '" + abridged(id) + "'",
                    read_file_id(id) ? "the catalog has no row with this id" : "an id is a positive number"});
}

result<std::int64_t> read_number(const http_request& request, const std::string& parameter,
                                 std::int64_t least, std::int64_t most, std::int64_t otherwise) {
    const auto found = request.query.find(parameter);
    if (found == request.query.end()) return otherwise;
    if (const auto number = read_number<std::int64_t>(found->second, least, most)) return *number;
    const bool bounded = most < std::numeric_limits<std::int64_t>::max();
    const auto range =
        bounded ? fmt::format("from {} to {}", least, most) : fmt::format("not below {}", least);
    return wrong("the query",
                 fmt::format("'{}': {}", parameter, expected_not("a whole number " + range, found->second)));
}

std::optional<std::string> read_text(const http_request& request, const std::string& parameter) {
    const auto found = request.query.find(parameter);
    if (found == request.query.end()) return std::nullopt;
    return found->second;
}

result<std::string> read_archive(const http_request& request, const std::string& path) {
    if (auto archive = read_text(request, "archive")) return std::move(*archive);
    return failure{failure_code::invalid, "read", "the query",
                   fmt::format("the parameter 'archive' is required: {}?archive=NAME", path)};
}

std::string unknown_state(const std::optional<std::string>& state) {
    if (!state || std::find(std::begin(file_states), std::end(file_states), *state) != std::end(file_states))
        return "";
    return fmt::format("unknown state '{}': expected one of {}", abridged(*state),
                       fmt::join(file_states, ", "));
}

result<json::object> read_object(const std::string& body, std::initializer_list<std::string_view> keys) {
    if (body.empty()) return json::object{};
    if (body.size() > most_body_bytes)
        return wrong("the body", fmt::format("it is over {} bytes", most_body_bytes));
    boost::system::error_code error;
    auto value = json::parse(body, error);
    const auto twice = error ? std::nullopt : key_given_twice(body);
    if (twice) return wrong("the body", fmt::format("the key {} is given twice", shown(json::value(*twice))));
    if (error) return wrong("the body", fmt::format("it is not valid JSON in UTF-8 ({})", error.message()));
    if (!value.is_object()) return wrong("the body", "expected an object, got " + shown(value));
    for (const auto& member : value.as_object()) {
        const std::string_view key(member.key().data(), member.key().size());
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
        return wrong("the body",
                     fmt::format("unknown key {}; {}", shown(json::value(member.key())),
                                 keys.size() == 0 ? "expected none"
                                                  : fmt::format("expected {}", fmt::join(keys, ", "))));
    }
    return std::move(value.as_object());
}

result<std::optional<bool>> read_bool(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains({key.data(), key.size()});
    if (!value) return std::optional<bool>{};
    if (!value->is_bool()) return wrong_type(key, "true or false", *value);
    return std::optional<bool>{value->get_bool()};
}

result<std::optional<std::string>> read_string(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains({key.data(), key.size()});
    if (!value) return std::optional<std::string>{};
    if (!value->is_string()) return wrong_type(key, "a string", *value);
    const auto& text = value->get_string();
    if (text.find('\0') != json::string::npos)
        return wrong("the body", fmt::format("'{}' holds a NUL character", key));
    return std::optional<std::string>{std::string(text.data(), text.size())};
}

std::string encoded(std::string_view text) {
    return boost::urls::encode(boost::core::string_view(text.data(), text.size()),
                               boost::urls::unreserved_chars);
}

}  // namespace suprsync
