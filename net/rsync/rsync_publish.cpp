// The verbs `publish` and `deliver`: staged files get their names.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "engine/loop/machine_clock.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/script_protocol.hpp"
#include "net/remote/scripts.hpp"
#include "net/remote/shell_text.hpp"
#include "net/rsync/rsync_transport_impl.hpp"

namespace asio = boost::asio;

namespace suprsync {

script_request rsync_transport::delivery(std::uint64_t bytes, std::size_t files) const {
    script_request request;
    request.operation = "publish files at";
    request.settings = state_.settings();
    request.script = scripts::deliver;
    request.limit = std::max(command_limit(bytes, files), as_duration(options_.archive.stall_timeout));
    return request;
}

asio::awaitable<publish_report> rsync_transport::deliver(int slot, std::vector<publish_item> items,
                                                         std::uint64_t bytes) {
    auto sums = sum_list(items);
    const auto rest = delivery_list(items);
    if (!sums || !rest) {
        publish_report longer_way{process_end{std::nullopt, "0"}, {}, {}};
        longer_way.outcomes.resize(items.size(), publish_outcome::unverified);
        longer_way.details.resize(items.size());
        co_return longer_way;
    }
    if (!state_.prepared || state_.direct()) co_return co_await publish(slot, std::move(items));
    const auto objects = object_list(items);
    auto request = delivery(bytes, items.size());
    request.call = fmt::format("slot={} sums_bytes={} objects_bytes={} count={}", slot, sums->size(),
                               objects.size(), items.size());
    request.list = std::move(*sums) + objects + *rest;
    auto answer = co_await shell_.run(std::move(request));
    if (answer.output == "U") co_return co_await publish(slot, std::move(items));
    publish_report report;
    report.details.resize(items.size());
    report.outcomes.resize(items.size(), answer.output == "W"   ? publish_outcome::published
                                         : answer.output == "V" ? publish_outcome::unverified
                                                                : publish_outcome::unknown);
    report.end = std::move(answer.end);
    if (answer.output == "W") prestart_soon(slot);
    co_return report;
}

asio::awaitable<publish_report> rsync_transport::publish(int slot, std::vector<publish_item> items) {
    prestarted_.end(slot);
    publish_report report;
    report.details.resize(items.size());
    // Where there is no staging, files were written to their places and verified there.
    const auto now =
        state_.prepared && state_.direct() ? publish_outcome::published : publish_outcome::unknown;
    report.outcomes.resize(items.size(), now);
    report.end = state_.prepared ? process_end{std::nullopt, "0"} : not_prepared(name());
    if (!state_.prepared || items.empty() || state_.direct()) co_return report;
    const auto bytes = co_await bytes_in_the_way(items);
    const auto limit =
        std::max(command_limit(bytes, items.size()), as_duration(options_.archive.stall_timeout));
    auto answer = co_await run(
        "publish files at", scripts::publish,
        assignment("slot", std::to_string(slot)) +
            assignment("from_disk", options_.archive.verify_from == verify_kind::disk ? "1" : "") +
            assignment("stamp", std::to_string(static_cast<long long>(std::time(nullptr)))),
        publish_list(items), limit);
    read_publish(answer.output, items, report, boot_id());
    report.end = std::move(answer.end);
    take_refusals(report, name());
    co_return report;
}

// What publishing reads there, silently: a file of the same size that stands at the final path, and an
// earlier version whatever its size.
asio::awaitable<std::uint64_t> rsync_transport::bytes_in_the_way(const std::vector<publish_item>& items) {
    std::uint64_t bytes = 0;
    stat_request earlier;
    for (const auto& item : items) {
        bytes += item.size;
        if (item.supersedes_md5) earlier.remote_paths.push_back(item.remote_path);
    }
    if (earlier.remote_paths.empty()) co_return bytes;
    const auto seen = co_await stat(std::move(earlier));
    for (const auto& answer : seen.answers) bytes += answer.size.value_or(0);
    co_return bytes;
}

}  // namespace suprsync
