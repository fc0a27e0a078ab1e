#include "tests/engine/run/fake_transport.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace suprsync::test {

fake_transport::fake_transport(asio::io_context& loop, const fake_local_disk& disk)
    : disk_(disk), gate_(loop, asio::steady_timer::time_point::max()) {
    facts.base = "/base";
    facts.identity = {"f00d", 2};
    facts.staging = "/.suprsync/uuid/archive";
}

void fake_transport::release() {
    held_ = held_prepare_ = held_stat_ = false;
    gate_.cancel();
}

std::size_t fake_transport::count(std::string_view verb) const {
    return static_cast<std::size_t>(std::count_if(calls.begin(), calls.end(), [&](const std::string& call) {
        return call == verb || (call.starts_with(verb) && call[verb.size()] == ' ');
    }));
}

process_end fake_transport::end() const {
    if (stopped) return {failure{failure_code::stopped, "use", name(), "stopped"}, "signal 15"};
    if (down) return {*down, "255"};
    return {std::nullopt, "0"};
}

std::map<std::string, std::string>& fake_transport::place(const std::optional<int>& slot) {
    return slot && !facts.staging.empty() ? staged[*slot] : published;
}

asio::awaitable<result<destination_facts>> fake_transport::prepare(prepare_request request) {
    calls.push_back("prepare");
    prepared.push_back(request);
    while (held_prepare_ && !stopped) co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
    result<destination_facts> answer = facts;
    if (const auto ended = end(); !ended.finished()) {
        answer = *ended.error;
    } else {
        for (const auto& [slot, files] : staged)
            for (const auto& [path, content] : files) answer->staged.push_back({slot, path, content.size()});
        if (request.expected && *request.expected != facts.identity)
            answer = failure{failure_code::base_changed, "use", name(), "another file system"};
    }
    if (on_prepare) on_prepare(request, answer);
    co_return answer;
}

asio::awaitable<stage_report> fake_transport::stage(stage_request request) {
    std::string call = "stage " + std::to_string(request.slot);
    for (const auto& item : request.items) call += " " + item.remote_path;
    calls.push_back(std::move(call));
    stage_requests.push_back(request);
    most_waiting_ = std::max(most_waiting_, ++waiting_);
    while (held_ && !stopped) co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
    --waiting_;
    stage_report report;
    report.end = end();
    report.complaints.resize(request.items.size());
    for (std::size_t i = 0; i < request.items.size() && report.end.finished(); ++i) {
        const auto file = disk_.files.find(request.items[i].local_path);
        if (file == disk_.files.end()) {
            report.end.exit_class = "23";
            report.complaints[i] = "link_stat failed: No such file or directory (2)";
            continue;
        }
        place(request.slot)[request.items[i].remote_path] = file->second.content;
        report.bytes += file->second.content.size();
        if (tells_progress && request.progress) request.progress(report.bytes, i + 1);
    }
    if (on_stage) on_stage(request, report);
    co_return report;
}

asio::awaitable<digest_report> fake_transport::digests(digest_request request) {
    calls.push_back("digests " + (request.slot ? std::to_string(*request.slot) : "published"));
    digest_report report;
    report.end = end();
    report.md5.resize(request.remote_paths.size());
    report.complaints.resize(request.remote_paths.size());
    const auto& files = place(request.slot);
    for (std::size_t i = 0; i < request.remote_paths.size() && report.end.finished(); ++i) {
        const auto file = files.find(request.remote_paths[i]);
        if (file != files.end())
            report.md5[i] = fake_md5(file->second);
        else
            report.complaints[i] = "No such file or directory";
    }
    if (on_digests) on_digests(request, report);
    co_return report;
}

asio::awaitable<publish_report> fake_transport::publish(int slot, std::vector<publish_item> items) {
    std::string call = "publish " + std::to_string(slot);
    for (const auto& item : items) call += " " + item.remote_path;
    calls.push_back(std::move(call));
    publish_report report;
    report.end = end();
    report.outcomes.resize(items.size());
    report.details.resize(items.size());
    for (std::size_t i = 0; i < items.size() && report.end.finished(); ++i) {
        const auto& item = items[i];
        auto& from = place(slot);
        const auto file = from.find(item.remote_path);
        if (file == from.end() || fake_md5(file->second) != item.md5) {
            report.outcomes[i] = publish_outcome::refused;
            report.details[i] = "what is staged is not what was verified";
            continue;
        }
        report.outcomes[i] = publish_outcome::published;
        if (&from == &published) continue;
        if (const auto there = published.find(item.remote_path); there != published.end()) {
            const auto md5 = fake_md5(there->second);
            report.outcomes[i] = md5 == item.md5              ? publish_outcome::already_there
                                 : item.supersedes_md5 == md5 ? publish_outcome::superseded
                                                              : publish_outcome::replaced;
            if (report.outcomes[i] == publish_outcome::replaced) {
                replaced[item.remote_path] = there->second;
                report.details[i] = "replaced/" + item.remote_path;
            }
        }
        published[item.remote_path] = file->second;
        from.erase(file);
    }
    if (on_publish) on_publish(items, report);
    co_return report;
}

asio::awaitable<publish_report> fake_transport::deliver(int slot, std::vector<publish_item> items,
                                                        std::uint64_t /*bytes*/) {
    publish_report unverified;
    unverified.end.exit_class = "0";
    unverified.outcomes.resize(items.size(), publish_outcome::unverified);
    unverified.details.resize(items.size());
    if (!delivers) co_return unverified;
    const auto& files = place(slot);
    const bool right = std::all_of(items.begin(), items.end(), [&](const publish_item& item) {
        const auto file = files.find(item.remote_path);
        return file != files.end() && fake_md5(file->second) == item.md5;
    });
    if (right || down) co_return co_await publish(slot, std::move(items));
    calls.push_back("deliver " + std::to_string(slot) + " in vain");
    co_return unverified;
}

asio::awaitable<stat_report> fake_transport::stat(stat_request request) {
    calls.push_back("stat");
    stat_requests.push_back(request);
    while (held_stat_ && !stopped) co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
    stat_report report;
    report.end = end();
    report.answers.resize(request.remote_paths.size());
    for (std::size_t i = 0; i < request.remote_paths.size() && report.end.finished(); ++i) {
        auto& answer = report.answers[i];
        answer.answered = true;
        const auto file = published.find(request.remote_paths[i]);
        const bool directory = request.remote_paths[i].find('/') == std::string::npos;
        if (directory && !directories_gone.contains(request.remote_paths[i])) answer.object = remote_object{};
        if (file == published.end()) continue;
        answer.size = file->second.size();
        if (request.md5) answer.md5 = fake_md5(file->second);
        if (request.from_disk) answer.source = read_source::disk;
    }
    if (on_stat) on_stat(request, report);
    co_return report;
}

asio::awaitable<result<void>> fake_transport::sweep(std::vector<staged_file> files) {
    calls.push_back("sweep");
    if (const auto ended = end(); !ended.finished()) co_return *ended.error;
    for (auto& file : files) {
        staged[file.slot].erase(file.remote_path);
        swept.push_back(std::move(file));
    }
    co_return result<void>();
}

asio::awaitable<result<disk_space>> fake_transport::space() {
    if (on_space) on_space();
    if (down) co_return *down;
    if (!free_space) co_return failure{failure_code::io, "read the free space at", name(), "of the test"};
    co_return *free_space;
}

void fake_transport::stop() {
    stopped = true;
    gate_.cancel();
}

}  // namespace suprsync::test
