#include "http/api/archives_endpoint.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "engine/model/shown_text.hpp"
#include "engine/rules/archive_names.hpp"
#include "engine/rules/retry.hpp"
#include "http/api/json_answer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

failure not_served(service& service, const std::string& name) {
    std::vector<std::string> served;
    for (const auto& archive : service.archives()) served.push_back(archive.configuration.name);
    return {failure_code::not_found, "show", "archive '" + abridged(name) + "'",
            why_not_served(name, served)};
}

namespace {

constexpr std::size_t longest_reason = 1000;  // bytes: it stands in a condition, in the log, on the page

result<std::string> read_reason(const std::string& body) {
    const auto object = read_object(body, {"reason"});
    if (!object) return object.error();
    const auto reason = read_string(*object, "reason");
    if (!reason) return reason.error();
    if (*reason && (*reason)->size() > longest_reason)
        return failure{
            failure_code::invalid, "read", "the body",
            fmt::format("'reason' has {} bytes: at most {} are kept", (*reason)->size(), longest_reason)};
    return reason->value_or("");
}

asio::awaitable<http_answer> set_paused(service& service, std::string archive, bool paused,
                                        std::string reason) {
    const auto done = co_await service.set_paused(archive, paused, std::move(reason));
    if (!done) co_return problem(done.error());
    json_writer json;
    json.begin_object().member("name", archive).member("paused", paused).end_object();
    co_return http_answer{.body = json.take()};
}

// Which files of an archive.
result<retry_request> read_retry(const boost::json::object& body) {
    retry_request wanted;
    auto prefix = read_string(body, "remote_prefix");
    if (!prefix) return prefix.error();
    auto state = read_string(body, "state");
    if (!state) return state.error();
    if (*state)
        if (const auto why = why_no_state_to_retry(**state))
            return failure{failure_code::invalid, "read", "the body", "'state': " + *why};
    wanted.remote_prefix = std::move(*prefix);
    wanted.state = std::move(*state);
    return wanted;
}

}  // namespace

asio::awaitable<http_answer> get_archives(service& service, http_request) {
    json_writer json;
    json.begin_object().member("archives", service.archives()).end_object();
    co_return http_answer{.body = json.take()};
}

asio::awaitable<http_answer> get_archive(service& service, http_request request) {
    const auto& name = request.arguments.at(0);
    const auto archive = service.archive(name);
    if (!archive) co_return problem(404, not_served(service, name));
    co_return shown(*archive);
}

asio::awaitable<http_answer> get_archive_session(service& service, http_request request) {
    const auto& name = request.arguments.at(0);
    const auto session = service.session(name);
    if (!session) co_return problem(404, not_served(service, name));
    co_return shown(*session);
}

asio::awaitable<http_answer> post_pause(service& service, http_request request) {
    auto reason = read_reason(request.body);
    if (!reason) co_return problem(reason.error());
    co_return co_await set_paused(service, request.arguments.at(0), true, std::move(*reason));
}

asio::awaitable<http_answer> post_resume(service& service, http_request request) {
    if (const auto body = read_object(request.body, {}); !body) co_return problem(body.error());
    co_return co_await set_paused(service, request.arguments.at(0), false, "");
}

asio::awaitable<http_answer> post_try_now(service& service, http_request request) {
    if (const auto body = read_object(request.body, {}); !body) co_return problem(body.error());
    const auto& archive = request.arguments.at(0);
    const auto done = service.try_now(archive);
    if (!done) co_return problem(done.error());
    json_writer json;
    json.begin_object().member("name", archive).end_object();
    co_return http_answer{.body = json.take()};
}

asio::awaitable<http_answer> post_archive_retry(service& service, http_request request) {
    const auto body = read_object(request.body, {"remote_prefix", "state", "dry_run"});
    if (!body) co_return problem(body.error());
    auto wanted = read_retry(*body);
    if (!wanted) co_return problem(wanted.error());
    const auto dry_run = read_bool(*body, "dry_run");
    if (!dry_run) co_return problem(dry_run.error());
    const auto& archive = request.arguments.at(0);
    wanted->archive = archive;
    json_writer json;
    json.begin_object().member("name", archive);
    if (dry_run->value_or(false)) {
        const auto would = co_await service.would_retry(std::move(*wanted));
        if (!would) co_return problem(would.error());
        json.member("would_retry", would->files).member("removed_days", would->removed_days);
    } else {
        const auto retried = co_await service.retry(std::move(*wanted));
        if (!retried) co_return problem(retried.error());
        json.member("retried", *retried);
    }
    co_return http_answer{.body = json.end_object().take()};
}

asio::awaitable<http_answer> post_accept_removal(service& service, http_request request) {
    if (const auto body = read_object(request.body, {}); !body) co_return problem(body.error());
    const auto& archive = request.arguments.at(0);
    const auto& day = request.arguments.at(1);
    const auto timecode = read_timecode(day);
    if (!timecode)
        co_return problem(failure{failure_code::invalid, "read", "the timecode '" + day + "'",
                                  "it has exactly five digits, as the directory has"});
    const auto files = co_await service.accept_removal(archive, *timecode);
    if (!files) co_return problem(files.error());
    json_writer json;
    json.begin_object()
        .member("name", archive)
        .member("timecode", *timecode)
        .member("files", *files)
        .end_object();
    co_return http_answer{.body = json.take()};
}

}  // namespace suprsync
