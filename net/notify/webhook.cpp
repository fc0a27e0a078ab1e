#include "net/notify/webhook.hpp"

#include <fmt/format.h>

#include <string_view>

namespace suprsync {

namespace {

constexpr long request_timeout = 408, too_early = 425, too_many = 429, server_error = 500;

void take_out(std::string& text, std::string_view secret) {
    // A path of a letter or two keeps nothing secret, and would be found everywhere.
    if (secret.size() < 4) return;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
        text.replace(at, secret.size(), "<set>");
}

bool may_be_taken_later(long status) {
    return status == request_timeout || status == too_early || status == too_many || status >= server_error;
}

}  // namespace

std::string without_address(std::string text, const std::string& url) {
    take_out(text, url);
    const auto host = url.find("://");
    if (host == std::string::npos) return text;
    const auto path = url.find_first_of("/?#", host + 3);
    if (path == std::string::npos) return text;
    take_out(text, std::string_view(url).substr(path));
    // Servers repeat the last part, or a parameter.
    std::string_view rest = std::string_view(url).substr(path);
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto end = rest.find_first_of("/?#&=");
        const auto part = rest.substr(0, end);
        if (part.size() >= 12) take_out(text, part);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    }
    return text;
}

std::optional<delivery_failure> judge_answer(const notify_configuration& to, const web_answer& answer) {
    const auto failed = [&](failure_code code, const std::string& detail, bool for_good) {
        return delivery_failure{{code, "send a message to", place_of(to), without_address(detail, to.url)},
                                for_good,
                                answer.retry_after};
    };
    if (answer.stopped) return failed(failure_code::stopped, "the daemon ends", false);
    if (answer.status == 0)
        return failed(answer.timed_out ? failure_code::timed_out : failure_code::connection,
                      (answer.timed_out ? "no answer in time: " : "") + answer.error, false);
    if (answer.status >= 200 && answer.status < 300) return std::nullopt;
    if (answer.status >= 300 && answer.status < 400)
        return failed(
            failure_code::io,
            fmt::format(
                "it answered {} and named another address{}, to which nothing is sent: put that into the configuration",
                answer.status, answer.redirect_host.empty() ? "" : " (at " + answer.redirect_host + ")"),
            true);
    return failed(
        failure_code::io,
        fmt::format("it answered {}{}", answer.status, answer.said.empty() ? "" : ": " + answer.said),
        !may_be_taken_later(answer.status));
}

}  // namespace suprsync
