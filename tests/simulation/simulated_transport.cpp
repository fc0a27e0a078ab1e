#include "tests/simulation/simulated_transport.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/simulation/content.hpp"

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

constexpr double command_takes = 0.3;  // s, there and back
constexpr double byte_takes = 0.002;   // s
constexpr double slice = 2;            // s: a connection that goes is noticed within

}  // namespace

failure simulated_transport::lost(failure_code code, const std::string& why) const {
    return {code, "use", name(), why};
}

process_end simulated_transport::end_of(const std::optional<failure>& error) const {
    return {error, error ? "255" : "0"};
}

asio::awaitable<simulated_transport::call> simulated_transport::begin(double takes,
                                                                      std::optional<moment> limit) {
    call made{host_.cuts, {}};
    double left = takes * host_.slowness * random_.between(0.5, 1.5) / 2;
    double silent = 0;
    if (host_.cut) left = std::min(left, random_.between(0.1, 20));
    do {
        if (watch_.on_step) watch_.on_step();
        const auto now = std::min(left, slice);
        co_await time_.sleep_for(nanoseconds_of(std::max(now, 0.001)));
        if (stopped_) made.error = lost(failure_code::stopped, "stopped");
        if (!made.error && (host_.cut || host_.cuts != made.cuts))
            made.error = lost(failure_code::connection, "the connection was lost");
        if (made.error) co_return made;
        if (host_.stalled) {
            silent += slice;
            co_await time_.sleep_for(nanoseconds_of(slice));
            if (silent >= stall_timeout_) made.error = lost(failure_code::stalled, "nothing moved");
        } else {
            left -= now;
        }
        if (!made.error && limit && time_.steady_now() > *limit)
            made.error = lost(failure_code::timed_out, "it took too long");
        if (made.error) co_return made;
    } while (left > 0 || host_.stalled);
    co_return made;
}

asio::awaitable<std::optional<failure>> simulated_transport::answer(call made) {
    if (made.error) co_return made.error;
    const auto cuts = made.cuts;
    auto back = co_await begin(command_takes / 2);
    if (!back.error && host_.cuts != cuts) back.error = lost(failure_code::connection, "the answer was lost");
    if (back.error) ++watch_.lost_answers;
    co_return back.error;
}

std::optional<failure> simulated_transport::enter_base() const {
    if (host_.identity() == base_) return std::nullopt;
    return lost(failure_code::base_changed, "the base directory is another one");
}

std::string simulated_transport::place(int slot, const std::string& path) const {
    return staging_ + "/" + std::to_string(slot) + "/" + path;
}

asio::awaitable<result<destination_facts>> simulated_transport::prepare(prepare_request request) {
    auto made = co_await begin(2 * command_takes);
    if (made.error) co_return *made.error;
    if (host_.no_program) co_return lost(failure_code::missing_program, "flock: command not found");
    if (host_.read_only) co_return lost(failure_code::not_permitted, "Read-only file system");
    if (host_.unmounted && !request.expected) co_return lost(failure_code::base_missing, "there is no /base");
    if (request.expected && *request.expected != host_.identity())
        co_return lost(failure_code::base_changed, "the base directory is another one");
    uuid_ = request.catalog_uuid;
    staging_ = uuid_ + "/" + archive_;
    destination_facts facts;
    facts.base = "/base";
    facts.identity = host_.identity();
    facts.staging = "/.suprsync/" + staging_;
    facts.boot = host_.boot();
    facts.device = 7;
    facts.clock = std::floor(host_.clock());
    facts.place = directory_place{host_.boot(), host_.unmounted ? "1:1" : "8:1", "/base"};
    const auto mine = staging_ + "/";
    for (const auto& [path, file] : host_.staged) {
        if (!path.starts_with(mine)) continue;
        const auto slash = path.find('/', mine.size());
        const int slot = std::stoi(path.substr(mine.size(), slash - mine.size()));
        const auto& used = request.slots_in_use;
        if (std::find(used.begin(), used.end(), slot) == used.end() && !host_.is_locked(slot))
            facts.staged.push_back({slot, path.substr(slash + 1), file->memory.size()});
    }
    for (const auto& [slot, until] : host_.locked)
        if (host_.is_locked(slot)) facts.locked_slots.push_back(slot);
    const auto base = host_.identity();
    if (const auto error = co_await answer(made)) co_return *error;
    base_ = base;
    co_return facts;
}

// As rsync does with --append, or, to compare, anew.
void simulated_transport::receive(const stage_request& request, const stage_item& item, std::size_t bytes) {
    const auto& sent = simulated_disk::opened(item.held).content;
    const auto path = place(request.slot, item.remote_path);
    const auto found = host_.staged.find(path);
    std::string content = sent.substr(0, bytes);
    if (request.mode == stage_mode::resume && found != host_.staged.end()) {
        content = found->second->memory;
        if (content.size() < bytes) content += sent.substr(content.size(), bytes - content.size());
    }
    if (host_.mangles && !content.empty()) content = torn(content, random_.next());
    if (found != host_.staged.end() && found->second->memory == content) return;
    if (found == host_.staged.end()) {
        host_.put(host_.staged, path, host_.make(std::move(content)));
    } else {
        found->second->memory = std::move(content);
        found->second->dirty = true;
        host_.put(host_.staged, path, found->second);
    }
}

std::vector<std::size_t> simulated_transport::order_of(
    const std::vector<std::string_view>& remote_paths) const {
    std::vector<std::size_t> places(remote_paths.size());
    std::iota(places.begin(), places.end(), 0);
    return places;
}

// A local file that cannot be read is one that rsync complains of, or, where the daemon sends it itself, a
// problem of its place; one that does not answer ends the transfer.
asio::awaitable<std::optional<failure>> simulated_transport::read_here(const stage_item& item,
                                                                       stage_report& report,
                                                                       std::size_t which) {
    const auto path = local_files::plain(item.local_path);
    const auto cannot = [&](const std::string& why) {
        return failure{failure_code::place, "read", path, why};
    };
    if (here_.hung && here_.on_data_disk(path)) {
        co_await time_.sleep_for(nanoseconds_of(stall_timeout_));
        report.unreadable[which] = cannot("its disk does not answer");
        co_return report.unreadable[which];
    }
    if (here_.unreadable != path) co_return std::nullopt;
    if (random_.chance(0.5))
        report.unreadable[which] = cannot("Input/output error");
    else
        report.complaints[which] = "read errors mapping \"" + item.local_path + "\": Input/output error (5)";
    co_return std::nullopt;
}

// One file of them. An error is the end of all.
asio::awaitable<std::optional<failure>> simulated_transport::send(const stage_request& request,
                                                                  std::size_t which,
                                                                  std::optional<moment> limit,
                                                                  stage_report& report) {
    const auto& item = request.items[which];
    auto error = co_await read_here(item, report, which);
    if (error || report.unreadable[which] || report.complaints[which]) co_return error;
    const auto size = simulated_disk::opened(item.held).content.size();
    const auto found = host_.staged.find(place(request.slot, item.remote_path));
    const auto there = found == host_.staged.end() || request.mode != stage_mode::resume
                           ? 0
                           : std::min(size, found->second->memory.size());
    const auto cuts = host_.cuts;
    auto sent = co_await begin(static_cast<double>(size - there) * byte_takes, limit);
    if (!sent.error && host_.cuts != cuts)
        sent.error = lost(failure_code::connection, "the connection was lost");
    if (!sent.error && host_.full) sent.error = lost(failure_code::no_space, "No space left on device");
    if (!sent.error && host_.unwritable.has(item.remote_path)) {
        sent.error = lost(failure_code::io, "rsync gave up");
        report.complaints[which] = "write failed on \"" + item.remote_path + "\": Input/output error (5)";
    }
    // What is cut short is there in part.
    const auto bytes = sent.error ? random_.below(size + 1) : size;
    receive(request, item, bytes);
    if (!sent.error || sent.error->code == failure_code::timed_out)
        report.bytes += bytes - std::min(bytes, there);
    co_return sent.error;
}

asio::awaitable<stage_report> simulated_transport::stage(stage_request request) {
    stage_report report;
    report.complaints.resize(request.items.size());
    report.unreadable.resize(request.items.size());
    std::optional<moment> limit;
    if (copy_timeout_) limit = time_.steady_now() + nanoseconds_of(*copy_timeout_);
    std::size_t files = 0;
    watch_.most_staging = std::max(watch_.most_staging, ++staging_now_);
    auto made = co_await begin(command_takes, limit);
    if (!made.error) made.error = enter_base();
    if (!made.error && host_.is_locked(request.slot)) made.error = lost(failure_code::slot_busy, "slot busy");
    if (!made.error && host_.read_only)
        made.error = lost(failure_code::not_permitted, "Read-only file system");
    for (std::size_t i = 0; i < request.items.size() && !made.error; ++i) {
        const bool is_new = !host_.staged.contains(place(request.slot, request.items[i].remote_path));
        made.error = co_await send(request, i, limit, report);
        if (made.error) break;
        files += is_new ? 1 : 0;
        if (request.progress) request.progress(report.bytes, files);
    }
    // The other end may not notice for a while that nobody is left here.
    if (made.error && made.error->code == failure_code::connection && random_.chance(0.3))
        host_.lock(request.slot, random_.between(1, 120));
    --staging_now_;
    report.end = end_of(made.error);
    if (!made.error && std::any_of(report.complaints.begin(), report.complaints.end(),
                                   [](const auto& complaint) { return complaint.has_value(); }))
        report.end.exit_class = "23";
    co_return report;
}

asio::awaitable<digest_report> simulated_transport::digests(digest_request request) {
    digest_report report;
    report.md5.resize(request.remote_paths.size());
    report.complaints.resize(request.remote_paths.size());
    report.objects.resize(request.remote_paths.size());
    report.sources.resize(request.remote_paths.size());
    auto made = co_await begin(command_takes);
    if (!made.error) made.error = enter_base();
    if (!made.error && request.slot && host_.is_locked(*request.slot))
        made.error = lost(failure_code::slot_busy, "slot busy");
    for (std::size_t i = 0; i < request.remote_paths.size() && !made.error; ++i) {
        const auto& path = request.remote_paths[i];
        const auto& where = request.slot ? host_.staged : host_.published;
        const auto found = where.find(request.slot ? place(*request.slot, path) : path);
        if (found == where.end()) {
            report.complaints[i] = "No such file or directory";
            continue;
        }
        if (!request.slot && host_.unreadable.has(path)) {
            report.complaints[i] = "Permission denied";
            continue;
        }
        report.sources[i] = host_.read(*found->second, request.from_disk);
        report.md5[i] = sum_of(found->second->memory);
        report.objects[i] = object_of(*found->second);
    }
    const auto error = co_await answer(made);
    report.end = end_of(error);
    // Answers that came before the connection went count.
    if (error && !made.error)
        for (std::size_t i = random_.below(report.md5.size() + 1); i < report.md5.size(); ++i)
            report.md5[i].reset(), report.objects[i].reset();
    co_return report;
}

}  // namespace suprsync::simulation
