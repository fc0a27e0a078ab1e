// One archive that the daemon serves, with the coroutines that work on it, and what a reload has in mind for
// it.
#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "engine/run/archive_worker.hpp"
#include "engine/run/copy_prover.hpp"
#include "engine/run/deleter.hpp"
#include "engine/run/early_sums.hpp"
#include "engine/run/finalizer.hpp"
#include "engine/run/scrubber.hpp"
#include "engine/run/space_watch.hpp"

namespace suprsync {

struct served_archive {
    served_archive(environment& environment, archive_configuration c, std::unique_ptr<transport> t)
        : way(std::move(t)),
          context(environment, std::move(c), *way),
          worker(context),
          removal(context),
          copies(context),
          days(context),
          sums(context),
          space(context),
          scrub(context) {}

    std::unique_ptr<transport> way;
    archive_context context;
    archive_worker worker;
    deleter removal;
    copy_prover copies;
    finalizer days;
    early_sums sums;
    space_watch space;
    scrubber scrub;

    /// Nothing more can be done now, for --once.
    bool done() const {
        if (leaving) return false;
        // The finalizer's check also brings the figures that tell whether everything is settled.
        if (worker.batches_in_flight() > 0 || !days.idle()) return false;
        if (worker.gave_up() || context.rests()) return true;
        return worker.idle() && removal.idle() && copies.idle();
    }

    /// Every file is, and every day that is due announced.
    bool settled() const {
        return context.counts.unsettled == 0 && !context.environment.clock_watch.holds() && !days.failed() &&
               !days.blocked();
    }

    /// Takes no new work; what runs ends by itself.
    void stop() {
        context.stopping = true;
        context.environment.removals.withdraw_all();
        context.prove_wake.notify();
        context.wake_all();
        space.stop();
    }

    bool opened = false;
    /// A reload takes the archive away, or puts another configuration in its place.
    bool leaving = false;
    std::optional<archive_configuration> next_config;
    std::unique_ptr<transport> next_way;
};

/// A list: an archive stays in its place while others come and go.
using served_archives = std::list<served_archive>;

/// The end where no archive has that name.
inline served_archives::iterator find_archive(served_archives& archives, const std::string& name) {
    return std::find_if(archives.begin(), archives.end(),
                        [&](const served_archive& s) { return s.context.config.name == name; });
}

inline void wake_all(served_archives& archives) {
    for (auto& s : archives) s.context.wake_all();
}

}  // namespace suprsync
