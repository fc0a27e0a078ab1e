// What stands at final paths (net/remote/stat.sh): links are followed, as whoever reads there follows them.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "engine/files/file_facts.hpp"
#include "net/place/base_directory.hpp"
#include "net/place/entering.hpp"
#include "net/place/reading.hpp"
#include "net/place/remote_objects.hpp"
#include "net/place/spelling.hpp"
#include "net/place/syncing.hpp"
#include "net/remote/verb_rules.hpp"

namespace suprsync {

namespace {

void look_at(int base, const std::string& path, const base_state& state, bool other_names,
             stat_answer& answer) {
    if (other_names)
        if (const auto listed = listed_otherwise(base, path)) {
            answer.listed_as = *listed;
            return;
        }
    struct ::stat seen{};
    if (::fstatat(base, path.c_str(), &seen, 0) != 0) {
        answer.answered = errno == ENOENT || errno == ENOTDIR;
        return;
    }
    answer.answered = true;
    answer.object = object_of(seen, state);
    if (S_ISREG(seen.st_mode)) answer.size = answer.object->size;
}

}  // namespace

stat_report base_directory::stat(const stat_request& request, work_watch& watch) const {
    const call_names call{"look at files at", options_.name};
    stat_report report;
    report.end.exit_class = "0";
    report.boot = state_.boot;
    report.answers.resize(request.remote_paths.size());
    const auto fail = [&](failure why) {
        report.end = ended_with(std::move(why));
        return report;
    };
    const auto base = enter_base(state_, call);
    if (!base) return fail(base.error());
    if (request.sync_first) {
        const auto synced = sync_there(base->number(), state_, request, watch, call);
        report.sync_failed = synced.failed;
        if (synced.error) return fail(*synced.error);
    }
    // Where nothing is staged, names are written that were never looked for.
    const bool other_names = state_.ignores_case || state_.staging.empty();
    for (std::size_t i = 0; i < report.answers.size() && !watch.stop; ++i) {
        look_at(base->number(), request.remote_paths[i], state_, other_names, report.answers[i]);
        watch.alive();
    }
    for (std::size_t i = 0; request.md5 && i < report.answers.size() && !watch.stop; ++i) {
        auto& answer = report.answers[i];
        if (!answer.size) continue;
        const auto file = open_to_read(base->number(), request.remote_paths[i]);
        struct ::stat seen{};
        if (!file || ::fstat(file.number(), &seen) != 0 || !S_ISREG(seen.st_mode)) continue;
        auto sum = sum_of_open(file.number(), request.from_disk, watch, request.from_disk ? request.pace : 0);
        if (!sum.md5.empty()) answer.md5 = std::move(sum.md5);
        answer.source = sum.source;
    }
    if (watch.stop) return fail(call.stopped());
    return report;
}

}  // namespace suprsync
