#include "engine/rules/staging_slots.hpp"

#include <algorithm>
#include <utility>

#include "engine/model/text.hpp"
#include "engine/rules/backoff.hpp"

namespace suprsync {

void staging_slots::take(int slot, std::vector<std::string> remote_paths) {
    auto& s = at(slot);
    s.in_use = true;
    for (const auto& path : remote_paths) in_flight_.insert(lower(path));
    s.remote_paths = std::move(remote_paths);
}

void staging_slots::release(int slot) {
    auto& s = at(slot);
    s.in_use = false;
    for (const auto& path : std::exchange(s.remote_paths, {})) in_flight_.erase(lower(path));
}

bool staging_slots::in_flight(const std::string& remote_path) const {
    return in_flight_.contains(lower(remote_path));
}

std::vector<int> staging_slots::those_that_are(bool in_use) const {
    std::vector<int> those;
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (slots_[i].in_use == in_use) those.push_back(static_cast<int>(i));
    return those;
}

std::vector<int> staging_slots::free(epoch_seconds now) const {
    std::vector<bool> awaited(slots_.size());
    for (const auto& [path, slot] : parts_)
        if (!in_flight(path)) awaited[static_cast<std::size_t>(slot)] = true;
    std::vector<int> free;
    for (const bool last : {false, true})
        for (std::size_t i = 0; i < slots_.size(); ++i)
            if (awaited[i] == last && !slots_[i].in_use &&
                is_over(slots_[i].paused_until, now, longest_pause))
                free.push_back(static_cast<int>(i));
    return free;
}

int staging_slots::found_locked(int slot, epoch_seconds now) {
    auto& s = at(slot);
    ++s.locked_in_a_row;
    s.paused_until = now + std::min(longest_pause, first_pause * std::max(1, s.locked_in_a_row - 2));
    // What lies there is worth waiting for, but not for ever.
    if (s.locked_in_a_row >= patience) std::erase_if(parts_, [&](const auto& p) { return p.second == slot; });
    return s.locked_in_a_row;
}

bool staging_slots::found_free(int slot) {
    at(slot).paused_until = 0;
    return std::exchange(at(slot).locked_in_a_row, 0) > 0;
}

bool staging_slots::any_locked() const {
    return std::any_of(slots_.begin(), slots_.end(), [](const auto& s) { return s.locked_in_a_row > 0; });
}

std::optional<epoch_seconds> staging_slots::next_check() const {
    std::optional<epoch_seconds> next;
    for (const auto& s : slots_)
        if (s.locked_in_a_row > 0 && !s.in_use && (!next || s.paused_until < *next)) next = s.paused_until;
    return next;
}

std::optional<int> staging_slots::slot_of(const std::string& remote_path) const {
    const auto place = parts_.find(remote_path);
    return place == parts_.end() ? std::nullopt : std::optional(place->second);
}

std::vector<staged_file> staging_slots::adopt(const std::vector<staged_file>& found,
                                              const std::vector<bool>& awaited) {
    std::vector<staged_file> foreign;
    std::unordered_map<std::string, const staged_file*> longest;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto& file = found[i];
        const auto slot = static_cast<std::size_t>(file.slot);
        if (slot < slots_.size() && slots_[slot].in_use) continue;
        // What goes by another slot now has left this one for good.
        if (!awaited[i] || slot >= slots_.size() || in_flight(file.remote_path)) {
            foreign.push_back(file);
            continue;
        }
        auto& kept = longest[file.remote_path];
        if (kept) foreign.push_back(kept->size < file.size ? *kept : file);
        if (!kept || kept->size < file.size) kept = &file;
    }
    for (const auto& [path, file] : longest) left(path, file->slot);
    return foreign;
}

std::vector<staged_file> staging_slots::resting() const {
    std::vector<staged_file> files;
    for (const auto& [path, slot] : parts_)
        if (!in_flight(path)) files.push_back({slot, path, 0});
    return files;
}

}  // namespace suprsync
