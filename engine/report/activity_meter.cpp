#include "engine/report/activity_meter.hpp"

#include <algorithm>

namespace suprsync {

void activity_meter::track::add(const sample& s) {
    forget_before(s.at - window);
    bytes += s.bytes;
    files += s.files;
    if (!samples.empty() && s.at - samples.back().at < between) {
        samples.back().bytes += s.bytes;
        samples.back().files += s.files;
    } else {
        samples.push_back(s);
    }
}

void activity_meter::track::forget_before(time_point oldest) {
    while (!samples.empty() && samples.front().at < oldest) {
        bytes -= samples.front().bytes;
        files -= samples.front().files;
        samples.pop_front();
    }
}

void activity_meter::add(const sample& s) {
    if (!begun_) begun_ = s.at;
    for (auto& one : tracks_) one.add(s);
}

activity_meter::track& activity_meter::track_of(std::chrono::seconds over) {
    for (auto& one : tracks_)
        if (one.window == over) return one;
    return tracks_.front();
}

double activity_meter::per_second(std::uint64_t amount, time_point now, std::chrono::seconds over) const {
    const std::chrono::duration<double> whole = over;
    const std::chrono::duration<double> since = begun_ ? now - *begun_ : whole;
    const auto least = std::min<std::chrono::duration<double>>(whole, window);
    return static_cast<double>(amount) / std::clamp(since, least, whole).count();
}

double activity_meter::bytes_per_second(time_point now, std::chrono::seconds over) {
    auto& one = track_of(over);
    one.forget_before(now - one.window);
    return per_second(one.bytes, now, one.window);
}

double activity_meter::files_per_second(time_point now, std::chrono::seconds over) {
    auto& one = track_of(over);
    one.forget_before(now - one.window);
    return per_second(one.files, now, one.window);
}

}  // namespace suprsync
