#include "http/ocs/agent_operation.hpp"

#include <fmt/format.h>

namespace suprsync {

void agent_operation::begin(epoch_seconds now) {
    ++session_id_;
    start_time_ = now;
    end_time_.reset();
    messages_.clear();
    go_to(phase::starting, now);
}

void agent_operation::update(const operation_facts& facts, epoch_seconds now) {
    degraded_ = facts.degraded;
    if (facts.stopped || facts.ending) {
        if (phase_ < phase::stopping) go_to(phase::stopping, now);
        // A daemon that ends is done when it is gone.
        if (phase_ == phase::stopping && facts.stopped && !facts.working) go_to(phase::done, now);
    } else if (phase_ > phase::running) {
        begin(now);
    }
    if (phase_ == phase::starting && facts.ready) go_to(phase::running, now);
}

void agent_operation::go_to(phase next, epoch_seconds now) {
    phase_ = next;
    if (next == phase::done) end_time_ = now;
    messages_.emplace_back(now, fmt::format(R"(Status is now "{}".)", status()));
}

std::string agent_operation::status() const {
    switch (phase_) {
        case phase::starting:
            return "starting";
        case phase::running:
            return "running";
        case phase::stopping:
            return "stopping";
        case phase::done:
            return "done";
    }
    return "";
}

op_code agent_operation::code() const {
    switch (phase_) {
        case phase::starting:
            return op_code::starting;
        case phase::running:
            return degraded_ ? op_code::degraded : op_code::running;
        case phase::stopping:
            return op_code::stopping;
        case phase::done:
            return op_code::succeeded;
    }
    return op_code::succeeded;
}

}  // namespace suprsync
