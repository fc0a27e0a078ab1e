#include "http/api/endpoints.hpp"

#include <algorithm>
#include <boost/url/params_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <optional>

#include "engine/model/shown_text.hpp"
#include "http/api/archives_endpoint.hpp"
#include "http/api/events_endpoint.hpp"
#include "http/api/file_list_endpoint.hpp"
#include "http/api/files_endpoint.hpp"
#include "http/api/history_endpoint.hpp"
#include "http/api/metrics_endpoint.hpp"
#include "http/api/openapi_endpoint.hpp"
#include "http/api/page_endpoint.hpp"
#include "http/api/registration_endpoint.hpp"
#include "http/api/status_endpoint.hpp"
#include "http/api/timecodes_endpoint.hpp"
#include "http/api/transfers_endpoint.hpp"

namespace urls = boost::urls;

namespace suprsync {

namespace {

constexpr endpoint table[] = {
    {"GET", "/status", get_status},
    {"POST", "/files", post_files},
    {"GET", "/files", get_files, "archive state local_path remote_prefix after limit", true, true},
    {"GET", "/files/{id}", get_file},
    {"PATCH", "/files/{id}", patch_file},
    {"POST", "/files/{id}/retry", post_file_retry},
    {"GET", "/archives", get_archives},
    {"GET", "/archives/{name}", get_archive},
    {"GET", "/archives/{name}/session", get_archive_session},
    {"POST", "/archives/{name}/pause", post_pause},
    {"POST", "/archives/{name}/resume", post_resume},
    {"POST", "/archives/{name}/try-now", post_try_now},
    {"POST", "/archives/{name}/retry", post_archive_retry, "", true, true},
    {"POST", "/archives/{name}/timecodes/{timecode}/accept-removal", post_accept_removal},
    {"GET", "/timecodes", get_timecodes, "archive after limit", true, true},
    {"GET", "/history", get_history, "archive from to step", true, true},
    {"GET", "/transfers", get_transfers, "archive ids"},
    {"GET", "/events", get_events, "kinds"},
    {"GET", "/metrics", get_metrics},
    {"GET", "/openapi.json", get_openapi},
    {"GET", "/", get_page, "", false},
    {"GET", "/page/{file}", get_page_file, "", false},
    {"GET", "/healthz", get_healthz, "", false},
    {"GET", "/readyz", get_readyz},
};

// Components of an endpoint's path: "/files/{id}" -> files, {id}; "/" has none.
std::vector<std::string_view> components(std::string_view path) {
    std::vector<std::string_view> found;
    if (path == "/") return found;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = path.find('/');
        found.push_back(path.substr(0, end));
        path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    }
    return found;
}

// What stood for {...}; none where the path is another.
std::optional<std::vector<std::string>> match(std::string_view pattern,
                                              const std::vector<std::string>& path) {
    const auto wanted = components(pattern);
    if (wanted.size() != path.size()) return std::nullopt;
    std::vector<std::string> arguments;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].starts_with('{') && !path[i].empty())
            arguments.push_back(path[i]);
        else if (wanted[i] != path[i])
            return std::nullopt;
    }
    return arguments;
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

// A misspelt parameter must not answer another question than was asked.
void take_query(route& r, urls::params_view query) {
    for (const auto& parameter : query) {
        const std::string name(parameter.key.data(), parameter.key.size());
        if (name.empty() && !parameter.has_value) continue;  // "/files?", "a=1&"
        if (!has_word(r.found->parameters, name)) {
            r.query_problem = "unknown query parameter '" + abridged(name) + "'; ";
            r.query_problem += r.found->parameters.empty()
                                   ? "there are none here"
                                   : "those here are: " + std::string(r.found->parameters);
            return;
        }
        if (!r.query.emplace(name, std::string(parameter.value.data(), parameter.value.size())).second) {
            r.query_problem = "the query parameter '" + name + "' is given twice";
            return;
        }
    }
}

std::optional<urls::url_view> parse_target(std::string_view target) {
    const boost::core::string_view text(target.data(), target.size());
    const auto url = target.starts_with('/') ? urls::parse_origin_form(text) : urls::parse_absolute_uri(text);
    if (!url) return std::nullopt;
    if (!target.starts_with('/') && !url->has_authority()) return std::nullopt;
    return *url;
}

}  // namespace

std::span<const endpoint> endpoints() { return table; }

route find_route(std::string_view method, std::string_view target) {
    route r;
    const auto url = parse_target(target);
    if (!url) {
        r.malformed = true;
        return r;
    }
    if (url->has_authority()) r.authority = std::string(url->encoded_host_and_port());
    std::vector<std::string> path;
    for (const auto segment : url->segments()) path.emplace_back(segment.data(), segment.size());

    const auto allow = [&r](std::string_view name) {
        if (!r.allow.empty()) r.allow += ", ";
        r.allow += name;
    };
    for (const auto& candidate : endpoints()) {
        auto arguments = match(candidate.path, path);
        if (!arguments) continue;
        allow(candidate.method);
        if (candidate.method == "GET") allow("HEAD");
        if (method == candidate.method || (method == "HEAD" && candidate.method == "GET")) {
            r.found = &candidate;
            r.arguments = std::move(*arguments);
        }
    }
    if (r.found) take_query(r, url->params());
    return r;
}

}  // namespace suprsync
