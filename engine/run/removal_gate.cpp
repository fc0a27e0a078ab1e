#include "engine/run/removal_gate.hpp"

#include <algorithm>

#include "engine/loop/as_value.hpp"
#include "engine/model/text.hpp"

namespace asio = boost::asio;

namespace suprsync {

removal_gate::watched::watched(removal_gate& gate, const std::string& local_path)
    : gate_(gate), place_(gate.watched_.emplace(name_of(local_path), &changes_)) {}

removal_gate::watched::~watched() { gate_.watched_.erase(place_); }

removal_gate::removal::removal(removal_gate& gate, const std::string& archive, const std::string& local_path)
    : gate_(gate), place_(gate.in_progress_.emplace(name_of(local_path), begun{archive})) {}

removal_gate::removal::~removal() {
    gate_.in_progress_.erase(place_);
    gate_.ended_.cancel();
}

void removal_gate::changed(const std::vector<std::string>& local_paths) {
    for (const auto& path : local_paths) {
        const auto [first, last] = watched_.equal_range(std::string(name_of(path)));
        for (auto place = first; place != last; ++place) ++*place->second;
        const auto [begin, end] = in_progress_.equal_range(std::string(name_of(path)));
        for (auto place = begin; place != end; ++place) *place->second.withdrawn = true;
    }
}

void removal_gate::withdraw_all() {
    for (auto& [name, removal] : in_progress_) *removal.withdrawn = true;
}

asio::awaitable<void> removal_gate::settled(std::vector<std::string> local_paths) {
    for (const auto& path : local_paths)
        while (in_progress_.contains(std::string(name_of(path)))) co_await ended_.async_wait(as_value);
}

asio::awaitable<void> removal_gate::archive_settled(std::string archive) {
    const auto still_removed = [&](const auto& one) {
        return one.second.archive == archive && *one.second.withdrawn;
    };
    while (std::any_of(in_progress_.begin(), in_progress_.end(), still_removed))
        co_await ended_.async_wait(as_value);
}

}  // namespace suprsync
