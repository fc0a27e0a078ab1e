#include "engine/rules/connection_choice.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace suprsync {

namespace {

using choice = connection_choice::step;

std::optional<std::size_t> least_loaded(const std::vector<connection_load>& loads, bool connected,
                                        bool transfer, int most_channels) {
    const auto weight = [transfer](const connection_load& load) {
        return std::tuple(transfer ? load.transfers : 0, load.channels);
    };
    std::optional<std::size_t> least;
    for (std::size_t i = 0; i < loads.size(); ++i)
        if (loads[i].connected == connected && loads[i].channels < most_channels &&
            (!least || weight(loads[i]) < weight(loads[*least])))
            least = i;
    return least;
}

}  // namespace

void connection_limits::channel_refused(int channels_then) {
    channels = std::clamp(channels_then - 1, 1, channels);
}

void connection_limits::connection_refused(int connected) {
    connections = std::clamp(connected, 1, connections);
}

connection_choice choose_connection(const std::vector<connection_load>& loads, bool transfer,
                                    const connection_limits& limits) {
    const auto usable = least_loaded(loads, true, transfer, limits.channels);
    const auto coming = least_loaded(loads, false, transfer, limits.channels);
    if (transfer) {
        const bool more = static_cast<int>(loads.size()) < limits.connections;
        if (usable && loads[*usable].transfers < limits.transfers) return {choice::take, *usable};
        if (coming && loads[*coming].transfers < limits.transfers) return {choice::wait, *coming};
        if (more) return {choice::connect, 0};
    }
    if (usable) return {choice::take, *usable};
    if (coming) return {choice::wait, *coming};
    return {choice::connect, 0};
}

}  // namespace suprsync
