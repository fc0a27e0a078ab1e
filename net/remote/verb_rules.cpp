#include "net/remote/verb_rules.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "net/remote/classify.hpp"

namespace suprsync {

namespace {

constexpr double slowest_reading = 10e6;    // bytes/s
constexpr double seconds_per_path = 0.001;  // for commands over long lists
constexpr std::chrono::seconds longest_look_at_space{5};

}  // namespace

std::chrono::nanoseconds as_duration(double seconds) {
    return std::chrono::nanoseconds(std::llround(std::clamp(seconds, 0.0, 1e9) * 1e9));
}

double reading_time(std::uint64_t bytes) { return static_cast<double>(bytes) / slowest_reading; }

std::chrono::nanoseconds command_limit(const archive_configuration& archive, std::uint64_t bytes,
                                       std::size_t paths) {
    return as_duration(archive.cmd_timeout.value_or(archive.stall_timeout) + reading_time(bytes) +
                       static_cast<double>(paths) * seconds_per_path);
}

std::chrono::nanoseconds look_limit(const archive_configuration& archive, const stat_request& request) {
    auto limit = command_limit(archive, request.md5 ? request.bytes : 0, request.remote_paths.size());
    // Writing back a disk's cache may take longer than commands do.
    if (request.sync_first) limit = std::max(limit, as_duration(archive.stall_timeout));
    if (request.md5 && request.from_disk && request.pace > 0)
        limit += as_duration(static_cast<double>(request.bytes) / static_cast<double>(request.pace));
    return limit;
}

std::chrono::nanoseconds space_limit(const archive_configuration& archive) {
    return std::min<std::chrono::nanoseconds>(command_limit(archive, 0, 0), longest_look_at_space);
}

std::vector<std::size_t> as_listed(std::size_t files) {
    std::vector<std::size_t> order(files);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

process_end ended_with(failure why) {
    process_end end;
    end.exit_class = std::string(name_of(why.code));
    end.error = std::move(why);
    return end;
}

process_end not_prepared(const std::string& name) {
    return {failure{failure_code::connection, "use", name, "the destination has not been prepared"},
            "not prepared"};
}

void blame_file_system(const std::vector<std::optional<std::string>>& complaints, process_end& end,
                       const std::string& operation, const std::string& subject) {
    if (end.error) return;
    if (auto why = file_system_error(complaints))
        end.error = failure{failure_code::not_permitted, operation, subject, std::move(*why)};
}

void take_refusals(publish_report& report, const std::string& name) {
    constexpr const char* operation = "publish files at";
    const auto items = report.outcomes.size();
    std::vector<std::optional<std::string>> refusals(items);
    for (std::size_t i = 0; i < items; ++i)
        if (report.outcomes[i] == publish_outcome::refused) refusals[i] = report.details[i];
    blame_file_system(refusals, report.end, operation, name);
    for (std::size_t i = 0; i < items; ++i) {
        if (report.outcomes[i] != publish_outcome::refused) continue;
        if (report.end.error && report.end.error->code == failure_code::not_permitted)
            report.outcomes[i] = publish_outcome::unknown;
        if (!says_no_space(report.details[i])) continue;
        report.outcomes[i] = publish_outcome::unknown;
        if (!report.end.error)
            report.end.error = failure{failure_code::no_space, operation, name, report.details[i]};
    }
}

}  // namespace suprsync
