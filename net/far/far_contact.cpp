// How the far side is reached, and when rsync and the scripts take over.
#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/files/detached_thread.hpp"
#include "engine/loop/as_value.hpp"
#include "engine/loop/task_group.hpp"
#include "engine/rules/diagnosis.hpp"
#include "net/far/far_transport_impl.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/verb_rules.hpp"

namespace asio = boost::asio;

namespace suprsync::far {

namespace {

constexpr std::chrono::seconds tended_every{15};
constexpr std::chrono::seconds lane_kept_for{30};
constexpr int most_deaths = 3;
constexpr std::chrono::hours rest_after_deaths{1};
constexpr std::chrono::minutes rest_after_refusal{1};  // of a further lane
constexpr std::size_t most_lanes = 14;                 // beside the first one, of all batches together

/// There is no far side that could be used.
bool is_none(const failure& why) {
    return why.code == failure_code::not_found || why.code == failure_code::missing_program;
}

/// A lane that comes later touches no slot.
std::vector<int> every_slot() {
    std::vector<int> slots;
    for (std::size_t slot = 0; slot < largest_concurrency + spare_slots; ++slot)
        slots.push_back(static_cast<int>(slot));
    return slots;
}

}  // namespace

// One at a time: whoever comes meanwhile finds the lane that was made.
asio::awaitable<result<destination_facts>> far_transport::contact(prepare_request request) {
    while (connecting_) co_await connected_.async_wait(as_value);
    if (lane_ && lane_->works()) co_return co_await prepare_there(lane_, std::move(request));
    connecting_ = true;
    connected_.expires_at(std::chrono::steady_clock::time_point::max());
    for (const auto& l : others_) l->channel->close();
    others_.clear();
    auto opened = co_await open_lane(executor_, runner_, connection_, threads_, lane_options_for(options_));
    result<destination_facts> facts = failure{};
    if (opened.refused)
        facts = std::move(*opened.refused);
    else
        facts = co_await prepare_there(opened.lane, std::move(request));
    if (facts)
        lane_ = std::move(opened.lane);
    else if (opened.lane)
        opened.lane->channel->close();
    connecting_ = false;
    connected_.cancel();
    co_return facts;
}

asio::awaitable<result<destination_facts>> far_transport::prepare_there(lane_handle l,
                                                                        prepare_request request) {
    const auto& archive = options_.archive;
    const auto message = encode(prepare_question{base_options_for(archive), std::move(request)});
    result<destination_facts> facts =
        failure{failure_code::invalid, "prepare", name(), "a name is too long to be told to the far side"};
    if (!message) co_return facts;
    const auto said =
        co_await ask(std::move(l), kind::prepare, *message, "prepare", command_limit(archive, 0, 0));
    if (said.end) co_return *said.end->error;
    if (!decode(said.bytes, facts)) co_return not_understood("prepare");
    co_return facts;
}

asio::awaitable<result<destination_facts>> far_transport::prepare_scripts(prepare_request request,
                                                                          std::string why, bool usual) {
    way_ = way::scripts;
    auto facts = co_await scripts_->prepare(std::move(request));
    scripts_prepared_ = facts.has_value();
    if (facts && by_rsync_ && told_ != why) by_rsync_(why, usual);
    if (facts) told_ = std::move(why);
    co_return facts;
}

// A program that ends whenever it is asked something is no better than none, whatever else it answers.
void far_transport::died_over_it(const lane_handle& l, const std::string& operation) {
    if (stopped_ || !l->ended_alone || std::exchange(l->counted, true)) return;
    words_of_the_dead_ = telling_line(l->said);
    if (++deaths_[operation] < most_deaths) return;
    deaths_.clear();
    asked_again_at_ = std::chrono::steady_clock::now() + rest_after_deaths;
}

asio::awaitable<result<destination_facts>> far_transport::prepare(prepare_request request) {
    if (std::chrono::steady_clock::now() < asked_again_at_)
        co_return co_await prepare_scripts(std::move(request),
                                           "the far side ended by itself whenever it was asked something" +
                                               (words_of_the_dead_.empty() ? "" : ": " + words_of_the_dead_),
                                           false);
    auto facts = co_await contact(request);
    if (!facts) {
        // It is not there, or not understood; of an account that takes no commands at all the scripts' trial
        // tells more.
        const auto& why = facts.error();
        if (!is_none(why) && why.code != failure_code::invalid) co_return facts;
        const bool usual = why.code == failure_code::not_found && !expects_far_side(options_.archive);
        co_return co_await prepare_scripts(std::move(request), why.detail, usual);
    }
    // Straight to their places goes what is sent by rsync.
    if (facts->staging.empty() && !request.only_look) {
        const bool created = facts->base_created;
        facts = co_await prepare_scripts(std::move(request),
                                         "files cannot be staged: " + facts->staging_refused, true);
        if (facts && created) facts->base_created = true;
        co_return facts;
    }
    way_ = way::far_side;
    scripts_prepared_ = false;
    told_.clear();
    request.expected = facts->identity;
    request.may_create_base = false;
    request.slots_in_use = every_slot();
    prepared_ = std::move(request);
    co_return facts;
}

asio::awaitable<result<far_transport::way>> far_transport::way_there(bool fits) {
    if (stopped_) co_return failure{failure_code::stopped, "use", name(), "the daemon is shutting down"};
    if (way_ == way::scripts) co_return way::scripts;
    if (!fits) {
        // Nobody's slots: this one asks for a slot that is being used.
        if (!scripts_prepared_) {
            auto facts = co_await scripts_->prepare(*prepared_);
            if (!facts) co_return facts.error();
            scripts_prepared_ = true;
        }
        co_return way::scripts;
    }
    if (lane_ && lane_->works()) co_return way::far_side;
    auto facts = co_await contact(*prepared_);
    if (facts) co_return way::far_side;
    auto why = facts.error();
    // It was there a moment ago. Who takes over, if it has gone, is for the next prepare().
    if (is_none(why)) why.code = failure_code::connection;
    co_return why;
}

// What does not come is done without.
asio::awaitable<void> far_transport::add_lane() {
    auto opened =
        co_await open_lane(executor_, runner_, connection_, threads_, lane_options_for(options_), true);
    if (!opened.lane) co_return;
    const auto ready = co_await prepare_there(opened.lane, *prepared_);
    if (ready && !ready->staging.empty() && !stopped_)
        others_.push_back(std::move(opened.lane));
    else
        opened.lane->channel->close();
}

// Batches share them: what one needs is there for those that come meanwhile.
asio::awaitable<std::vector<far_transport::lane_handle>> far_transport::more_lanes(std::size_t wanted) {
    wanted = std::min(wanted, most_lanes);
    while (opening_) co_await opened_.async_wait(as_value);
    std::erase_if(others_, [](const auto& l) { return !l->works(); });
    if (others_.size() < wanted && std::chrono::steady_clock::now() >= opened_again_at_) {
        opening_ = true;
        opened_.expires_at(std::chrono::steady_clock::time_point::max());
        task_group opening(executor_);
        for (auto there = others_.size(); there < wanted; ++there) opening.spawn(add_lane());
        co_await opening.join();
        if (others_.size() < wanted) opened_again_at_ = std::chrono::steady_clock::now() + rest_after_refusal;
        opening_ = false;
        opened_.cancel();
    }
    auto lanes = others_;
    std::sort(lanes.begin(), lanes.end(), [](const auto& a, const auto& b) { return a->users < b->users; });
    lanes.resize(std::min(wanted, lanes.size()));
    for (const auto& l : lanes) ++l->users;
    co_return lanes;
}

void far_transport::give_back(const std::vector<lane_handle>& lanes) {
    for (const auto& l : lanes) {
        --l->users;
        l->used = std::chrono::steady_clock::now();
    }
}

// The far side ends where it hears nothing for long.
void far_transport::tend_lanes() {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(others_, [&](const auto& l) {
        const bool idle = l->users == 0 && now - l->used > lane_kept_for;
        if (idle) l->channel->close();
        return idle;
    });
    auto lanes = others_;
    if (lane_ && lane_->works()) lanes.push_back(lane_);
    for (const auto& l : lanes)
        std::ignore = start_detached_thread([channel = l->channel] { channel->ping(); });
}

asio::awaitable<void> far_transport::keep_lanes(std::weak_ptr<far_transport*> self,
                                                std::shared_ptr<asio::steady_timer> timer) {
    while (true) {
        timer->expires_after(tended_every);
        const auto [error] = co_await timer->async_wait(as_value);
        const auto there = self.lock();
        if (error || !there) co_return;
        (*there)->tend_lanes();
    }
}

}  // namespace suprsync::far
