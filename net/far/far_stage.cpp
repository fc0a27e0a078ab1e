// The verb `stage`: the files of a batch are sent by threads, and looked after from the loop.
#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/files/detached_thread.hpp"
#include "engine/rules/batch_channels.hpp"
#include "net/far/far_transport_impl.hpp"
#include "net/place/local_source.hpp"
#include "net/remote/verb_rules.hpp"

namespace asio = boost::asio;

namespace suprsync::far {

namespace {

using steady = std::chrono::steady_clock;
constexpr std::chrono::seconds time_to_end{5};  ///< for what arrived before a limit
constexpr std::size_t most_lanes_of_a_batch = 12;

constexpr const char* sending = "copy files to";

}  // namespace

// To compare, each file is read there and then here, silently.
work_limits far_transport::limits_of(const stage_request& request) const {
    const auto& archive = options_.archive;
    double reading = 0;
    double longest = 0;
    if (request.mode == stage_mode::compare)
        for (const auto& item : request.items) {
            reading += 2 * reading_time(item.size);
            longest = std::max(longest, 2 * reading_time(item.size));
        }
    work_limits within{std::nullopt, as_duration(archive.stall_timeout + longest), 2 * time_to_end};
    if (archive.copy_timeout) within.whole = as_duration(*archive.copy_timeout + reading);
    return within;
}

// A limit ends it gently: what arrived is on record there, and the next slice goes on with it.
asio::awaitable<stage_report> far_transport::send(stage_request request) {
    stage_report report;
    const auto items = request.items.size();
    report.complaints.resize(items);
    report.unreadable.resize(items);
    std::uint64_t bytes = 0;
    std::vector<std::string> local_paths;
    for (const auto& item : request.items) {
        bytes += item.size;
        local_paths.push_back(item.local_path);
    }
    const auto first = lane_;
    const auto wanted = batch_channels(first->channel->round_trip(), bytes,
                                       options_.archive.bwlimit.has_value(), most_lanes_of_a_batch);
    const auto taken = wanted > 1 ? co_await more_lanes(wanted - 1) : std::vector<lane_handle>();
    auto lanes = taken;
    lanes.insert(lanes.begin(), first);
    std::vector<std::shared_ptr<lane>> channels;
    for (const auto& l : lanes) channels.push_back(l->channel);
    const auto within = limits_of(request);
    const auto progress = std::exchange(request.progress, {});
    const auto sender =
        std::make_shared<batch_sender>(std::move(request), channels, rate_, options_.archive.compression);
    std::uint64_t told = 0;
    std::size_t files_told = 0;
    std::optional<steady::time_point> until;
    const auto how = co_await threads_.run([sender](work_watch& watch) { sender->run(watch); }, within,
                                           [&](work_watch& watch) {
                                               const auto arrived = sender->arrived();
                                               const auto files = sender->arrived_files();
                                               if (arrived > told || files > files_told) {
                                                   watch.alive();
                                                   if (progress) progress(arrived, files);
                                               }
                                               told = arrived;
                                               files_told = files;
                                               if (!watch.stop) return;
                                               if (!until) until = steady::now() + time_to_end;
                                               if (steady::now() >= *until) sender->give_up();
                                           });
    give_back(taken);
    report.bytes = sender->arrived();
    if (how.returned) {
        report.complaints = std::move(sender->complaints);
        report.unreadable = std::move(sender->unreadable);
    } else {
        std::ignore = start_detached_thread([sender] { sender->abandon(); });
    }
    const bool any = std::any_of(report.complaints.begin(), report.complaints.end(),
                                 [](const auto& c) { return c.has_value(); });
    report.end.exit_class = any ? "23" : "0";
    const auto read = how.returned ? std::nullopt : sender->reading();
    if (how.end == work_end::stalled && read) {
        // It says nothing of the destination, nor of the connection.
        report.end = ended(how.end, sending);
        report.unreadable[*read] = report.end.error = reading_stalled(local_paths[*read]);
        co_return report;
    }
    const bool is_told = how.returned && how.end != work_end::stopped && sender->error &&
                         sender->error->code != failure_code::stopped;
    if (is_told) {
        report.end = ended_with(*sender->error);
    } else if (how.end != work_end::done) {
        report.end = ended(how.end, sending);
        // Where nothing at all is heard, the lanes are dead.
        if (how.end == work_end::stalled)
            for (const auto& l : lanes)
                if (l->channel->silent() > within.stall / 2) l->hang_up();
    } else if (sender->lost) {
        const auto dead = std::find_if(lanes.begin(), lanes.end(), [](const auto& l) { return !l->works(); });
        report.end = co_await lost(dead == lanes.end() ? first : *dead, sending);
    } else {
        deaths_.erase(sending);
    }
    blame_file_system(report.complaints, report.end, sending, name());
    co_return report;
}

// As its list has them, whose small ones come first.
std::vector<std::size_t> far_transport::order_of(const std::vector<std::string_view>& remote_paths) const {
    return way_ == way::scripts ? scripts_->order_of(remote_paths) : as_listed(remote_paths.size());
}

asio::awaitable<stage_report> far_transport::stage(stage_request request) {
    const auto by = co_await way_there(true);
    if (by && *by == way::scripts) co_return co_await scripts_->stage(std::move(request));
    if (by && !request.items.empty()) co_return co_await send(std::move(request));
    stage_report report;
    report.complaints.resize(request.items.size());
    report.end.exit_class = "0";
    if (!by) report.end = ended_with(by.error());
    co_return report;
}

}  // namespace suprsync::far
