#include "engine/run/copy_checker.hpp"

#include <fmt/format.h>

#include <chrono>
#include <numeric>
#include <utility>

#include "engine/rules/backoff.hpp"
#include "engine/run/synced_stat.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double first_delay = 2;  // s, after a failure of the connection
constexpr double most_delay = 60;  // s

bool is_worth_another_try(failure_code code) { return code == failure_code::connection || fails_alone(code); }

}  // namespace

std::int64_t check_report::checked() const { return std::accumulate(files.begin(), files.end(), 0LL); }

bool check_report::all_as_proven() const {
    return over && checked() == count(copy_finding::fine) + count(copy_finding::accepted);
}

void copy_checker::stop() {
    stopped_ = true;
    transport_.stop();
    wake_.notify();
}

asio::awaitable<check_report> copy_checker::run(check_request request) {
    request_ = std::move(request);
    report_ = {};
    report_.reached = request_.which.after;
    portion_ = portion_at(request_.rate, request_.depth);
    while (!stopped_) {
        const auto then = co_await check_some();
        if (then == next::end) break;
        if (then == next::again) continue;
        if (on_progress) on_progress(report_);
        if (report_.over) break;
    }
    if (stopped_ && !report_.over && !report_.error)
        report_.error = failure{failure_code::stopped, "check", "all copies", "it was told to stop"};
    co_return std::move(report_);
}

// The base directory is to be the one that was recorded: below another one everything would be missing.
asio::awaitable<result<void>> copy_checker::prepare(std::string archive) {
    const auto memory = co_await catalog_.memory(archive);
    if (!memory) co_return memory.error();
    prepare_request wanted;
    wanted.catalog_uuid = catalog_.uuid();
    wanted.expected = memory->base;
    wanted.only_look = true;
    const auto facts = co_await transport_.prepare(std::move(wanted));
    if (!facts) co_return facts.error();
    prepared_ = answered_ = true;
    co_return result<void>();
}

asio::awaitable<copy_checker::next> copy_checker::check_some() {
    if (!prepared_) {
        const auto ready = co_await prepare(request_.which.archive);
        if (!ready) co_return co_await meet({}, ready.error());
    }
    auto which = request_.which;
    which.after = report_.reached;
    which.limit = portion_.files;
    which.bytes = portion_.bytes;
    auto page = co_await catalog_.load_copies(std::move(which));
    if (!page) {
        report_.error = page.error();
        co_return next::end;
    }
    co_return co_await ask(std::move(*page));
}

asio::awaitable<copy_checker::next> copy_checker::ask(copy_page page) {
    if (!page.copies.empty()) {
        const auto begun = clock_.steady_now();
        auto answers = co_await transport_.stat(ask_for(page.copies, request_.depth, request_.rate));
        if (!answers.end.finished()) co_return co_await meet(std::move(page), *answers.end.error);
        failures_ = 0;
        portion_ = portion_at(request_.rate, request_.depth);
        auto checked = co_await judge_answers(catalog_, std::move(page.copies), std::move(answers.answers),
                                              request_.depth);
        if (!checked) {
            report_.error = checked.error();
            co_return next::end;
        }
        report_.bytes += checked->bytes;
        report_.from_memory += checked->from_memory;
        for (auto& one : checked->copies) note(std::move(one));
        const std::chrono::duration<double> elapsed = clock_.steady_now() - begun;
        const auto rest = rest_after(request_.rate, checked->bytes, elapsed.count());
        if (rest > 0 && !page.over && !stopped_) co_await wake_.wait_for(clock_, rest);
    }
    report_.reached = page.scanned_to;
    report_.over = page.over;
    co_return next::go_on;
}

void copy_checker::note(checked_copy one) {
    ++report_.files.at(static_cast<std::size_t>(one.finding));
    if ((is_bad(one.finding) || one.finding == copy_finding::unanswered) &&
        report_.not_fine.size() < check_report::most_told)
        report_.not_fine.push_back(std::move(one));
}

// A command that took too long is asked for less; one file alone that takes too long holds up no other.
asio::awaitable<copy_checker::next> copy_checker::meet(copy_page page, failure error) {
    if (took_too_long(error.code) && !page.copies.empty()) {
        portion_.files = page.copies.size();
        if (portion_.halve()) co_return next::again;
        note({std::move(page.copies.front()), copy_finding::unanswered, error.text()});
        report_.reached = page.scanned_to;
        report_.over = page.over;
        portion_ = portion_at(request_.rate, request_.depth);
        co_return next::go_on;
    }
    // One that never answered is not waited for: whoever asked is told at once.
    if (stopped_ || !answered_ || !is_worth_another_try(error.code) ||
        ++failures_ >= most_failures_in_a_row) {
        if (!stopped_) report_.error = std::move(error);
        co_return next::end;
    }
    prepared_ = false;
    co_await wake_.wait_for(clock_, exponential_delay(failures_, first_delay, most_delay, 1));
    co_return next::again;
}

}  // namespace suprsync
