#include "http/api/archives_endpoint.hpp"

#include <string>
#include <vector>

#include "engine/model/shown_text.hpp"
#include "engine/rules/archive_names.hpp"
#include "http/api/json_answer.hpp"
#include "http/api/request_values.hpp"
#include "http/api/views.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

failure not_served(service& service, const std::string& name) {
    std::vector<std::string> served;
    for (const auto& archive : service.archives()) served.push_back(archive.configuration.name);
    return {failure_code::not_found, "show", "archive '" + abridged(name) + "'",
            why_not_served(name, served)};
}

asio::awaitable<http_answer> set_paused(service& service, http_request request, bool paused) {
    if (const auto body = read_object(request.body, {}); !body) co_return problem(body.error());
    const auto& archive = request.arguments.at(0);
    const auto done = co_await service.set_paused(archive, paused);
    if (!done) co_return problem(done.error());
    json_writer json;
    json.begin_object().member("name", archive).member("paused", paused).end_object();
    co_return http_answer{.body = json.take()};
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
    return set_paused(service, std::move(request), true);
}

asio::awaitable<http_answer> post_resume(service& service, http_request request) {
    return set_paused(service, std::move(request), false);
}

asio::awaitable<http_answer> post_archive_retry(service& service, http_request request) {
    const auto body = read_object(request.body, {"remote_prefix"});
    if (!body) co_return problem(body.error());
    auto prefix = read_string(*body, "remote_prefix");
    if (!prefix) co_return problem(prefix.error());
    retry_request wanted;
    wanted.archive = request.arguments.at(0);
    wanted.remote_prefix = std::move(*prefix);
    const auto retried = co_await service.retry(std::move(wanted));
    if (!retried) co_return problem(retried.error());
    json_writer json;
    json.begin_object().member("name", request.arguments.at(0)).member("retried", *retried).end_object();
    co_return http_answer{.body = json.take()};
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
