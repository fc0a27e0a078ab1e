#include "http/server/access_control.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cctype>

#include "engine/model/text.hpp"
#include "engine/model/url_host.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// One spelling for each host: an IP address in its shortest form, a name in lower case.
std::string canonical(std::string_view host) {
    boost::system::error_code error;
    const auto ip = asio::ip::make_address(std::string(host), error);
    return error ? lower(host) : ip.to_string();
}

// The host without its port and brackets; none where it is malformed.
std::optional<std::string> host_of(std::string_view authority) {
    std::string_view host = authority;
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
        boost::system::error_code error;
        asio::ip::make_address_v6(std::string(host), error);
        if (error) return std::nullopt;
    } else if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon);
    }
    if (host.empty() || host.find_first_of(" \t/@\\,") != std::string_view::npos) return std::nullopt;
    if (!port.empty()) {
        if (port.front() != ':') return std::nullopt;
        port.remove_prefix(1);
        if (port.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    }
    return canonical(host);
}

}  // namespace

bool is_host_name(const std::string& text) {
    const auto host = host_of(host_of_url(text));
    return host && text.find_first_of("[]:") == text.find(':') &&
           std::all_of(host->begin(), host->end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

access_control::access_control(const listen_address& listen, const std::vector<std::string>& host_names,
                               std::string token, bool read_only)
    : any_host_(listen.what == listen_address::kind::unix_socket),
      hosts_{"localhost", "127.0.0.1", "::1"},
      token_(std::move(token)),
      read_only_(read_only) {
    if (listen.what == listen_address::kind::tcp) hosts_.insert(canonical(listen.address));
    for (const auto& name : host_names) hosts_.insert(canonical(name));
}

std::optional<http_answer> access_control::refuse(const request_head& head, const route& where) const {
    if (where.malformed) return problem(400, "the request's target is not a well-formed URL");
    auto refused = refuse_host(head.host);
    if (!refused && !where.authority.empty()) refused = refuse_host(where.authority);
    if (!refused && (where.found == nullptr || where.found->needs_token))
        refused = refuse_token(head.authorization);
    if (refused) return refused;

    if (where.found == nullptr) {
        if (where.allow.empty()) return problem(404, fmt::format("there is nothing at {}", head.target));
        auto answer = problem(
            405, fmt::format("{} is not answered at {}, only {}", head.method, head.target, where.allow));
        answer.headers.emplace_back("Allow", where.allow);
        return answer;
    }
    if (read_only_ && where.found->method != "GET")
        return problem(
            403,
            "this daemon changes nothing over HTTP (http.access: read-only); where that is not meant, its operator sets http.access: full");
    if (!where.query_problem.empty())
        return problem(400, {failure_code::invalid, "read", "the query", where.query_problem});
    if (where.found->method != "GET") refused = refuse_media_type(head.content_type);
    if (!refused && !head.expect.empty() && lower(head.expect) != "100-continue")
        return problem(417, "of expectations only '100-continue' is understood");
    return refused;
}

std::optional<http_answer> access_control::refuse_host(std::string_view host) const {
    if (any_host_) return std::nullopt;
    const auto name = host_of(trimmed(host));
    if (!name) return problem(400, "the Host header is missing or malformed");
    if (hosts_.contains(*name)) return std::nullopt;
    return problem(421, "this daemon does not answer under the name '" + *name +
                            "'; where that name is right, add it to http.host_names in the configuration");
}

std::optional<http_answer> access_control::refuse_token(std::string_view authorization) const {
    if (token_.empty()) return std::nullopt;
    const auto value = trimmed(authorization);
    const auto space = value.find(' ');
    if (space != std::string_view::npos && lower(value.substr(0, space)) == "bearer") {
        const auto given = trimmed(value.substr(space));
        if (given.size() == token_.size() && CRYPTO_memcmp(given.data(), token_.data(), token_.size()) == 0)
            return std::nullopt;
    }
    auto answer = problem(
        401,
        "a token is needed: send the content of the daemon's http.token_file as 'Authorization: Bearer TOKEN'");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"suprsync\"");
    return answer;
}

std::optional<http_answer> refuse_media_type(std::string_view content_type) {
    const auto type = trimmed(content_type.substr(0, content_type.find(';')));
    if (lower(type) == "application/json") return std::nullopt;
    return problem(415, "a request that changes something must carry Content-Type: application/json" +
                            (type.empty() ? std::string() : ", not " + std::string(type)));
}

}  // namespace suprsync
