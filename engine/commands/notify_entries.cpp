#include "engine/commands/notify_entries.hpp"

#include <fmt/format.h>

#include <string>

#include "engine/config/notify_keys.hpp"
#include "engine/config/source_file.hpp"
#include "engine/model/did_you_mean.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/report/condition_catalogue.hpp"

namespace suprsync {

namespace {

std::vector<std::string> kinds_of_conditions() {
    std::vector<std::string> all;
    for (const auto& known : condition_catalogue()) all.emplace_back(known.kind);
    return all;
}

}  // namespace

std::vector<failure> read_notify_entries(daemon_configuration& configuration,
                                         const std::vector<value_origins>& origins, secret_files which) {
    std::vector<failure> mistakes;
    for (std::size_t i = 0; i < configuration.notify.size(); ++i) {
        auto& entry = configuration.notify[i];
        const auto note = [&](const char* option, const std::string& detail) {
            const auto place = origins[i].find(option);
            mistakes.push_back(
                {failure_code::invalid, "use",
                 place == origins[i].end() ? fmt::format("notify[{}]", i) : place->second.text(), detail});
        };
        for (const auto& kind : entry.kinds)
            if (!is_condition(kind))
                note("notify-kinds", expected_not("kinds of conditions (docs/messages.md has them)", kind) +
                                         did_you_mean(kind, kinds_of_conditions()));
        if (entry.webhook) entry.url = *entry.webhook;
        if (!entry.webhook_file || which == secret_files::left) continue;
        auto address = read_token(*entry.webhook_file);
        if (!address) {
            note("notify-webhook-file", address.error().detail);
        } else if (const auto why = why_no_webhook(*address); !why.empty()) {
            note("notify-webhook-file", fmt::format("in {}: {}", *entry.webhook_file, why));
        } else {
            entry.url = std::move(*address);
        }
    }
    return mistakes;
}

}  // namespace suprsync
