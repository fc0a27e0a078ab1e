#include "http/ocs/ocs_agent.hpp"

#include <algorithm>
#include <utility>

#include "http/ocs/seconds.hpp"

namespace json = boost::json;

namespace suprsync {

namespace {

constexpr const char* only_operation = "run";

failure no_call(const std::string& detail) { return {failure_code::invalid, "answer", "a call", detail}; }

std::optional<std::string> text_at(const json::array& arguments, std::size_t at) {
    if (at >= arguments.size() || !arguments[at].is_string()) return std::nullopt;
    return std::string(arguments[at].get_string());
}

// In seconds; none: for ever.
result<std::optional<double>> timeout_of(const json::object& keywords) {
    const auto* given = keywords.if_contains("timeout");
    if (!given || given->is_null()) return std::optional<double>();
    boost::system::error_code none;
    const auto seconds = given->to_number<double>(none);
    if (none) return no_call("its timeout is no number of seconds");
    return std::optional(seconds);
}

std::string quoted_operation(const std::string& before, const std::string& after) {
    return before + " \"" + only_operation + "\"" + after;
}

}  // namespace

ocs_agent::ocs_agent(suprsync::service& service, suprsync::clock& clock, agent_process process,
                     std::string archive, std::string address)
    : service_(service),
      clock_(clock),
      process_(std::move(process)),
      identity_{std::move(archive), std::move(address), clock.now()},
      operation_(clock.now()) {}

void ocs_agent::look() {
    operation_facts facts;
    conditions_.clear();
    if (auto report = service_.archive(identity_.archive)) {
        const auto& activity = report->activity;
        facts.ready = activity.activity != "preparing";
        facts.stopped = activity.ocs_stopped;
        facts.working = activity.files_in_flight > 0 || activity.activity == "deleting";
        paused_ = activity.paused;
        conditions_ = std::move(report->conditions);
    }
    for (auto& raised : service_.conditions().list())
        if (raised.archive.empty()) conditions_.push_back(std::move(raised));
    facts.ending = service_.ready().stopping;
    facts.degraded = !conditions_.empty();
    operation_.update(facts, clock_.now());
}

std::string ocs_agent::answer(answer_code code, std::string_view message) const {
    return operation_answer(code, message, {operation_, service_.session(identity_.archive), conditions_});
}

result<std::optional<std::string>> ocs_agent::call_operation(const wamp_invocation& call) {
    const auto action = text_at(call.arguments, 0);
    const auto name = text_at(call.arguments, 1);
    if (!action || !name) return no_call("expected the arguments action, operation and parameters");
    const auto timeout = timeout_of(call.keywords);
    if (!timeout) return timeout.error();
    using answered = std::optional<std::string>;
    if (*name != only_operation)
        return answered(operation_answer(answer_code::error, "No task or process called \"" + *name + "\"."));
    look();
    if (*action == "status") return answered(answer(answer_code::ok, "Session active."));
    if (*action == "start") return answered(start());
    if (*action == "stop") return answered(stop());
    if (*action == "wait") return wait(call.request, *timeout);
    if (*action == "abort")
        return answered(
            answer(answer_code::error,
                   quoted_operation("Operation", " is a process, which is not aborted: use stop.")));
    return answered(operation_answer(answer_code::error, "No action called \"" + *action + "\"."));
}

// What another one asked for, or the base directory, is not for OCS to lift.
std::optional<std::string> ocs_agent::why_paused() const {
    if (!paused_) return std::nullopt;
    std::string why = "paused";
    for (const auto& raised : conditions_)
        if (raised.kind == condition_kind::paused || raised.kind == condition_kind::base_directory)
            why = raised.message;
    return "archive " + identity_.archive + ": " + why;
}

std::string ocs_agent::start() {
    if (const auto why = why_paused()) return answer(answer_code::error, *why);
    if (!operation_.done())
        return answer(answer_code::error, quoted_operation("Operation", " already in progress."));
    const auto started = service_.set_ocs_stopped(identity_.archive, false);
    look();
    if (!started) return answer(answer_code::error, started.error().text());
    return answer(answer_code::ok, quoted_operation("Started process", "."));
}

std::string ocs_agent::stop() {
    if (operation_.done())
        return answer(answer_code::ok, quoted_operation("Operation", " has stopped already."));
    const auto stopped = service_.set_ocs_stopped(identity_.archive, true);
    look();
    if (!stopped) return answer(answer_code::error, stopped.error().text());
    return answer(answer_code::ok, quoted_operation("Requested stop on process", "."));
}

std::optional<std::string> ocs_agent::wait(wamp_id call, std::optional<double> timeout) {
    if (!operation_.done() && waits_.size() >= most_waits)
        return answer(answer_code::error, "Too many callers wait for it already.");
    waiting one{call, std::nullopt};
    constexpr double longest = 365 * 86400.0;  // keeps the sum in range
    if (timeout) one.until = clock_.steady_now() + seconds_of(std::clamp(*timeout, 0.0, longest));
    auto ended = end_of(one);
    if (!ended) waits_.push_back(one);
    return ended;
}

std::optional<std::string> ocs_agent::end_of(const waiting& one) const {
    if (operation_.done()) return answer(answer_code::ok, quoted_operation("Operation", " just exited."));
    if (one.until && clock_.steady_now() >= *one.until)
        return answer(answer_code::timed_out,
                      quoted_operation("Operation", " still running; wait timed out."));
    return std::nullopt;
}

std::optional<std::pair<wamp_id, std::string>> ocs_agent::wait_over() {
    if (waits_.empty()) return std::nullopt;
    look();
    for (auto one = waits_.begin(); one != waits_.end(); ++one) {
        auto ended = end_of(*one);
        if (!ended) continue;
        const auto call = one->call;
        waits_.erase(one);
        return std::pair(call, std::move(*ended));
    }
    return std::nullopt;
}

bool ocs_agent::forget_wait(wamp_id call) {
    return std::erase_if(waits_, [&](const waiting& one) { return one.call == call; }) > 0;
}

result<std::string> ocs_agent::call_agent(const wamp_invocation& call) {
    const auto question = text_at(call.arguments, 0);
    if (!question) return no_call("expected the name of a question, such as get_api");
    look();
    return query_answer(*question, process_, identity_,
                        {operation_, service_.session(identity_.archive), conditions_});
}

std::string ocs_agent::heartbeat() {
    look();
    return heartbeat_argument(identity_, operation_.code());
}

std::vector<wamp_id> ocs_agent::take_waits() {
    std::vector<wamp_id> calls;
    for (const auto& one : std::exchange(waits_, {})) calls.push_back(one.call);
    return calls;
}

boost::asio::awaitable<std::optional<std::string>> ocs_agent::archive_stats() {
    const auto stats = co_await service_.publish_statistics(identity_.archive);
    if (!stats) co_return std::nullopt;
    co_return archive_stats_argument(identity_, *stats, clock_.now());
}

std::string ocs_agent::transfer_stats() {
    const auto data = service_.session(identity_.archive);
    return transfer_stats_argument(identity_, data ? data->counters : status_counters(), clock_.now());
}

}  // namespace suprsync
