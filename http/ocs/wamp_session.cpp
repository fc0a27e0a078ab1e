#include "http/ocs/wamp_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "http/ocs/seconds.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double limits_looked_at_every = 1;  // s

}  // namespace

wamp_session::wamp_session(asio::any_io_executor loop, suprsync::clock& clock,
                           std::unique_ptr<text_channel> channel, wamp_limits limits)
    : loop_(loop),
      clock_(clock),
      channel_(std::move(channel)),
      limits_(limits),
      write_wake_(loop),
      room_wake_(loop),
      limit_wake_(loop) {}

failure wamp_session::lost(const std::string& detail) const {
    return {failure_code::connection, "use", "the OCS hub", detail};
}

wamp_session::limit wamp_session::within(double seconds, std::string what) const {
    return {std::move(what), clock_.steady_now() + seconds_of(seconds)};
}

asio::awaitable<failure> wamp_session::run(std::string realm) {
    task_group others(loop_);
    phase_ = within(limits_.open, "it does not take a connection");
    others.spawn(watch_limits());
    const auto opened = co_await channel_->open();
    if (opened && !ended_) {
        phase_ = within(limits_.answer, fmt::format("it does not let us into the realm {}", realm));
        say({hello_text(realm)});
        others.spawn(write_all());
        co_await read_all();
    } else if (!opened) {
        end(opened.error());
    }
    co_await others.join();
    co_return *why_;
}

asio::awaitable<void> wamp_session::read_all() {
    while (!ended_) {
        auto received = co_await channel_->read();
        if (!received) co_return end(received.error());
        take(*received);
        // Whoever calls and does not read the answers waits.
        while (!ended_ && !leaving_ && !has_room()) co_await room_wake_.wait_for(clock_, 3600);
    }
}

void wamp_session::take(const received_text& received) {
    auto message = received.whole ? read_wamp_message(received.text)
                                  : result<wamp_message>(failure{failure_code::invalid, "read",
                                                                 "a message of the hub", "it is too long"});
    if (message) return take(std::move(*message));
    // What one caller sends is no reason to leave the others.
    if (const auto call = joined() ? invocation_begun(received.text) : std::nullopt)
        return refuse(*call, "wamp.error.invalid_argument", message.error().text());
    end(lost(message.error().text()));
}

void wamp_session::take(wamp_message message) {
    const auto answered = [&](wamp_id id, result<wamp_id> answer) {
        const auto request = requests_.extract(id);
        if (!request) return end(lost(fmt::format("it answers the request {}, which nobody waits for", id)));
        if (request.mapped().told) request.mapped().told(std::move(answer));
    };
    const bool welcome = std::holds_alternative<wamp_welcome>(message);
    const bool early = welcome || std::holds_alternative<wamp_abort>(message) ||
                       std::holds_alternative<wamp_goodbye>(message);
    if (joined_ ? welcome : !early) return end(lost("it sent a message out of its turn"));
    if (welcome) {
        joined_ = true;
        if (!leaving_) phase_.reset();
        if (on_joined && !leaving_) on_joined();
    } else if (const auto* abort = std::get_if<wamp_abort>(&message)) {
        end(lost(fmt::format("it refuses us: {}{}{}", abort->reason, abort->message.empty() ? "" : ": ",
                             abort->message)));
    } else if (const auto* goodbye = std::get_if<wamp_goodbye>(&message)) {
        end(lost("it said goodbye: " + goodbye->reason));
    } else if (const auto* registered = std::get_if<wamp_registered>(&message)) {
        answered(registered->request, registered->registration);
    } else if (const auto* unregistered = std::get_if<wamp_unregistered>(&message)) {
        answered(unregistered->request, wamp_id{0});
    } else if (const auto* error = std::get_if<wamp_error>(&message)) {
        answered(error->request, lost(error->uri));
    } else if (leaving_) {
        return;
    } else if (auto* call = std::get_if<wamp_invocation>(&message); call && on_invocation) {
        on_invocation(std::move(*call));
    } else if (const auto* interrupt = std::get_if<wamp_interrupt>(&message); interrupt && on_interrupt) {
        on_interrupt(interrupt->request);
    }
}

asio::awaitable<void> wamp_session::write_all() {
    while (!ended_) {
        if (outgoing_.empty()) {
            co_await write_wake_.wait_for(clock_, 3600);
            continue;
        }
        auto next = std::move(outgoing_.front());
        outgoing_.pop_front();
        const bool answers = next.answers;
        auto text = text_of(next);
        const auto size = text.size();
        writing_ = within(limits_.write, "it takes no message");
        const auto written = co_await channel_->write(std::move(text));
        writing_.reset();
        if (answers) {
            --answers_waiting_;
            answer_bytes_ -= size;
            room_wake_.notify();
        }
        if (!written) co_return end(written.error());
    }
}

// A limit is reached by ending the connection, which ends whatever waits for it.
asio::awaitable<void> wamp_session::watch_limits() {
    while (!ended_) {
        co_await limit_wake_.wait_for(clock_, std::min(limits_looked_at_every, limits_.goodbye));
        const auto now = clock_.steady_now();
        const auto passed = [&](const limit& one) {
            if (ended_ || now < one.until) return;
            end(lost(one.what));
        };
        if (phase_) passed(*phase_);
        if (writing_) passed(*writing_);
        for (const auto& [id, request] : requests_) passed(request.answered);
    }
}

void wamp_session::end(failure why) {
    if (ended_) return;
    ended_ = true;
    if (!why_) why_ = std::move(why);
    channel_->close();
    for (auto* sleeper : {&write_wake_, &room_wake_, &limit_wake_}) sleeper->notify();
}

void wamp_session::leave() {
    if (ended_ || leaving_) return;
    leaving_ = true;
    why_ = failure{failure_code::stopped, "use", "the OCS hub", "we left"};
    if (!joined_) return end(*why_);
    outgoing_.clear();
    room_wake_.notify();
    phase_ = within(limits_.goodbye, "it does not say goodbye");
    limit_wake_.notify();
    say({goodbye_text("wamp.close.normal")});
}

void wamp_session::say(outgoing message) {
    if (ended_) return;
    if (message.answers) {
        ++answers_waiting_;
        answer_bytes_ += message.text.size();
    }
    outgoing_.push_back(std::move(message));
    write_wake_.notify();
}

std::string wamp_session::text_of(outgoing& message) {
    if (!message.topic.empty()) return publish_text(next_request(), message.topic, message.text);
    if (!message.ask) return std::move(message.text);
    const auto id = next_request();
    requests_.emplace(
        id, request{std::move(message.told), within(limits_.answer, "it does not answer a request")});
    return message.ask(id);
}

void wamp_session::register_procedure(const std::string& procedure,
                                      std::function<void(result<wamp_id>)> told) {
    if (!joined() || leaving_) return;
    outgoing message;
    message.ask = [procedure](wamp_id request) { return register_text(request, procedure); };
    message.told = std::move(told);
    say(std::move(message));
}

void wamp_session::unregister(wamp_id registration) {
    if (!joined() || leaving_) return;
    outgoing message;
    message.ask = [registration](wamp_id request) { return unregister_text(request, registration); };
    say(std::move(message));
}

void wamp_session::publish(const std::string& topic, std::string json_argument) {
    if (!joined() || leaving_) return;
    const auto older = std::find_if(outgoing_.begin(), outgoing_.end(),
                                    [&](const outgoing& one) { return one.topic == topic; });
    if (older != outgoing_.end()) {
        older->text = std::move(json_argument);
        return;
    }
    say({std::move(json_argument), topic});
}

void wamp_session::answer(wamp_id invocation, std::string_view json_result) {
    if (!joined() || leaving_) return;
    say({yield_text(invocation, json_result), {}, true});
}

void wamp_session::refuse(wamp_id invocation, std::string_view uri, std::string_view message) {
    if (!joined() || leaving_) return;
    say({invocation_error_text(invocation, uri, message), {}, true});
}

}  // namespace suprsync
