#include "http/server/refusals.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <boost/beast/http.hpp>

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace suprsync {

namespace {

// Every connection has room for so much, whatever others hold: a program that registers a file gets in.
constexpr std::size_t always = 65536;
// What is worth to be given back to the system, which costs milliseconds.
constexpr std::size_t much = std::size_t{1024} * 1024;

}  // namespace

std::optional<http_answer> explained(const error_code& error, const http_limits& limits) {
    // Beast reports a Content-Length over the limit already while the header is read.
    if (error == http::error::body_limit)
        return problem(413, fmt::format("the body is over {} bytes; send the files in several requests",
                                        limits.body_bytes));
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return problem(431, fmt::format("the headers are over {} bytes", limits.header_bytes));
    if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
    if (error.category() == make_error_code(http::error::bad_method).category())
        return problem(400, "this is not a well-formed HTTP/1.1 request: " + error.message());
    return std::nullopt;
}

std::optional<http_answer> refuse_framing(const http::request_header<>& header) {
    for (const auto field : {http::field::host, http::field::content_length, http::field::transfer_encoding})
        if (header.count(field) > 1)
            return problem(400, fmt::format("the header {} is given twice", view(http::to_string(field))));
    if (view(header[http::field::content_length]).find_first_not_of("0123456789") != std::string_view::npos)
        return problem(400, "the Content-Length is not a number");
    const auto coding = header[http::field::transfer_encoding];
    if (!coding.empty() && !beast::iequals(coding, "chunked"))
        return problem(501, "of transfer codings only 'chunked' is understood");
    return std::nullopt;
}

http_answer too_many_pages(const http_limits& limits) {
    return overloaded(fmt::format(
        "{} requests for pages are being answered and {} wait already; ask again in some seconds, with a smaller limit",
        limits.pages_at_once, limits.pages_waiting));
}

http_answer too_many_streams(const http_limits& limits) {
    return overloaded(fmt::format(
        "{} streams of events are open already; ask again when one of them has ended", limits.event_streams));
}

http_answer too_many_bodies(const http_limits& limits) {
    return overloaded(fmt::format(
        "the bodies of all requests that are being read take {} bytes together; send this one again in some seconds",
        limits.all_bodies_bytes));
}

bool body_budget::share::grow_to(std::size_t bytes) {
    const auto wanted = bytes > always ? bytes : 0;
    if (wanted <= taken_) return true;
    if (wanted - taken_ > of_.most_ - of_.taken_) return false;
    of_.taken_ += wanted - taken_;
    taken_ = wanted;
    of_.highest_ = std::max(of_.highest_, of_.taken_);
    return true;
}

void body_budget::share::give_back() {
    of_.taken_ -= taken_;
    taken_ = 0;
    if (of_.taken_ > 0 || of_.highest_ < much) return;
    // The allocator keeps what was freed: after one rush the daemon would be large for ever.
    ::malloc_trim(0);
    of_.highest_ = 0;
}

}  // namespace suprsync
