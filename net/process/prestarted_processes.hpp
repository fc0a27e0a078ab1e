// Processes that were started before their work is known, each with what it needs while it waits: connecting,
// and what a process costs to start, is most of what a small file takes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "net/process/child_process.hpp"

namespace suprsync {

/// How long a prestarted process waits for its work, unless something of its own ends earlier.
inline constexpr auto prestarted_life = std::chrono::seconds(30);

/// `Resources` live as long as their process waits; `usable()` tells whether it may still be given work.
/// Several processes may wait under one key.
template <class Key, class Resources>
class prestarted_processes {
  public:
    struct process {
        Key key;
        Resources resources;
        prestarted_child child;
    };

    explicit prestarted_processes(child_runner& runner) : runner_(runner) {}

    /// Nothing where it cannot be started: whoever wants it later starts one of its own.
    void start(Key key, Resources resources, child_request request,
               std::chrono::nanoseconds life = prestarted_life) {
        if (auto child = runner_.prestart(std::move(request), life))
            waiting_.push_back({std::move(key), std::move(resources), std::move(*child)});
    }
    /// How many wait under a key.
    std::size_t count(const Key& key) {
        drop_unusable();
        return static_cast<std::size_t>(
            std::count_if(waiting_.begin(), waiting_.end(), [&](const process& p) { return p.key == key; }));
    }
    /// The one that has waited longest under a key; none where none waits.
    std::optional<process> take(const Key& key) {
        drop_unusable();
        const auto found =
            std::find_if(waiting_.begin(), waiting_.end(), [&](const process& p) { return p.key == key; });
        if (found == waiting_.end()) return std::nullopt;
        std::optional<process> taken(std::move(*found));
        waiting_.erase(found);
        return taken;
    }
    /// Ends those that wait under a key.
    void end(const Key& key) {
        std::erase_if(waiting_, [&](const process& p) { return p.key == key; });
    }
    /// The keys of those that wait.
    std::vector<Key> keys() {
        drop_unusable();
        std::vector<Key> all;
        for (const auto& p : waiting_) all.push_back(p.key);
        return all;
    }

  private:
    void drop_unusable() {
        std::erase_if(waiting_, [](const process& p) { return !p.resources.usable() || !p.child.waits(); });
    }

    child_runner& runner_;
    std::vector<process> waiting_;
};

}  // namespace suprsync
