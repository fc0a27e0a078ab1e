#include "engine/rules/unusable_directories.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/model/text.hpp"
#include "engine/rules/backoff.hpp"

namespace suprsync {

namespace {

constexpr std::size_t most_shown = 5;

}  // namespace

epoch_seconds unusable_directories::met(const std::string& remote_path, std::string_view reason,
                                        epoch_seconds now) {
    auto& t = known_[directory_of(remote_path)];
    t.reason = reason;
    if (is_over(t.next, now, most_delay)) {
        t.times = std::min(t.times + 1, 10);
        t.next = now + std::min(most_delay, first_delay * std::exp2(t.times - 1));
    }
    return t.next;
}

const unusable_directories::unusable* unusable_directories::holding(const std::string& remote_path,
                                                                    epoch_seconds now) const {
    if (known_.empty()) return nullptr;
    const auto found = known_.find(directory_of(remote_path));
    return found == known_.end() || is_over(found->second.next, now, most_delay) ? nullptr : &found->second;
}

void unusable_directories::published(const std::string& remote_path) {
    if (known_.empty()) return;
    if (const auto found = known_.find(directory_of(remote_path)); found != known_.end()) known_.erase(found);
}

void unusable_directories::forget_unmet(epoch_seconds now) {
    std::erase_if(known_, [&](const auto& entry) { return std::abs(entry.second.next - now) > most_delay; });
}

std::string unusable_directories::shown(std::string_view reason) {
    const auto end = reason.find("//");
    if (end == std::string_view::npos) return std::string(reason);
    const auto directory = end == 0 ? "the base directory" : std::string(reason.substr(0, end));
    return directory + ": " + std::string(reason.substr(end + 2));
}

std::string unusable_directories::text() const {
    std::set<std::string> reasons;
    for (const auto& [directory, t] : known_) reasons.insert(shown(t.reason));
    std::string text;
    std::size_t count = 0;
    for (const auto& reason : reasons) {
        if (count++ == most_shown)
            return text + "; and " + std::to_string(reasons.size() - most_shown) + " more";
        if (!text.empty()) text += "; ";
        text += reason;
    }
    return text;
}

}  // namespace suprsync
