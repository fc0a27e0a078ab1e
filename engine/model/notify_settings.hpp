// Who is told of what (spec, Being told): one entry of `notify` in the configuration.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace suprsync {

/// An hour of every day, such as 08:00.
struct daily_time {
    int minutes = 0;     ///< since midnight
    bool local = false;  ///< of this machine's time zone; else of UTC

    bool operator==(const daily_time&) const = default;
};

/// What `on` may hold.
namespace notify_on {
inline constexpr const char* condition_begins = "condition_begins";
inline constexpr const char* condition_ends = "condition_ends";
inline constexpr const char* finalized = "finalized";
inline constexpr const char* digest = "digest";
}  // namespace notify_on

/// Exactly one of command, webhook and webhook_file is set.
struct notify_configuration {
    std::vector<std::string> command;         ///< argv
    std::optional<std::string> webhook;       ///< a URL, and a secret
    std::optional<std::string> webhook_file;  ///< holds that
    std::optional<std::string> ca_file;       ///< certificates that a webhook's server is trusted by, PEM
    std::string form = "json";                ///< or "text", or "slack"
    std::vector<std::string> on{notify_on::condition_begins, notify_on::condition_ends};
    std::vector<std::string> kinds;     ///< of conditions; empty: all
    std::vector<std::string> archives;  ///< empty: all, and what concerns the whole daemon
    std::optional<daily_time> digest_at;
    std::size_t at_most = 20;  ///< messages an hour
    double timeout = 30;       ///< s that one delivery may take
    std::string url;           ///< the webhook's, wherever it was written; empty: a command, or not read

    bool operator==(const notify_configuration&) const = default;
};

/// "the command mail", "the webhook at hooks.slack.com": what people may read of where an entry leads.
std::string place_of(const notify_configuration& entry);

}  // namespace suprsync
