#include "engine/model/did_you_mean.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/model/text.hpp"

namespace suprsync {

namespace {

// Damerau-Levenshtein (optimal string alignment): letters put in, left out, exchanged, or in each other's
// place.
std::size_t distance(const std::string& one, const std::string& other) {
    std::vector<std::vector<std::size_t>> d(one.size() + 1, std::vector<std::size_t>(other.size() + 1));
    for (std::size_t i = 0; i <= one.size(); ++i)
        for (std::size_t j = 0; j <= other.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            const bool same = lower(one[i - 1]) == lower(other[j - 1]);
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[one.size()][other.size()];
}

}  // namespace

std::optional<std::string> likely_meant(const std::string& name, const std::vector<std::string>& names) {
    constexpr std::size_t longest_compared = 255;
    std::size_t least = std::numeric_limits<std::size_t>::max();
    const std::string* nearest = nullptr;
    bool several = false;
    for (const auto& other : names) {
        if (std::max(name.size(), other.size()) > longest_compared) continue;
        const auto slips = distance(name, other);
        several = slips == least || (several && slips > least);
        if (slips >= least) continue;
        least = slips;
        nearest = &other;
    }
    if (!nearest || several || least * 3 > std::max(name.size(), nearest->size())) return std::nullopt;
    return *nearest;
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& names) {
    const auto meant = likely_meant(name, names);
    return meant ? fmt::format(" (did you mean '{}'?)", *meant) : "";
}

}  // namespace suprsync
