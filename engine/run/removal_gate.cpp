#include "engine/run/removal_gate.hpp"

#include "engine/loop/as_value.hpp"
#include "engine/model/text.hpp"

namespace asio = boost::asio;

namespace suprsync {

removal_gate::watched::watched(removal_gate& gate, const std::string& local_path)
    : gate_(gate), place_(gate.watched_.emplace(name_of(local_path), &changes_)) {}

removal_gate::watched::~watched() { gate_.watched_.erase(place_); }

removal_gate::removal::removal(removal_gate& gate, const std::string& local_path)
    : gate_(gate),
      place_(gate.in_progress_.emplace(name_of(local_path), std::make_shared<std::atomic<bool>>(false))) {}

removal_gate::removal::~removal() {
    gate_.in_progress_.erase(place_);
    gate_.ended_.cancel();
}

void removal_gate::changed(const std::vector<std::string>& local_paths) {
    for (const auto& path : local_paths) {
        const auto [first, last] = watched_.equal_range(std::string(name_of(path)));
        for (auto place = first; place != last; ++place) ++*place->second;
        const auto [begun, end] = in_progress_.equal_range(std::string(name_of(path)));
        for (auto place = begun; place != end; ++place) *place->second = true;
    }
}

void removal_gate::withdraw_all() {
    for (auto& [name, withdrawn] : in_progress_) *withdrawn = true;
}

asio::awaitable<void> removal_gate::settled(std::vector<std::string> local_paths) {
    for (const auto& path : local_paths)
        while (in_progress_.contains(std::string(name_of(path)))) co_await ended_.async_wait(as_value);
}

}  // namespace suprsync
