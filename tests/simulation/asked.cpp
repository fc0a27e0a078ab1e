// What people and programs ask of the daemon, as over HTTP and by the tools.
#include <fmt/format.h>

#include "tests/simulation/simulated_day.hpp"

namespace asio = boost::asio;

namespace suprsync::simulation {

namespace {

asio::awaitable<void> ask_to_retry(suprsync::daemon& engine, retry_request request) {
    co_await engine.retry(std::move(request));
}

asio::awaitable<void> ask_to_accept_removal(suprsync::daemon& engine, std::string archive, int timecode) {
    co_await engine.accept_removal(std::move(archive), timecode);
}

asio::awaitable<void> ask_what_is_finalized(suprsync::daemon& engine, std::string archive,
                                            std::function<void(double)> told) {
    const auto answer = co_await engine.publish_statistics(std::move(archive));
    if (answer) told(answer->finalized_until);
}

// As `suprsync accept-clock` does, which asks no daemon.
asio::awaitable<void> accept_clock(sqlite_catalog& catalog, trusted_clock here) {
    co_await catalog.trust_clock(std::move(here));
}

retry_request some_of(const std::string& archive, random& chance) {
    retry_request wanted;
    wanted.archive = archive;
    const std::string day = chance.chance(0.7) ? "17000" : "17001";
    if (chance.chance(0.8)) wanted.remote_prefix = day + (chance.chance(0.7) ? "/" : "/" + archive + "/");
    if (!wanted.remote_prefix || chance.chance(0.2)) wanted.state = "failed";
    return wanted;
}

}  // namespace

void simulated_day::ask(const planned& event, random chance) {
    const std::string archive = chance.chance(0.6) ? "smurf" : "timestreams";
    switch (event.kind) {
        case event_kind::retry:
            if (chance.chance(0.5) && life_)
                return life_->ask(ask_to_retry(life_->engine(), {archive, {}, {}, {}, time_.wall()}));
            others().execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE archive_name = '" +
                             archive + "'");
            if (life_) life_->tell_of_commit();
            return;
        case event_kind::retry_a_day:
            if (life_) life_->ask(ask_to_retry(life_->engine(), some_of(archive, chance)));
            return;
        case event_kind::accept_removal: {
            if (!life_ || there_.meddled.empty()) return;
            const int day = chance.chance(0.7) ? 17000 : 17001;
            judge_.accepted(day);
            return life_->ask(ask_to_accept_removal(life_->engine(), archive, day));
        }
        case event_kind::accept_clock: {
            if (!life_) return;
            if (time_.set_wrong_by != 0) judge_.wrong_clock_accepted();
            const auto here = life_->clock().reading();
            return life_->ask(accept_clock(life_->catalog().real(), {here.boot, here.set_to, true}));
        }
        case event_kind::tell_readers:
            if (!life_) return;
            return life_->ask(ask_what_is_finalized(
                life_->engine(), archive,
                [this, archive, asked = judge_.on_asked_to_tell(archive)](double until) {
                    judge_.on_told(archive, until, asked);
                }));
        case event_kind::resume:
            return pause(0, chance);
        default:
            throw std::logic_error("nobody performs " + name_of(event.kind));
    }
}

}  // namespace suprsync::simulation
