// The verbs of simulated_transport that concern final paths: what link_staged.sh, deliver.sh, stat.sh and
// sync_there.sh do.
#include <algorithm>

#include "engine/model/text.hpp"
#include "tests/simulation/content.hpp"
#include "tests/simulation/simulated_transport.hpp"

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

constexpr double one_command = 0.3;  // s, there and back

}  // namespace

remote_object simulated_transport::object_of(const far_file& file) const {
    if (file.original)
        return {true, 2, file.original->inode, file.original->changed_ns, file.original->content.size()};
    return {false, 7, file.inode, file.changed_ns, file.memory.size()};
}

void simulated_transport::publish_one(int slot, const publish_item& item, publish_outcome& outcome,
                                      std::string& detail, std::optional<remote_object>& object) {
    const auto staged = host_.staged.find(place(slot, item.remote_path));
    const auto listed = host_.listed_as(item.remote_path);
    const auto there = listed.empty() ? nullptr : host_.published.at(listed);
    const bool same = there && sum_of(there->memory) == item.md5;
    if (staged == host_.staged.end()) {
        if (!same || listed != item.remote_path) return;
        outcome = publish_outcome::already_there;
        object = object_of(*there);
        return;
    }
    if (host_.read_only) {
        outcome = publish_outcome::held_back;
        detail = item.remote_path.substr(0, item.remote_path.rfind('/')) + "//Read-only file system";
        return;
    }
    if (const auto second = item.remote_path.find('/') + 1;
        !host_.closed.empty() && item.remote_path.compare(second, host_.closed.size(), host_.closed) == 0) {
        outcome = publish_outcome::held_back;
        detail =
            item.remote_path.substr(0, item.remote_path.rfind('/')) + "//the account may not write in it";
        return;
    }
    if (!there && host_.obstructed.has(item.remote_path)) {
        outcome = publish_outcome::refused;
        detail = "Is a directory";
        return;
    }
    const auto file = staged->second;
    if (!listed.empty() && listed != item.remote_path) {
        outcome = publish_outcome::conflict;
        detail = listed;
        return;
    }
    if (same) {
        outcome = publish_outcome::already_there;
        object = object_of(*there);
    } else {
        outcome = publish_outcome::published;
        if (there && item.supersedes_md5 && sum_of(there->memory) == *item.supersedes_md5) {
            outcome = publish_outcome::superseded;
        } else if (there) {
            outcome = publish_outcome::replaced;
            detail = "replaced/" + std::to_string(item.id) + "-" + std::to_string(host_.now_ns()) + "/" +
                     item.remote_path;
            if (watch_.on_replaced) watch_.on_replaced(archive_, item, *there);
            host_.put(host_.kept, detail, there);
            host_.sync_names(host_.kept);
        }
        host_.put(host_.published, item.remote_path, file);
    }
    host_.put(host_.staged, place(slot, item.remote_path), nullptr);
}

asio::awaitable<publish_report> simulated_transport::publish(int slot, std::vector<publish_item> items) {
    publish_report report;
    report.outcomes.resize(items.size());
    report.details.resize(items.size());
    report.objects.resize(items.size());
    const auto asked = host_.elapsed();
    const bool goes_out = !host_.cut;
    const auto boot = host_.boot();
    auto made = co_await begin(one_command);
    if (!made.error) made.error = enter_base();
    if (!made.error && host_.is_locked(slot)) made.error = lost(failure_code::slot_busy, "slot busy");
    // A command that went out, and whose connection goes, may have come as far as this; none outlives its
    // machine.
    const bool comes_far = made.error && made.error->code == failure_code::connection && goes_out &&
                           host_.boot() == boot && host_.identity() == base_ && !host_.is_locked(slot);
    const auto done = !made.error ? items.size() : comes_far ? random_.below(items.size() + 1) : 0;
    host_.publish_asked = asked;
    for (std::size_t i = 0; i < done && !stopped_; ++i)
        publish_one(slot, items[i], report.outcomes[i], report.details[i], report.objects[i]);
    const auto error = co_await answer(made);
    report.end = end_of(error);
    if (error)
        for (std::size_t i = made.error ? 0 : random_.below(items.size() + 1); i < items.size(); ++i)
            report.outcomes[i] = publish_outcome::unknown, report.details[i].clear(),
            report.objects[i].reset();
    co_return report;
}

asio::awaitable<publish_report> simulated_transport::deliver(int slot, std::vector<publish_item> items,
                                                             std::uint64_t) {
    publish_report report;
    report.details.resize(items.size());
    report.objects.resize(items.size());
    report.outcomes.resize(items.size(), publish_outcome::unverified);
    const auto asked = host_.elapsed();
    auto made = co_await begin(one_command);
    if (!made.error) made.error = enter_base();
    if (!made.error && host_.is_locked(slot)) made.error = lost(failure_code::slot_busy, "slot busy");
    const bool right = std::all_of(items.begin(), items.end(), [&](const publish_item& item) {
        const auto staged = host_.staged.find(place(slot, item.remote_path));
        return staged != host_.staged.end() && sum_of(staged->second->memory) == item.md5;
    });
    host_.publish_asked = asked;
    if (!made.error && right)
        for (std::size_t i = 0; i < items.size(); ++i) {
            report.outcomes[i] = publish_outcome::unknown;
            publish_one(slot, items[i], report.outcomes[i], report.details[i], report.objects[i]);
        }
    const auto error = co_await answer(made);
    report.end = end_of(error);
    if (error && (right || made.error))
        for (auto& outcome : report.outcomes) outcome = publish_outcome::unknown;
    co_return report;
}

stat_answer simulated_transport::answer_of(const stat_request& request, const std::string& path) {
    stat_answer answer;
    answer.answered = true;
    if (path.find('/') == std::string::npos) {
        if (host_.directories.contains(path)) answer.object = remote_object{false, 7, 5, host_.now_ns(), 0};
        return answer;
    }
    const auto listed = host_.listed_as(path);
    if (listed.empty() && host_.obstructed.has(path))
        answer.object = remote_object{false, 7, 6, host_.now_ns(), 0};
    if (listed.empty()) return answer;
    if (listed != path) {
        answer.listed_as = listed;
        return answer;
    }
    if (host_.unreadable.has(path)) {
        answer.answered = false;
        return answer;
    }
    auto& file = *host_.published.at(listed);
    const auto source = request.md5 ? host_.read(file, request.from_disk) : read_source::unknown;
    answer.object = object_of(file);
    answer.size = file.memory.size() + (host_.lies_about_size ? 1 : 0);
    if (!request.md5) return answer;
    answer.md5 = sum_of(file.memory);
    answer.source = source;
    return answer;
}

asio::awaitable<stat_report> simulated_transport::stat(stat_request request) {
    stat_report report;
    report.answers.resize(request.remote_paths.size());
    auto made = co_await begin(one_command);
    if (!made.error) made.error = enter_base();
    if (!made.error && request.sync_first && host_.sync_hangs) {
        co_await time_.sleep_for(nanoseconds_of(stall_timeout_));
        made.error = lost(failure_code::timed_out, "the sync takes too long");
    }
    if (!made.error) report.boot = host_.boot();
    if (!made.error && request.sync_first) {
        // What fails is noted there, for the next one who asks where this answer is lost.
        if (request.failed_sync_known) host_.failed_sync_notes.erase(uuid_);
        report.sync_failed = host_.failed_sync_notes.contains(uuid_) || !host_.sync();
        if (report.sync_failed) {
            host_.failed_sync_notes.insert(uuid_);
            report.end = {lost(failure_code::io, "the sync of the file system failed"), "90"};
        }
    }
    if (!made.error && !report.sync_failed)
        for (std::size_t i = 0; i < request.remote_paths.size(); ++i)
            report.answers[i] = answer_of(request, request.remote_paths[i]);
    const auto error = co_await answer(made);
    if (!error) {
        if (!report.sync_failed) report.end = end_of(error);
        co_return report;
    }
    report.end = end_of(error);
    report.sync_failed = false;
    for (std::size_t i = made.error ? 0 : random_.below(report.answers.size() + 1); i < report.answers.size();
         ++i)
        report.answers[i] = {};
    co_return report;
}

asio::awaitable<result<void>> simulated_transport::sweep(std::vector<staged_file> files) {
    auto made = co_await begin(one_command);
    if (!made.error) made.error = enter_base();
    if (!made.error)
        for (const auto& file : files)
            if (!host_.is_locked(file.slot))
                host_.put(host_.staged, place(file.slot, file.remote_path), nullptr);
    const auto error = co_await answer(made);
    if (error) co_return *error;
    co_return result<void>();
}

asio::awaitable<result<disk_space>> simulated_transport::space() {
    auto made = co_await begin(one_command);
    if (!made.error) made.error = enter_base();
    const auto error = co_await answer(made);
    if (error) co_return *error;
    co_return disk_space{host_.full ? 0U : 1'000'000'000U, 2'000'000'000U, 1'000'000U, 2'000'000U};
}

}  // namespace suprsync::simulation
