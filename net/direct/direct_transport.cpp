#include "net/direct/direct_transport_impl.hpp"

#include <boost/asio/this_coro.hpp>

#include "engine/files/md5_sum.hpp"
#include "net/direct/copying.hpp"
#include "net/place/local_source.hpp"
#include "net/remote/classify.hpp"

namespace asio = boost::asio;

namespace suprsync {

process_end direct_transport::end_of(const worked& how, process_end report_end,
                                     const std::string& operation) const {
    if (how.end == work_end::done) return report_end;
    return classify({program_kind::remote_command, exited{0}, cause_of(how.end), ""}, operation, name());
}

void direct_transport::stop() {
    stopped_ = true;
    threads_.stop();
    if (rsync_) rsync_->stop();
}

asio::awaitable<result<destination_facts>> direct_transport::hand_over(prepare_request request,
                                                                       std::string why) {
    try {
        if (!rsync_) rsync_ = otherwise_.make();
    } catch (const failure_error& e) {
        co_return e.why();
    }
    if (stopped_) rsync_->stop();
    if (!by_rsync_ && otherwise_.tell) otherwise_.tell(why);
    by_rsync_ = true;
    co_return co_await rsync_->prepare(std::move(request));
}

asio::awaitable<result<destination_facts>> direct_transport::prepare(prepare_request request) {
    if (const auto why = md5_error(); !why.empty()) co_return co_await hand_over(std::move(request), why);
    struct prepared {
        std::shared_ptr<base_directory> base;
        result<destination_facts> facts{failure{}};
    };
    const auto found = std::make_shared<prepared>();
    found->base = std::make_shared<base_directory>(base_options_for(archive_));
    const auto how = co_await threads_.run(
        [found, request](work_watch& watch) { found->facts = found->base->prepare(request, watch); },
        limits(command(0, 0)));
    if (how.end != work_end::done) co_return *end_of(how, {}, "prepare").error;
    auto& facts = found->facts;
    if (!facts && facts.error().code == failure_code::invalid)
        co_return co_await hand_over(std::move(request), facts.error().detail);
    if (!facts) co_return facts.error();
    // Where nothing can be staged, files go by rsync's own temporary names.
    if (facts->staging.empty() && !request.only_look) {
        const bool created = facts->base_created;
        auto there = co_await hand_over(std::move(request), facts->staging_refused);
        if (there) there->base_created = there->base_created || created;
        co_return there;
    }
    base_ = found->base;
    by_rsync_ = false;
    co_return std::move(*facts);
}

asio::awaitable<stage_report> direct_transport::stage(stage_request request) {
    if (by_rsync_) co_return co_await rsync_->stage(std::move(request));
    constexpr const char* operation = "copy files to";
    stage_report report;
    report.complaints.resize(request.items.size());
    report.end.exit_class = "0";
    if (!base_) report.end = not_prepared(name());
    if (!base_ || request.items.empty()) co_return report;
    const auto progress = std::move(request.progress);
    request.progress = {};
    const auto items = request.items.size();
    const auto mode = request.mode;
    std::uint64_t size = 0;
    std::uint64_t largest = 0;
    std::vector<std::string> local_paths;
    for (const auto& item : request.items) {
        size += item.size;
        largest = std::max(largest, item.size);
        local_paths.push_back(item.local_path);
    }
    work_limits within = limits(std::nullopt);
    // To compare, each file is read here and there, anew in each slice.
    if (archive_.copy_timeout)
        within.whole = as_duration(*archive_.copy_timeout +
                                   (mode == stage_mode::compare ? 2 * reading_time(size) : 0.0));
    const auto copied = std::make_shared<copying>(base_, pace_, std::move(request));
    std::uint64_t told = 0;
    std::size_t files_told = 0;
    const auto how = co_await threads_.run([copied](work_watch& watch) { copied->run(watch); }, within,
                                           [&](work_watch&) {
                                               const auto bytes = copied->bytes();
                                               const auto files = copied->files();
                                               if ((bytes > told || files > files_told) && progress)
                                                   progress(bytes, files);
                                               told = bytes;
                                               files_told = files;
                                           });
    if (how.returned)
        report = copied->take_report();
    else
        report.bytes = copied->bytes();
    report.complaints.resize(items);
    report.unreadable.resize(items);
    if (report.end.error) {
        report.end.error->subject = name();
        report.end = ended_with(std::move(*report.end.error));
    }
    report.end = end_of(how, std::move(report.end), operation);
    if (how.end == work_end::stalled && how.read_last < items) {
        // A disk or server that does not answer says nothing of the destination.
        report.unreadable[how.read_last] = report.end.error = reading_stalled(local_paths[how.read_last]);
    }
    if (report.end.error) co_return report;
    for (const auto& complaint : report.complaints)
        if (complaint) report.end.exit_class = "23";  // as rsync's, for counters and logs
    blame_file_system(report.complaints, report.end, operation, name());
    co_return report;
}

// As its list has them: small ones first.
std::vector<std::size_t> direct_transport::order_of(const std::vector<std::string_view>& remote_paths) const {
    if (by_rsync_) return rsync_->order_of(remote_paths);
    return as_listed(remote_paths.size());
}

asio::awaitable<digest_report> direct_transport::digests(digest_request request) {
    if (by_rsync_) co_return co_await rsync_->digests(std::move(request));
    constexpr const char* operation = "compute MD5 sums at";
    const auto count = request.remote_paths.size();
    const auto within = limits(command(request.bytes, count));
    auto report = co_await ask<digest_report>(
        operation, within, [request = std::move(request)](const base_directory& base, work_watch& watch) {
            return base.digests(request, watch);
        });
    report.md5.resize(count);
    report.complaints.resize(count);
    blame_file_system(report.complaints, report.end, operation, name());
    co_return report;
}

// What is read there may be much, and is not known: it only has to get on.
asio::awaitable<publish_report> direct_transport::publish(int slot, std::vector<publish_item> items) {
    if (by_rsync_) co_return co_await rsync_->publish(slot, std::move(items));
    const auto count = items.size();
    co_return co_await link(count, limits(std::nullopt),
                            [slot, items = std::move(items)](const base_directory& base, work_watch& watch) {
                                return base.publish(slot, items, watch);
                            });
}

asio::awaitable<publish_report> direct_transport::deliver(int slot, std::vector<publish_item> items,
                                                          std::uint64_t bytes) {
    if (by_rsync_) co_return co_await rsync_->deliver(slot, std::move(items), bytes);
    const auto count = items.size();
    const auto within = limits(std::max(command(bytes, count), as_duration(archive_.stall_timeout)));
    co_return co_await link(count, within,
                            [slot, items = std::move(items)](const base_directory& base, work_watch& watch) {
                                return base.deliver(slot, items, watch);
                            });
}

asio::awaitable<publish_report> direct_transport::link(std::size_t items, work_limits within,
                                                       linking_work work) {
    auto report = co_await ask<publish_report>("publish files at", within, std::move(work));
    report.outcomes.resize(items, publish_outcome::unknown);
    report.details.resize(items);
    take_refusals(report, name());
    co_return report;
}

asio::awaitable<stat_report> direct_transport::stat(stat_request request) {
    if (by_rsync_) co_return co_await rsync_->stat(std::move(request));
    const auto count = request.remote_paths.size();
    auto within = limits(look_limit(archive_, request));
    // A sync tells of no progress.
    if (request.sync_first)
        within.stall = std::max(command(request.md5 ? request.bytes : 0, count), within.stall);
    auto report = co_await ask<stat_report>(
        "look at files at", within,
        [request = std::move(request)](const base_directory& base, work_watch& watch) {
            return base.stat(request, watch);
        });
    report.answers.resize(count);
    co_return report;
}

asio::awaitable<result<void>> direct_transport::sweep(std::vector<staged_file> files) {
    if (by_rsync_) co_return co_await rsync_->sweep(std::move(files));
    const auto within = limits(command(0, files.size()));
    const auto report = co_await ask<told<result<void>>>(
        "sweep staging at", within,
        [files = std::move(files)](const base_directory& base, work_watch& watch) {
            return told<result<void>>{{}, base.sweep(files, watch)};
        });
    if (report.end.error) co_return *report.end.error;
    co_return *report.answer;
}

asio::awaitable<result<disk_space>> direct_transport::space() {
    if (by_rsync_) co_return co_await rsync_->space();
    const auto report = co_await ask<told<result<disk_space>>>(
        "read the free space at", limits(space_limit(archive_)),
        [](const base_directory& base, work_watch&) { return told<result<disk_space>>{{}, base.space()}; });
    if (report.end.error) co_return *report.end.error;
    co_return *report.answer;
}

std::unique_ptr<transport> make_direct_transport(asio::any_io_executor executor,
                                                 archive_configuration archive, std::shared_ptr<pace> rate,
                                                 other_way otherwise) {
    return std::make_unique<direct_transport>(executor, std::move(archive), std::move(rate),
                                              std::move(otherwise));
}

}  // namespace suprsync
