#include "engine/config/configuration_difference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/config/configuration_keys.hpp"
#include "engine/config/notify_keys.hpp"

namespace suprsync {

namespace {

// Options of the daemon that a running one can change.
const std::set<std::string> taken_over{"suprsync-file-root", "instance-id", "local-root",
                                       "shutdown-grace",     "log-level",   "http-listen",
                                       "site-hub",           "site-realm",  "address-root"};

template <class Keys, class Configuration>
std::vector<key_change> differences(const Keys& keys, const Configuration& before,
                                    const Configuration& after) {
    std::vector<key_change> found;
    for (const auto& key : keys) {
        const auto was = key.show(before);
        const auto is = key.show(after);
        if (was != is)
            found.push_back({key.key, show_values(key.kind, shown_values(key, before)),
                             show_values(key.kind, shown_values(key, after))});
    }
    return found;
}

bool is_taken_over(const std::string& key) {
    const auto& keys = daemon_keys();
    const auto place = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.key == key; });
    return place != keys.end() && taken_over.contains(place->option);
}

// Of those who are told, in their order; all of it takes effect at once.
std::vector<key_change> notify_differences(const std::vector<notify_configuration>& before,
                                           const std::vector<notify_configuration>& after) {
    std::vector<key_change> found;
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        const auto name = fmt::format("notify[{}]", i);
        if (i >= before.size() || i >= after.size()) {
            found.push_back({name, i < before.size() ? place_of(before[i]) : "none",
                             i < after.size() ? place_of(after[i]) : "none"});
            continue;
        }
        auto keys = differences(notify_keys(), before[i], after[i]);
        // What the file holds is another address, or can be read only now.
        if (keys.empty() && before[i] != after[i])
            keys.push_back(
                {"webhook_file", secret_shown, fmt::format("{}, with another address", secret_shown)});
        for (auto& change : keys)
            found.push_back({name + "." + change.key, std::move(change.before), std::move(change.after)});
    }
    return found;
}

const archive_configuration* find(const daemon_configuration& c, const std::string& name) {
    const auto place =
        std::find_if(c.archives.begin(), c.archives.end(), [&](const auto& a) { return a.name == name; });
    return place == c.archives.end() ? nullptr : &*place;
}

std::string text_of(const std::vector<key_change>& changes) {
    std::vector<std::string> texts;
    for (const auto& c : changes) texts.push_back(fmt::format("{}: {} -> {}", c.key, c.before, c.after));
    return fmt::format("{}", fmt::join(texts, "; "));
}

}  // namespace

bool configuration_changes::none() const {
    return added.empty() && removed.empty() && changed.empty() && of_daemon.empty() && need_restart.empty();
}

std::vector<std::string> configuration_changes::lines() const {
    std::vector<std::string> all;
    for (const auto& name : added) all.push_back(fmt::format("archive {} is added", name));
    for (const auto& name : removed)
        all.push_back(fmt::format("archive {} is removed when its running transfers have ended", name));
    for (const auto& archive : changed)
        all.push_back(fmt::format("archive {} changes when its running transfers have ended ({})",
                                  archive.name, text_of(archive.keys)));
    for (const auto& change : of_daemon) all.push_back(text_of({change}));
    for (const auto& change : need_restart)
        all.push_back(text_of({change}) + ": takes effect with the next start only");
    return all;
}

configuration_changes compare(const daemon_configuration& running, const daemon_configuration& wanted) {
    configuration_changes c;
    for (const auto& archive : wanted.archives) {
        const auto* before = find(running, archive.name);
        if (!before) {
            c.added.push_back(archive.name);
            continue;
        }
        auto keys = differences(archive_keys(), *before, archive);
        if (!keys.empty()) c.changed.push_back({archive.name, std::move(keys)});
    }
    for (const auto& archive : running.archives)
        if (!find(wanted, archive.name)) c.removed.push_back(archive.name);
    for (auto& change : differences(daemon_keys(), running, wanted))
        (is_taken_over(change.key) ? c.of_daemon : c.need_restart).push_back(std::move(change));
    for (auto& change : notify_differences(running.notify, wanted.notify))
        c.of_daemon.push_back(std::move(change));
    return c;
}

daemon_configuration take_over(const daemon_configuration& running, const daemon_configuration& wanted) {
    auto next = running;
    next.archives = wanted.archives;
    next.notify = wanted.notify;
    for (const auto& key : daemon_keys())
        if (taken_over.contains(key.option)) {
            const auto values = key.show(wanted);
            key.take(next, values);
        }
    return next;
}

}  // namespace suprsync
