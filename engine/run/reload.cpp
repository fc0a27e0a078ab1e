// How a running daemon goes over to another configuration.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/report/log.hpp"
#include "engine/run/daemon.hpp"

namespace suprsync {

namespace {

const archive_configuration& named(const daemon_configuration& c, const std::string& archive) {
    return *std::find_if(c.archives.begin(), c.archives.end(),
                         [&](const auto& a) { return a.name == archive; });
}

}  // namespace

result<configuration_changes> daemon::reload(const daemon_configuration& wanted) {
    if (!ready_ || stopping_)
        return failure{failure_code::stopped, "reload", "the configuration", "the daemon does not work now"};
    auto changes = compare(configuration_, wanted);
    const auto next = take_over(configuration_, wanted);

    // What can fail comes first, so that a failure changes nothing.
    std::map<std::string, std::unique_ptr<transport>> ways;
    std::vector<std::string> locked;
    const auto refuse = [&](const failure& why) {
        for (const auto& archive : locked) unlock_archive(archive);
        return why;
    };
    for (const auto& archive : changes.added) {
        // One that is still ending its transfers is locked already.
        if (find_archive(archives_, archive) != archives_.end() || !lock_archive) continue;
        if (auto got = lock_archive(archive); !got) return refuse(got.error());
        locked.push_back(archive);
    }
    try {
        for (const auto& archive : changes.added) ways[archive] = make_transport_(named(next, archive));
        for (const auto& archive : changes.changed)
            ways[archive.name] = make_transport_(named(next, archive.name));
    } catch (const failure_error& e) {
        return refuse(e.why());
    }

    configuration_ = next;
    registrar_.set_archives(roots_of(configuration_));
    notifier_.configuration_changed();
    for (const auto& archive : changes.removed) {
        auto& s = *find_archive(archives_, archive);
        s.next_config.reset();
        s.next_way.reset();
        leave(s);
    }
    for (auto& [archive, way] : ways) {
        const auto place = find_archive(archives_, archive);
        if (place == archives_.end()) {
            archives_.emplace_back(environment_, named(configuration_, archive), std::move(way));
            tasks_.spawn(serve(std::prev(archives_.end())));
            continue;
        }
        place->next_config = named(configuration_, archive);
        place->next_way = std::move(way);
        leave(*place);
    }
    return changes;
}

// No new work; what runs ends by itself.
void daemon::leave(served_archive& s) {
    s.leaving = true;
    s.stop();
}

// An archive has ended its transfers: its next configuration takes its place, or nothing does.
std::optional<served_archives::iterator> daemon::replace(served_archives::iterator place) {
    const auto name = place->context.config.name;
    if (!place->next_config) {
        archives_.erase(place);
        conditions_.clear_archive(name);
        if (unlock_archive) unlock_archive(name);
        log::info({.archive = name}, "is removed");
        return std::nullopt;
    }
    const auto next =
        archives_.emplace(place, environment_, std::move(*place->next_config), std::move(place->next_way));
    const auto& old = place->context;
    auto& context = next->context;
    context.counts = old.counts;
    context.counts_known = old.counts_known && catalog_is_open_;
    context.counters = old.counters;
    context.ocs_stopped = old.ocs_stopped;
    context.last_copy = old.last_copy;
    context.files_verified = old.files_verified;
    context.files_deleted = old.files_deleted;
    context.late_files = old.late_files;
    context.back_dated_at = old.back_dated_at;
    context.replaced_at = old.replaced_at;
    context.sync_failure = old.sync_failure;
    context.failed_sync_known = old.failed_sync_known;
    context.instruments = old.instruments;
    context.space_here = old.space_here;
    context.outcomes.follow(old.outcomes);
    archives_.erase(place);
    // Whoever would end this condition is gone; the others end as their cause does.
    if (!context.config.delete_local_after) context.clear(condition_kind::deletion_failed);
    log::info({.archive = name}, "has its new configuration");
    return next;
}

}  // namespace suprsync
