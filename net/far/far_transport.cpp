#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <tuple>
#include <utility>

#include "engine/files/detached_thread.hpp"
#include "engine/loop/as_value.hpp"
#include "net/far/far_transport_impl.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/verb_rules.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace far {

namespace {

using steady = std::chrono::steady_clock;
constexpr std::size_t most_given_up = 8;
constexpr std::chrono::seconds last_words{5};  ///< for what was found before a limit

}  // namespace

far_transport::far_transport(asio::any_io_executor executor, child_runner& runner, transport_options options,
                             std::unique_ptr<transport> scripts, std::shared_ptr<ssh_connection> connection,
                             std::shared_ptr<pace> rate, told_by_rsync by_rsync)
    : executor_(executor),
      runner_(runner),
      options_(std::move(options)),
      scripts_(std::move(scripts)),
      connection_(std::move(connection)),
      by_rsync_(std::move(by_rsync)),
      rate_(std::move(rate)),
      threads_(executor),
      connected_(executor),
      opened_(executor) {
    asio::co_spawn(executor_, keep_lanes(self_, tend_), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
}

far_transport::~far_transport() { end_lanes(); }

void far_transport::end_lanes() {
    self_.reset();
    tend_->cancel();
    if (lane_) lane_->channel->close();
    for (const auto& l : others_) l->channel->close();
}

void far_transport::stop() {
    stopped_ = true;
    end_lanes();
    threads_.stop();
    scripts_->stop();
}

process_end far_transport::ended(work_end how, const std::string& operation) const {
    return classify({program_kind::remote_command, exited{0}, cause_of(how), ""}, operation, name());
}

failure far_transport::not_understood(const std::string& operation) const {
    return {failure_code::io, operation, name(), "the far side did not answer as expected"};
}

// How its ssh ended, and what that said, comes a moment later.
asio::awaitable<process_end> far_transport::lost(lane_handle l, std::string operation) {
    if (!l->ended) {
        l->changed.expires_after(last_words);
        co_await l->changed.async_wait(as_value);
    }
    if (stopped_) co_return ended(work_end::stopped, operation);
    died_over_it(l, operation);
    auto why = l->channel->why_ended();
    if (why.empty()) why = telling_line(l->said);
    if (why.empty()) why = "the connection was lost";
    co_return process_end{failure{failure_code::connection, operation, name(), std::move(why)}, "lost"};
}

// At its limit the far side is told to end the question with what it has, which counts; it gets some seconds.
// Where it hangs over too many, another one is to be started.
asio::awaitable<far_transport::answer> far_transport::ask(lane_handle l, kind what, std::string message,
                                                          std::string operation,
                                                          std::chrono::nanoseconds limit) {
    struct shared {
        std::atomic<bool> told = false;
        std::optional<std::string> said;
    };
    const auto asked = std::make_shared<shared>();
    const auto channel = l->channel;
    const auto number = channel->new_question();
    std::optional<steady::time_point> until;
    const auto how = co_await threads_.run(
        [channel, what, asked, number, message = std::move(message)](work_watch& watch) {
            if (!watch.stop) channel->tell(what, number, message);
            asked->told = true;
            // Its turn to be told came too late: what cancelled it has gone before.
            if (watch.stop) channel->cancel(number);
            asked->said = channel->answer_to(number);
        },
        {limit, std::chrono::nanoseconds::max(), 2 * last_words},
        [&](work_watch& watch) {
            if (!watch.stop) return;
            if (!until) {
                until = steady::now() + last_words;
                std::ignore = start_detached_thread([channel, number] { channel->cancel(number); });
            } else if (steady::now() >= *until) {
                channel->give_up(number);
                // Where it could not even be told, other content may be on its way before it.
                const bool is_dead = !asked->told && channel->silent() > last_words;
                if (is_dead || channel->given_up() > most_given_up) l->hang_up();
            }
        });
    answer a;
    const bool answered = how.returned && asked->said;
    if (answered) a.bytes = std::move(*asked->said);
    if (how.end != work_end::done)
        a.end = ended(how.end, operation);
    else if (!answered)
        a.end = co_await lost(std::move(l), std::move(operation));
    else
        deaths_.erase(operation);
    co_return a;
}

template <class Report, class ByScripts>
asio::awaitable<Report> far_transport::reported(question asked, ByScripts by_scripts) {
    const auto go = co_await way_there(asked.message.has_value());
    if (go && *go == way::scripts) co_return co_await by_scripts();
    Report report;
    report.end = go ? process_end{std::nullopt, "0"} : ended_with(go.error());
    if (!go || asked.of_nothing) co_return report;
    auto said = co_await ask(lane_, asked.what, std::move(*asked.message), asked.operation, asked.limit);
    const bool good = said.bytes.empty() || decode(said.bytes, report);
    if (!good) report = {};
    if (!said.end && (!good || said.bytes.empty()))
        said.end = process_end{not_understood(asked.operation), "garbled"};
    if (said.end) report.end = std::move(*said.end);
    co_return report;
}

asio::awaitable<digest_report> far_transport::digests(digest_request request) {
    constexpr const char* operation = "compute MD5 sums at";
    const auto paths = request.remote_paths.size();
    question asked{kind::digests, encode(request), paths == 0, operation,
                   command_limit(options_.archive, request.bytes, paths)};
    const auto by_scripts = [&] { return scripts_->digests(std::move(request)); };
    auto report = co_await reported<digest_report>(std::move(asked), by_scripts);
    report.md5.resize(paths);
    report.complaints.resize(paths);
    blame_file_system(report.complaints, report.end, operation, name());
    co_return report;
}

asio::awaitable<stat_report> far_transport::stat(stat_request request) {
    const auto paths = request.remote_paths.size();
    question asked{kind::stat, encode(request), paths == 0 && !request.sync_first, "look at files at",
                   look_limit(options_.archive, request)};
    const auto by_scripts = [&] { return scripts_->stat(std::move(request)); };
    auto report = co_await reported<stat_report>(std::move(asked), by_scripts);
    report.answers.resize(paths);
    co_return report;
}

asio::awaitable<publish_report> far_transport::published(kind what, int slot, std::vector<publish_item> items,
                                                         std::uint64_t bytes) {
    const auto count = items.size();
    question asked{
        what, encode(publish_question{slot, items}), count == 0, "publish files at",
        std::max(command_limit(options_.archive, bytes, count), as_duration(options_.archive.stall_timeout))};
    const auto by_scripts = [&] {
        return what == kind::publish ? scripts_->publish(slot, std::move(items))
                                     : scripts_->deliver(slot, std::move(items), bytes);
    };
    auto report = co_await reported<publish_report>(std::move(asked), by_scripts);
    report.outcomes.resize(count, publish_outcome::unknown);
    report.details.resize(count);
    take_refusals(report, name());
    co_return report;
}

asio::awaitable<publish_report> far_transport::deliver(int slot, std::vector<publish_item> items,
                                                       std::uint64_t bytes) {
    co_return co_await published(kind::deliver, slot, std::move(items), bytes);
}

// What stands in the way is read there, silently: a file of the same size, and an earlier version whatever
// its size.
asio::awaitable<publish_report> far_transport::publish(int slot, std::vector<publish_item> items) {
    std::uint64_t bytes = 0;
    stat_request earlier;
    for (const auto& item : items) {
        bytes += item.size;
        if (item.supersedes_md5) earlier.remote_paths.push_back(item.remote_path);
    }
    if (!earlier.remote_paths.empty() && way_ == way::far_side) {
        const auto seen = co_await stat(std::move(earlier));
        for (const auto& a : seen.answers) bytes += a.size.value_or(0);
    }
    co_return co_await published(kind::publish, slot, std::move(items), bytes);
}

asio::awaitable<result<void>> far_transport::sweep(std::vector<staged_file> files) {
    auto message = encode(files);
    const auto go = co_await way_there(message.has_value());
    if (!go) co_return go.error();
    if (*go == way::scripts) co_return co_await scripts_->sweep(std::move(files));
    if (files.empty()) co_return result<void>();
    const auto said = co_await ask(lane_, kind::sweep, std::move(*message), "sweep staging at",
                                   command_limit(options_.archive, 0, files.size()));
    if (said.end) co_return *said.end->error;
    result<void> swept;
    if (!decode(said.bytes, swept)) co_return not_understood("sweep staging at");
    co_return swept;
}

asio::awaitable<result<disk_space>> far_transport::space() {
    const auto go = co_await way_there(true);
    if (!go) co_return go.error();
    if (*go == way::scripts) co_return co_await scripts_->space();
    const auto said =
        co_await ask(lane_, kind::space, {}, "read the free space at", space_limit(options_.archive));
    if (said.end) co_return *said.end->error;
    result<disk_space> seen = disk_space{};
    if (!decode(said.bytes, seen)) co_return not_understood("read the free space at");
    co_return seen;
}

}  // namespace far

std::unique_ptr<transport> make_far_transport(asio::any_io_executor executor, child_runner& runner,
                                              transport_options options, std::unique_ptr<transport> scripts,
                                              std::shared_ptr<ssh_connection> connection,
                                              std::shared_ptr<pace> rate, told_by_rsync by_rsync) {
    return std::make_unique<far::far_transport>(std::move(executor), runner, std::move(options),
                                                std::move(scripts), std::move(connection), std::move(rate),
                                                std::move(by_rsync));
}

}  // namespace suprsync
