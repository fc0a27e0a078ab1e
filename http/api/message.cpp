#include "http/api/message.hpp"

#include "http/api/json_writer.hpp"

namespace suprsync {

namespace {

// What a status alone says, in the words of failure codes where there is one.
std::string_view kind_of(unsigned status) {
    switch (status) {
        case 400:
            return name_of(failure_code::invalid);
        case 401:
            return "unauthorized";
        case 403:
            return name_of(failure_code::not_permitted);
        case 404:
            return name_of(failure_code::not_found);
        case 405:
            return "method_not_allowed";
        case 409:
            return name_of(failure_code::conflict);
        case 413:
            return "too_large";
        case 415:
            return "wrong_media_type";
        case 417:
            return "expectation_failed";
        case 421:
            return "misdirected";
        case 431:
            return "headers_too_large";
        case 501:
            return "not_implemented";
        case 503:
            return name_of(failure_code::not_ready);
        default:
            return "internal";
    }
}

http_answer write_problem(std::string_view type, unsigned status, const std::string& detail,
                          std::optional<std::size_t> index) {
    json_writer json;
    json.begin_object()
        .member("type", type)
        .member("title", reason_of(status))
        .member("status", status)
        .member("detail", detail);
    if (index) json.member("index", *index);
    json.end_object();
    http_answer answer;
    answer.status = status;
    answer.content_type = "application/problem+json";
    answer.body = json.take();
    if (status == 503) answer.headers.emplace_back("Retry-After", "5");
    return answer;
}

}  // namespace

std::string_view reason_of(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 421:
            return "Misdirected Request";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        default:
            return "Error";
    }
}

http_answer problem(unsigned status, const std::string& detail) {
    return write_problem("urn:suprsync:" + std::string(kind_of(status)), status, detail, std::nullopt);
}

http_answer problem(unsigned status, const failure& why, std::optional<std::size_t> index) {
    return write_problem("urn:suprsync:" + std::string(name_of(why.code)), status, why.text(), index);
}

unsigned status_of(failure_code code) {
    switch (code) {
        case failure_code::invalid:
            return 400;
        case failure_code::not_permitted:
            return 403;
        case failure_code::not_found:
            return 404;
        case failure_code::conflict:
        case failure_code::changed:
            return 409;
        case failure_code::locked:
        case failure_code::catalog:
        case failure_code::not_ready:
        case failure_code::stopped:
        case failure_code::timed_out:
            return 503;
        default:
            return 500;
    }
}

}  // namespace suprsync
