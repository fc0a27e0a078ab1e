#include "http/api/registration_endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cmath>
#include <concepts>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"
#include "http/api/json_answer.hpp"
#include "http/api/json_handler.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;
namespace json = boost::json;

namespace suprsync {

/// The keys of a registration.
BOOST_DESCRIBE_STRUCT(registration_request, (),
                      (local_path, remote_path, archive_name, local_md5sum, timestamp, deletable))

namespace {

constexpr const char* expected_keys =
    "expected local_path, remote_path and archive_name, optionally local_md5sum, timestamp and deletable";

// What the parser finds, checked against what a registration may hold. Every handler returns false to end
// the parsing; fault_ then says why.
struct registration_handler : json_handler {
    registration_body body_;
    body_fault fault_;

    bool on_array_begin(error& e) {
        if (in_file_) return wrong_type(e, "an array");
        if (in_array_) return refuse(e, "expected an object, got an array");
        in_array_ = body_.is_array = true;
        return true;
    }

    bool on_array_end(std::size_t, error& e) {
        in_array_ = false;
        if (body_.files.empty()) return refuse(e, "the array is empty: give at least one file");
        return true;
    }

    bool on_object_begin(error& e) {
        if (in_file_) return wrong_type(e, "an object");
        in_file_ = true;
        seen_.clear();
        body_.files.emplace_back();
        return true;
    }

    bool on_object_end(std::size_t, error& e) {
        for (const char* needed : {"local_path", "remote_path", "archive_name"})
            if (!seen(needed)) return refuse(e, fmt::format("the key '{}' is missing", needed));
        in_file_ = false;
        return true;
    }

    bool on_key_part(string_view part, std::size_t, error&) { return gather(part); }
    bool on_key(string_view rest, std::size_t, error& e) {
        gather(rest);
        key_ = std::exchange(text_, {});
        if (!member<std::string>() && !member<bool>() && !member<std::optional<double>>())
            return refuse(e, fmt::format("unknown key '{}'; {}", abridged(key_), expected_keys));
        if (seen(key_)) return refuse(e, fmt::format("the key '{}' is given twice", key_));
        seen_.push_back(key_);
        return true;
    }

    bool on_string_part(string_view part, std::size_t, error&) { return gather(part); }
    bool on_string(string_view rest, std::size_t, error& e) {
        gather(rest);
        auto value = std::exchange(text_, {});
        auto* text = in_file_ ? member<std::string>() : nullptr;
        if (!text) return wrong_type(e, fmt::format("the string '{}'", abridged(value)));
        if (value.find('\0') != std::string::npos)
            return refuse(e, fmt::format("'{}' holds a NUL character", key_));
        if (key_ == "local_md5sum") {
            if (!is_md5(lower(value)))
                return refuse(
                    e,
                    fmt::format(
                        "'local_md5sum' is '{}': expected 32 hexadecimal digits; leave the key out where the sum is not known",
                        abridged(value)));
            value = lower(value);
        }
        *text = std::move(value);
        return true;
    }

    bool on_number_part(string_view part, error&) { return gather(part); }
    bool on_int64(std::int64_t v, string_view, error& e) { return number(static_cast<double>(v), e); }
    bool on_uint64(std::uint64_t v, string_view, error& e) { return number(static_cast<double>(v), e); }
    // Boost's own value is off in the last digits, and depends on where the body was cut.
    bool on_double(double nearly, string_view rest, error& e) {
        gather(rest);
        return number(read_number<double>(text_).value_or(nearly), e);
    }
    bool on_bool(bool v, error& e) {
        auto* flag = in_file_ ? member<bool>() : nullptr;
        if (!flag) return wrong_type(e, v ? "true" : "false");
        *flag = v;
        return true;
    }
    bool on_null(error& e) { return wrong_type(e, "null"); }

    // The element that is being read; none outside an array.
    std::optional<std::size_t> index() const {
        if (!in_array_) return std::nullopt;
        return in_file_ ? body_.files.size() - 1 : body_.files.size();
    }

    bool refuse(error& e, const std::string& detail) {
        // An empty array is no element's fault.
        const auto where = index();
        fault_ = {{failure_code::invalid, "read", where ? "the registration" : "the body", detail}, where};
        e = boost::system::errc::make_error_code(boost::system::errc::invalid_argument);
        return false;
    }

  private:
    // The member that the key names in the file that is being read; null where it is of another type.
    template <class Type>
    Type* member() {
        using all = boost::describe::describe_members<registration_request, boost::describe::mod_public>;
        Type* found = nullptr;
        boost::mp11::mp_for_each<all>([&](auto one) {
            auto& candidate = body_.files.back().*one.pointer;
            if constexpr (std::same_as<Type&, decltype(candidate)>)
                if (one.name == key_) found = &candidate;
        });
        return found;
    }

    bool gather(string_view part) {
        text_.append(part.data(), part.size());
        return true;
    }

    bool seen(std::string_view key) const {
        return std::find(seen_.begin(), seen_.end(), key) != seen_.end();
    }

    bool number(double value, error& e) {
        text_.clear();
        auto* time = in_file_ ? member<std::optional<double>>() : nullptr;
        if (!time) return wrong_type(e, fmt::format("the number {}", value));
        if (!std::isfinite(value)) return refuse(e, fmt::format("'{}' is too large", key_));
        *time = value;
        return true;
    }

    bool wrong_type(error& e, const std::string& got) {
        if (!in_file_)
            return refuse(e, fmt::format("expected an object{}, got {}",
                                         in_array_ ? "" : " or an array of objects", got));
        const auto expected = member<std::string>() ? "a string"
                              : member<bool>()      ? "true or false"
                                                    : "a number (seconds since the Unix epoch)";
        return refuse(e, fmt::format("'{}': expected {}, got {}", key_, expected, got));
    }

    bool in_array_ = false;
    bool in_file_ = false;
    std::string key_;
    std::string text_;
    std::vector<std::string> seen_;
};

}  // namespace

struct registration_reader::parser {
    json::basic_parser<registration_handler> json{json::parse_options{}};
    bool wrong = false;

    registration_handler& handler() { return json.handler(); }

    bool advance(std::string_view piece, bool more) {
        if (wrong) return false;
        boost::system::error_code error;
        const auto used = json.write_some(more, piece.data(), piece.size(), error);
        if (!error && used < piece.size()) error = json::error::extra_data;
        if (!error) return true;
        wrong = true;
        if (handler().fault_.why.detail.empty())
            handler().refuse(error, fmt::format("it is not valid JSON in UTF-8 ({})", error.message()));
        return false;
    }
};

registration_reader::registration_reader() : parser_(std::make_unique<parser>()) {}
registration_reader::~registration_reader() = default;

bool registration_reader::feed(std::string_view piece) { return parser_->advance(piece, true); }
bool registration_reader::finish() { return parser_->advance({}, false); }
const body_fault& registration_reader::fault() const { return parser_->handler().fault_; }
registration_body registration_reader::take() { return std::move(parser_->handler().body_); }

namespace {

// Parsed between two turns of the loop: well under a millisecond.
constexpr std::size_t body_piece_bytes = 65536;

asio::awaitable<bool> read_body(registration_reader& reader, const std::string& body) {
    for (std::size_t at = 0; at < body.size(); at += body_piece_bytes) {
        if (!reader.feed(std::string_view(body).substr(at, body_piece_bytes))) co_return false;
        if (body.size() > body_piece_bytes) co_await yield();
    }
    co_return reader.finish();
}

// Takes "files[3]" off the subject of a failure, and returns the 3.
std::optional<std::size_t> take_index(failure& why) {
    constexpr std::string_view begin = "files[";
    if (!why.subject.starts_with(begin)) return std::nullopt;
    const auto close = why.subject.find(']');
    if (close == std::string::npos) return std::nullopt;
    const auto digits = std::string_view(why.subject).substr(begin.size(), close - begin.size());
    const auto index = read_number<std::size_t>(digits);
    if (!index) return std::nullopt;
    why.subject.erase(0, close + 1);
    if (why.subject.starts_with(' ')) why.subject.erase(0, 1);
    return index;
}

http_answer not_registered(failure why, bool is_array) {
    // A file that is not there is a mistake in the request: nothing is missing at this URL.
    if (why.code == failure_code::not_found) why.code = failure_code::invalid;
    const auto index = take_index(why);
    return problem(status_of(why.code), why, is_array ? index : std::nullopt);
}

}  // namespace

asio::awaitable<http_answer> post_files(service& service, http_request request) {
    registration_reader reader;
    if (!co_await read_body(reader, request.body))
        co_return problem(400, reader.fault().why, reader.fault().index);
    auto body = reader.take();
    const bool is_array = body.is_array;
    const auto added = co_await service.register_files(std::move(body.files));
    if (!added) co_return not_registered(added.error(), is_array);

    json_writer json;
    if (is_array)
        co_await write_array(json, *added);
    else
        json.value(added->at(0));
    const bool all_existed =
        std::all_of(added->begin(), added->end(), [](const added_file& one) { return one.existed; });
    http_answer answer{.status = all_existed ? 200U : 201U, .body = json.take()};
    if (!is_array)
        answer.headers.emplace_back("Location", fmt::format("/files/{}", added->at(0).file.row.id));
    co_return answer;
}

}  // namespace suprsync
