// The daemon as the service: what the HTTP server asks the catalog, or changes in it.
#include <fmt/format.h>

#include <algorithm>

#include "engine/model/text.hpp"
#include "engine/report/log.hpp"
#include "engine/run/daemon.hpp"
#include "engine/run/history_question.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// What nobody who sends files here can do anything about.
bool keeps_from_working(const condition& raised) {
    return raised.kind == condition_kind::catalog_error || raised.kind == condition_kind::database_locked ||
           raised.kind == condition_kind::disk_nearly_full;
}

}  // namespace

readiness daemon::ready() {
    if (!ready_ || stopping_) return {false, not_ready_because_, stopping_};
    for (const auto& raised : conditions_.list())
        if (keeps_from_working(raised)) return {false, raised.kind + ": " + raised.message};
    return {true, ""};
}

failure daemon::not_served(const std::string& operation, const std::string& archive) const {
    std::vector<std::string> names;
    for (const auto& s : archives_) names.push_back(s.context.config.name);
    return {failure_code::not_found, operation, "archive '" + archive + "'", why_not_served(archive, names)};
}

// Why what needs a prepared catalog cannot be done now.
std::optional<failure> daemon::cannot(const std::string& operation, const std::string& subject) const {
    if (ready_) return std::nullopt;
    return failure{stopping_ ? failure_code::stopped : failure_code::not_ready, operation, subject,
                   not_ready_because_};
}

// No coroutine of ours tries it again.
void daemon::raise_failed_change(const failure& why) {
    if (why.code != failure_code::catalog) return;
    environment_.writing_failed = true;
    environment_.conditions.raise(condition_kind::catalog_error, "", why.text());
}

bool daemon::serves(const std::string& archive) {
    return find_archive(archives_, archive) != archives_.end();
}

asio::awaitable<result<std::optional<file_view>>> daemon::file(file_id id) {
    auto found = co_await catalog_.find(id);
    if (found && *found) show_stage(**found);
    co_return found;
}

asio::awaitable<result<file_page>> daemon::list_files(file_query query) {
    if (query.archive && !serves(*query.archive)) co_return not_served("list", *query.archive);
    if (auto why = cannot("list", "files")) co_return *why;
    auto page = co_await catalog_.list_files(std::move(query));
    if (page)
        for (auto& file : page->files) show_stage(file);
    co_return page;
}

asio::awaitable<result<std::optional<file_view>>> daemon::change_file(file_id id, file_change change) {
    if (auto why = cannot("change", fmt::format("file {}", id))) co_return *why;
    auto changed = co_await catalog_.change_file(id, std::move(change));
    if (changed && *changed) {
        const auto& row = (*changed)->row;
        log::info({row.archive_name, row.id, row.local_path},
                  "{} (id {}) is changed by request: ignore {}, deletable {}", row.local_path, row.id,
                  row.ignore, row.deletable);
        wake_everybody();
        environment_.removals.changed({row.local_path});
        // A removal that could not be stopped any more is part of the answer.
        co_await environment_.removals.settled({row.local_path});
        co_return co_await file(id);
    }
    if (!changed) raise_failed_change(changed.error());
    co_return changed;
}

asio::awaitable<result<std::int64_t>> daemon::retry(retry_request request) {
    const auto archive = request.archive.value_or("");
    const auto subject = request.archive ? "archive '" + archive + "'" : std::string("files");
    if (request.archive && !serves(*request.archive)) co_return not_served("retry", *request.archive);
    if (auto why = cannot("retry", subject)) co_return *why;
    const bool all = request.archive && !request.remote_prefix && !request.state && request.ids.empty();
    request.at = clock_.now();
    auto retried = co_await catalog_.retry(std::move(request));
    if (retried && *retried > 0)
        log::info({.archive = archive}, "{} of {} {} tried again by request", counted(*retried, "file"),
                  subject, *retried == 1 ? "is" : "are");
    // Also for a day that was removed there, of which no file had been asked for yet.
    if (retried) wake_everybody();
    if (!retried) raise_failed_change(retried.error());
    // Also where no file has failed: it is the destination that all of them wait for. One that rests goes on
    // resting.
    if (retried && all) (void)try_now(archive);
    co_return retried;
}

asio::awaitable<result<retry_preview>> daemon::would_retry(retry_request request) {
    const auto archive = request.archive.value_or("");
    if (request.archive && !serves(archive)) co_return not_served("retry", archive);
    if (auto why = cannot("retry", request.archive ? "archive '" + archive + "'" : "files")) co_return *why;
    co_return co_await catalog_.would_retry(std::move(request));
}

asio::awaitable<result<std::int64_t>> daemon::accept_removal(std::string archive, int timecode) {
    const auto subject = fmt::format("day {} of archive '{}'", timecode_directory(timecode), archive);
    if (!serves(archive)) co_return not_served("accept the removal of a day of", archive);
    if (auto why = cannot("accept the removal of", subject)) co_return *why;
    auto accepted =
        co_await catalog_.choose_for_removed_day(archive, timecode, removal_choice::accepted, clock_.now());
    if (accepted) {
        log::info({.archive = archive}, "the removal of {} is accepted by request", subject);
        wake_everybody();
    } else {
        raise_failed_change(accepted.error());
    }
    co_return accepted;
}

asio::awaitable<result<std::vector<timecode_view>>> daemon::timecodes(timecode_query query) {
    if (!serves(query.archive)) co_return not_served("list the timecodes of", query.archive);
    if (auto why = cannot("list the timecodes of", "archive '" + query.archive + "'")) co_return *why;
    auto days = co_await catalog_.timecodes(std::move(query));
    if (days)
        for (auto& day : *days)
            for (auto& file : day.blocking) show_stage(file);
    co_return days;
}

asio::awaitable<result<archive_history>> daemon::history(history_request request) {
    if (!serves(request.archive)) co_return not_served("show the history of", request.archive);
    if (auto why = cannot("show the history of", "archive '" + request.archive + "'")) co_return *why;
    co_return co_await ask_history(catalog_, std::move(request), clock_.now());
}

asio::awaitable<result<archive_stats>> daemon::publish_statistics(std::string archive) {
    const auto served = find_archive(archives_, archive);
    if (served == archives_.end()) co_return not_served("publish the statistics of", archive);
    if (auto why = cannot("publish the statistics of", "archive '" + archive + "'")) co_return *why;
    if (!served->context.counts_known)
        co_return failure{failure_code::not_ready, "publish the statistics of", "archive '" + archive + "'",
                          "they are not known yet"};
    // While nobody knows what time it is, no more is promised than before.
    const auto& clock = environment_.clock_watch;
    auto until =
        co_await catalog_.promise_finalized_until(archive, clock.holds() ? 0 : clock.certainly_past());
    if (!until) {
        raise_failed_change(until.error());
        co_return until.error();
    }
    if (*until <= 0 && clock.holds())
        co_return failure{failure_code::not_ready, "publish the statistics of", "archive '" + archive + "'",
                          "nobody has said yet what time it is"};
    // A reload may have taken it away meanwhile.
    const auto place = find_archive(archives_, archive);
    if (place == archives_.end()) co_return not_served("publish the statistics of", archive);
    place->context.counts.finalized_until_published = std::max(*until, 0.0);  // nothing is promised yet
    auto statistics = statistics_of(*place);
    statistics.finalized_until = statistics.finalized_until_published;
    co_return statistics;
}

}  // namespace suprsync
