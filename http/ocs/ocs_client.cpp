#include "http/ocs/ocs_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/loop/task_group.hpp"
#include "engine/report/log.hpp"
#include "http/ocs/seconds.hpp"

namespace asio = boost::asio;

namespace suprsync {

ocs_configuration ocs_configuration_of(const daemon_configuration& configuration) {
    ocs_configuration c;
    if (const auto hub = parse_hub_address(configuration.ocs_hub); hub && !configuration.once) c.hub = *hub;
    c.realm = configuration.ocs_realm;
    c.address_root = configuration.ocs_address_root;
    for (const auto& archive : configuration.archives) c.instances[archive.name] = archive.instance_id;
    return c;
}

ocs_client::ocs_client(asio::any_io_executor loop, suprsync::service& service, suprsync::clock& clock,
                       agent_process process, channel_maker make_channel, wamp_limits limits)
    : loop_(loop),
      service_(service),
      clock_(clock),
      process_(std::move(process)),
      make_channel_(std::move(make_channel)),
      limits_(limits),
      wake_(loop),
      beat_wake_(loop),
      report_wake_(loop) {}

ocs_client::~ocs_client() = default;

bool ocs_client::rhythm::due(time_point now) {
    if (now < next) return false;
    const auto missed = std::floor(std::chrono::duration<double>(now - next).count() / every);
    next += seconds_of(every) * static_cast<std::int64_t>(missed + 1);
    return true;
}

void ocs_client::set(ocs_configuration wanted) {
    const bool elsewhere = wanted.hub != wanted_.hub || wanted.realm != wanted_.realm ||
                           wanted.address_root != wanted_.address_root;
    const auto before = std::exchange(wanted_, std::move(wanted));
    for (const auto& [archive, instance] : before.instances) {
        const auto now = wanted_.instances.find(archive);
        if (elsewhere || now == wanted_.instances.end() || now->second != instance) remove(archive);
    }
    for (const auto& [archive, instance] : wanted_.instances) {
        if (wanted_.hub && !agents_.contains(archive)) add(archive, instance);
        // Nobody could start it again.
        if (!wanted_.hub) (void)service_.set_ocs_stopped(archive, false);
    }
    if (!elsewhere) return;
    if (session_) session_->leave();
    wake_.notify();
}

void ocs_client::stop() {
    stopping_ = true;
    if (session_) session_->leave();
    wake_.notify();
}

asio::awaitable<void> ocs_client::run() {
    double pause = first_pause;
    while (!stopping_) {
        if (!wanted_.hub) {
            service_.conditions().clear(condition_kind::ocs_hub_unreachable, "");
            co_await wake_.wait_for(clock_, 3600);
            continue;
        }
        co_await wake_.wait_for(clock_, 0);  // what was wanted until now is done by this
        const auto begun = clock_.steady_now();
        const auto why = co_await serve();
        if (stopping_ || why.code == failure_code::stopped) continue;
        tell_hub_is_away(why);
        // One that lets us in and sends us away at once is not asked at once again.
        if (clock_.steady_now() - begun > seconds_of(longest_pause)) pause = first_pause;
        if (co_await wake_.wait_for(clock_, pause))
            pause = first_pause;
        else
            pause = std::min(2 * pause, longest_pause);
    }
}

void ocs_client::tell_hub_is_away(const failure& why) {
    service_.conditions().raise(
        condition_kind::ocs_hub_unreachable, "",
        fmt::format(
            "{}. It is tried again, at most {:.0f} s apart, and nothing else waits for it; meanwhile OCS sees no agent of ours, and the site's packaging stops some hours after the last feed. Is {} the hub of the site (wamp_server), and does it run?",
            why.text(), longest_pause, wanted_.hub ? wanted_.hub->text() : ""));
}

// One that lets us in and registers nobody is as good as away.
void ocs_client::hub_answers() { service_.conditions().clear(condition_kind::ocs_hub_unreachable, ""); }

// One session, from the connection to its end.
asio::awaitable<failure> ocs_client::serve() {
    wamp_session session(loop_, clock_, make_channel_(*wanted_.hub), limits_);
    session.on_joined = [this] { joined(); };
    session.on_invocation = [this](const wamp_invocation& call) { answer(call); };
    session.on_interrupt = [this](wamp_id call) {
        for (const auto& [archive, at] : agents_)
            if (at->agent.forget_wait(call))
                session_->refuse(call, canceled, "its caller does not wait any more");
    };
    session_ = &session;
    task_group beats(loop_);
    beats.spawn(beat());
    beats.spawn(report());
    auto why = co_await session.run(wanted_.realm);
    session_ = nullptr;
    beat_wake_.notify();
    report_wake_.notify();
    co_await beats.join();
    for (auto& [archive, at] : agents_) {
        at->is = agent_at_hub::state::absent;
        at->operations = at->self = 0;
        at->ask_again = {};
        at->beats = at->counted = at->reported = false;
        at->agent.take_waits();
    }
    co_return why;
}

void ocs_client::joined() {
    if (agents_.empty()) hub_answers();
    log::info({}, "the realm {} of the OCS hub {} is joined", wanted_.realm, wanted_.hub->text());
    for (auto* one : {&heartbeats_, &archive_stats_, &transfer_stats_})
        one->next = clock_.steady_now() + seconds_of(one->every);
    for (const auto& [archive, at] : agents_) ask_registration(at);
    beat_wake_.notify();
    report_wake_.notify();
}

asio::awaitable<void> ocs_client::beat() {
    while (session_) {
        if (session_->joined()) beat_once();
        co_await beat_wake_.wait_for(clock_, session_->joined() ? seconds_until(heartbeats_.next) : 3600);
    }
}

asio::awaitable<void> ocs_client::report() {
    while (session_) {
        if (session_->joined()) co_await report_once();
        if (!session_) co_return;
        co_await report_wake_.wait_for(clock_,
                                       session_->joined() ? seconds_until(archive_stats_.next) : 3600);
    }
}

double ocs_client::seconds_until(time_point then) const {
    return std::chrono::duration<double>(then - clock_.steady_now()).count();
}

void ocs_client::beat_once() {
    const auto now = clock_.steady_now();
    const bool due = heartbeats_.due(now);
    for (const auto& [archive, at] : agents_) {
        if (at->is == agent_at_hub::state::absent && now >= at->ask_again) ask_registration(at);
        if (at->is != agent_at_hub::state::present) continue;
        if (due || !at->beats)
            session_->publish(topic_of(at->agent.identity(), agent_feed::heartbeat), at->agent.heartbeat());
        at->beats = true;
        if (!at->reported) report_wake_.notify();
        while (session_->has_room()) {
            const auto over = at->agent.wait_over();
            if (!over) break;
            session_->answer(over->first, over->second);
        }
    }
}

asio::awaitable<void> ocs_client::report_once() {
    const auto now = clock_.steady_now();
    const bool archives = archive_stats_.due(now);
    const bool transfers = transfer_stats_.due(now);
    // While the catalog keeps what is promised, agents may come and go, and the session may end.
    std::vector<std::shared_ptr<agent_at_hub>> all;
    for (const auto& [archive, at] : agents_) all.push_back(at);
    std::erase_if(all, [](const auto& at) { return at->is != agent_at_hub::state::present; });
    for (const auto& at : all)
        if (const bool counted = std::exchange(at->counted, true); transfers || !counted)
            session_->publish(topic_of(at->agent.identity(), agent_feed::transfer_stats),
                              at->agent.transfer_stats());
    for (const auto& at : all) {
        if (!session_) co_return;
        if (at->removed || at->is != agent_at_hub::state::present || (!archives && at->reported)) continue;
        const auto& identity = at->agent.identity();
        auto stats = co_await at->agent.archive_stats();
        if (!session_ || at->removed) continue;
        at->reported = stats.has_value();  // else tried again with the next heartbeat
        if (stats) session_->publish(topic_of(identity, agent_feed::archive_stats), std::move(*stats));
    }
}

}  // namespace suprsync
