#include "http/api/message.hpp"

#include "http/api/json_writer.hpp"

namespace suprsync {

namespace {

struct status_words {
    unsigned status;
    std::string_view reason;
    std::string_view kind;  // of a problem that the status says all about, in the words of failure codes
};

// Every status that this program answers.
const status_words all_statuses[] = {
    {200, "OK", ""},
    {201, "Created", ""},
    {304, "Not Modified", ""},
    {400, "Bad Request", name_of(failure_code::invalid)},
    {401, "Unauthorized", "unauthorized"},
    {403, "Forbidden", name_of(failure_code::not_permitted)},
    {404, "Not Found", name_of(failure_code::not_found)},
    {405, "Method Not Allowed", "method_not_allowed"},
    {409, "Conflict", name_of(failure_code::conflict)},
    {413, "Content Too Large", "too_large"},
    {415, "Unsupported Media Type", "wrong_media_type"},
    {417, "Expectation Failed", "expectation_failed"},
    {421, "Misdirected Request", "misdirected"},
    {431, "Request Header Fields Too Large", "headers_too_large"},
    {500, "Internal Server Error", "internal"},
    {501, "Not Implemented", "not_implemented"},
    {503, "Service Unavailable", name_of(failure_code::not_ready)},
};

const status_words& words_of(unsigned status) {
    static const status_words other{0, "Error", "internal"};
    for (const auto& words : all_statuses)
        if (words.status == status) return words;
    return other;
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
    http_answer answer{.status = status,
                       .reason = reason_of(status),
                       .content_type = "application/problem+json",
                       .body = json.take()};
    if (status == 503) answer.headers.emplace_back("Retry-After", "5");
    return answer;
}

}  // namespace

http_answer overloaded(const std::string& detail) {
    auto answer = problem(503, detail);
    answer.ends_connection = true;
    return answer;
}

std::string_view reason_of(unsigned status) { return words_of(status).reason; }

http_answer problem(unsigned status, const std::string& detail) {
    return write_problem("urn:suprsync:" + std::string(words_of(status).kind), status, detail, std::nullopt);
}

http_answer problem(unsigned status, const failure& why, std::optional<std::size_t> index) {
    return write_problem("urn:suprsync:" + std::string(name_of(why.code)), status, why.text(), index);
}

http_answer problem(const failure& why) { return problem(status_of(why.code), why); }

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
        case failure_code::replaced:
        case failure_code::not_ready:
        case failure_code::stopped:
        case failure_code::timed_out:
        case failure_code::place:
            return 503;
        default:
            return 500;
    }
}

}  // namespace suprsync
