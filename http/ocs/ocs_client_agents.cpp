// The agents of the client: how they come to the hub and leave it, and who answers a call.
#include <fmt/format.h>

#include <utility>

#include "engine/report/log.hpp"
#include "http/ocs/ocs_client.hpp"
#include "http/ocs/seconds.hpp"

namespace suprsync {

namespace {

constexpr const char* exists_already = "wamp.error.procedure_already_exists";

}  // namespace

void ocs_client::add(const std::string& archive, const std::string& instance) {
    const auto at = std::make_shared<agent_at_hub>(
        agent_at_hub{ocs_agent(service_, clock_, process_, archive, wanted_.address_root + "." + instance)});
    agents_.emplace(archive, at);
    if (session_ && session_->joined()) ask_registration(at);
}

void ocs_client::remove(const std::string& archive) {
    const auto place = agents_.find(archive);
    if (place == agents_.end()) return;
    if (session_)
        for (const auto registration : {place->second->operations, place->second->self})
            if (registration != 0) session_->unregister(registration);
    for (const auto call : place->second->agent.take_waits())
        if (session_) session_->refuse(call, canceled, "a reload has taken the agent away");
    place->second->removed = true;
    agents_.erase(place);
    service_.conditions().clear(condition_kind::ocs_not_registered, archive);
}

// Both procedures or none. A reload may take the agent away before the hub has answered.
void ocs_client::ask_registration(const std::shared_ptr<agent_at_hub>& at) {
    at->is = agent_at_hub::state::asking;
    const auto& address = at->agent.identity().address;
    const std::weak_ptr<agent_at_hub> still = at;
    const auto then = [this, still](wamp_id agent_at_hub::* which, auto go_on) {
        return [this, still, which, go_on](const result<wamp_id>& answer) {
            hub_answers();
            const auto here = still.lock();
            const bool gone = !here || here->removed;
            if (gone && answer) return session_->unregister(*answer);
            if (gone) return;
            if (!answer) return not_registered(*here, answer.error().detail);
            *here.*which = *answer;
            go_on(*here);
        };
    };
    const auto last = then(&agent_at_hub::self, [this](agent_at_hub& here) { registered(here); });
    session_->register_procedure(address + ".ops",
                                 then(&agent_at_hub::operations, [this, address, last](agent_at_hub&) {
                                     session_->register_procedure(address, last);
                                 }));
}

void ocs_client::registered(agent_at_hub& at) {
    at.is = agent_at_hub::state::present;
    const auto& identity = at.agent.identity();
    service_.conditions().clear(condition_kind::ocs_not_registered, identity.archive);
    log::info({.archive = identity.archive}, "is the OCS agent {}", identity.address);
    beat_wake_.notify();
    report_wake_.notify();
}

void ocs_client::not_registered(agent_at_hub& at, const std::string& uri) {
    if (at.operations != 0) session_->unregister(std::exchange(at.operations, 0));
    at.is = agent_at_hub::state::absent;
    at.ask_again = clock_.steady_now() + seconds_of(register_again_after);
    const auto& identity = at.agent.identity();
    const auto why =
        uri == exists_already
            ? fmt::format(
                  "another agent runs as {}: the Python agent, or another suprsync. Stop it (docker compose stop, or the HostManager, which starts it again unless its entry in the site file has `manage: ignore`)",
                  identity.address)
            : fmt::format("the hub does not let us register {}: {}. See to its permissions", identity.address,
                          uri);
    service_.conditions().raise(
        condition_kind::ocs_not_registered, identity.archive,
        fmt::format(
            "{}. It is tried again every {:.0f} s; meanwhile OCS sees nothing of this archive of ours", why,
            register_again_after));
}

void ocs_client::answer(const wamp_invocation& call) {
    for (const auto& [archive, at] : agents_) {
        if (call.registration == at->self) {
            const auto said = at->agent.call_agent(call);
            if (!said)
                return session_->refuse(call.request, "wamp.error.invalid_argument", said.error().text());
            return session_->answer(call.request, *said);
        }
        if (call.registration == at->operations) {
            const auto said = at->agent.call_operation(call);
            if (!said)
                return session_->refuse(call.request, "wamp.error.invalid_argument", said.error().text());
            if (*said) session_->answer(call.request, **said);
            return;
        }
    }
    session_->refuse(call.request, "wamp.error.no_such_procedure", "it is not registered any more");
}

}  // namespace suprsync
