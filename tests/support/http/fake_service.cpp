#include "tests/support/http/fake_service.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

namespace asio = boost::asio;

namespace suprsync::testing {

fake_service::fake_service(asio::any_io_executor executor, std::size_t history)
    : executor_(executor),
      clock_(executor),
      feed_(executor, clock_, history),
      gate_(executor, asio::steady_timer::time_point::max()) {}

std::vector<registration_request> fake_service::registered() const {
    const std::lock_guard lock(mutex_);
    return registered_;
}

void fake_service::shut_gate() {
    const std::lock_guard lock(mutex_);
    shut_ = true;
    waiting_ = 0;
}

void fake_service::open_gate() {
    {
        const std::lock_guard lock(mutex_);
        shut_ = false;
    }
    asio::post(executor_, [this] { gate_.cancel(); });
}

void fake_service::wait_until_someone_waits(int many) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, many] { return waiting_ >= many; });
}

asio::awaitable<void> fake_service::pass_gate() {
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            if (!shut_) co_return;
            ++waiting_;
            changed_.notify_all();
        }
        co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<result<std::vector<added_file>>> fake_service::register_files(
    std::vector<registration_request> requests) {
    if (throws) throw std::runtime_error("a bug");
    if (on_registering) on_registering();
    co_await pass_gate();
    if (failing_with) co_return *failing_with;
    const std::lock_guard lock(mutex_);
    std::vector<added_file> added;
    for (auto& r : requests) {
        registered_.push_back(r);
        added_file a;
        a.existed = all_existed;
        a.file.state = "pending";
        a.file.row.id = static_cast<file_id>(registered_.size());
        a.file.row.local_path = r.local_path;
        a.file.row.remote_path = r.remote_path;
        a.file.row.archive_name = r.archive_name;
        a.file.row.local_md5sum = r.local_md5sum;
        a.file.row.timestamp = r.timestamp.value_or(1000);
        a.file.row.deletable = r.deletable;
        added.push_back(std::move(a));
    }
    co_return added;
}

asio::awaitable<result<std::optional<file_view>>> fake_service::file(file_id id) {
    if (failing_with) co_return *failing_with;
    const auto found = rows.find(id);
    if (found == rows.end()) co_return std::optional<file_view>{};
    co_return std::optional<file_view>{found->second};
}

// Why nothing is answered about an archive.
std::optional<failure> fake_service::refused(const std::string& archive) const {
    if (failing_with) return failing_with;
    if (paused.contains(archive)) return std::nullopt;
    return failure{failure_code::not_found, "find", "archive '" + archive + "'",
                   "this daemon does not serve it; it serves smurf"};
}

asio::awaitable<result<file_page>> fake_service::list_files(file_query query) {
    co_await pass_gate();
    if (failing_with) co_return *failing_with;
    if (query.archive)
        if (auto why = refused(*query.archive)) co_return *why;
    file_page page;
    for (const auto& [id, file] : rows) {
        if (id <= query.after) continue;
        if (query.archive && file.row.archive_name != *query.archive) continue;
        if (query.state && file.state != *query.state) continue;
        if (query.local_path && file.row.local_path != *query.local_path) continue;
        if (query.remote_prefix && !file.row.remote_path.starts_with(*query.remote_prefix)) continue;
        if (page.files.size() == query.limit) {
            page.more = true;
            break;
        }
        page.files.push_back(file);
    }
    co_return page;
}

asio::awaitable<result<std::optional<file_view>>> fake_service::change_file(file_id id, file_change change) {
    if (failing_with) co_return *failing_with;
    ++changes;
    last_change = change;
    const auto found = rows.find(id);
    if (found == rows.end()) co_return std::optional<file_view>{};
    auto& file = found->second;
    if (change.ignore) {
        file.row.ignore = *change.ignore;
        file.state = *change.ignore ? "ignored" : "pending";
        file.ignore_reason.reset();
        if (*change.ignore) file.ignore_reason = change.ignore_reason;
    }
    if (change.deletable) file.row.deletable = *change.deletable;
    co_return std::optional<file_view>{file};
}

asio::awaitable<result<std::int64_t>> fake_service::accept_removal(std::string archive, int timecode) {
    if (failing_with) co_return *failing_with;
    if (auto why = refused(archive)) co_return *why;
    ++changes;
    removals_accepted.push_back(timecode);
    co_return 3;
}

asio::awaitable<result<std::int64_t>> fake_service::retry(retry_request request) {
    if (failing_with) co_return *failing_with;
    if (request.archive)
        if (auto why = refused(*request.archive)) co_return *why;
    ++changes;
    retries.push_back(request);
    std::int64_t count = 0;
    for (auto& [id, file] : rows) {
        if (request.archive && file.row.archive_name != *request.archive) continue;
        if (request.remote_prefix && !file.row.remote_path.starts_with(*request.remote_prefix)) continue;
        if (!request.ids.empty() && request.ids.front() != id) continue;
        if (file.state != "failed" && file.state != "retrying") continue;
        if (request.state && file.state != *request.state) continue;
        file.state = "pending";
        file.row.failed_copy_attempts = 0;
        ++count;
    }
    co_return count;
}

asio::awaitable<result<retry_preview>> fake_service::would_retry(retry_request request) {
    if (failing_with) co_return *failing_with;
    if (request.archive)
        if (auto why = refused(*request.archive)) co_return *why;
    previewed.push_back(request);
    co_return retry_preview{7, 2};
}

asio::awaitable<result<std::vector<timecode_view>>> fake_service::timecodes(timecode_query query) {
    if (auto why = refused(query.archive)) co_return *why;
    std::vector<timecode_view> found;
    for (const auto& directory : directories)
        if (directory.timecode > query.after && found.size() < query.limit) found.push_back(directory);
    co_return found;
}

asio::awaitable<result<archive_history>> fake_service::history(history_request request) {
    if (auto why = refused(request.archive)) co_return *why;
    last_history = std::move(request);
    co_return past;
}

asio::awaitable<result<archive_stats>> fake_service::publish_statistics(std::string archive) {
    co_await pass_gate();
    const auto place = sessions.find(archive);
    if (place == sessions.end() || unknown_figures.contains(archive))
        co_return failure{failure_code::not_ready, "publish the statistics of", archive,
                          "they are not known yet"};
    co_return place->second.archive_stats;
}

asio::awaitable<result<void>> fake_service::set_paused(std::string archive, bool pause, std::string reason) {
    if (auto why = refused(archive)) co_return *why;
    ++changes;
    pause_reasons[archive] = std::move(reason);
    paused.at(archive) = pause;
    co_return result<void>{};
}

result<void> fake_service::try_now(const std::string& archive) {
    if (auto why = refused(archive)) return *why;
    if (paused.at(archive)) return failure{failure_code::conflict, "try", archive, "it is paused"};
    ++changes;
    tried.push_back(archive);
    return {};
}

result<void> fake_service::set_ocs_stopped(const std::string& archive, bool stopped) {
    if (auto why = refused(archive)) return *why;
    ocs_stopped[archive] = stopped;
    for (auto& report : reports)
        if (report.configuration.name == archive) report.activity.ocs_stopped = stopped;
    return {};
}

std::optional<archive_session> fake_service::session(const std::string& archive) {
    const auto place = sessions.find(archive);
    return place == sessions.end() ? std::nullopt : std::optional(place->second);
}

transfers_report fake_service::transfers(bool with_ids) {
    auto report = flights;
    if (!with_ids)
        for (auto& one : report.transfers) one.ids.clear();
    return report;
}

std::optional<archive_report> fake_service::archive(const std::string& name) {
    for (const auto& report : reports)
        if (report.configuration.name == name) return report;
    return std::nullopt;
}

}  // namespace suprsync::testing
