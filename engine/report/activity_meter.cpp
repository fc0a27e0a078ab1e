#include "engine/report/activity_meter.hpp"

namespace suprsync {

namespace {

double per_second(std::uint64_t amount) {
    return static_cast<double>(amount) / std::chrono::duration<double>(activity_meter::window).count();
}

}  // namespace

void activity_meter::add(sample s) {
    forget_before(s.at - window);
    bytes_ += s.bytes;
    files_ += s.files;
    if (!samples_.empty() && s.at - samples_.back().at < std::chrono::milliseconds(100)) {
        samples_.back().bytes += s.bytes;
        samples_.back().files += s.files;
    } else {
        samples_.push_back(s);
    }
}

void activity_meter::forget_before(time_point oldest) {
    while (!samples_.empty() && samples_.front().at < oldest) {
        bytes_ -= samples_.front().bytes;
        files_ -= samples_.front().files;
        samples_.pop_front();
    }
}

double activity_meter::bytes_per_second(time_point now) {
    forget_before(now - window);
    return per_second(bytes_);
}

double activity_meter::files_per_second(time_point now) {
    forget_before(now - window);
    return per_second(files_);
}

}  // namespace suprsync
