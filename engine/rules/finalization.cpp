#include "engine/rules/finalization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/model/option_words.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/backoff.hpp"

namespace suprsync {

int newest_believed(epoch_seconds now) { return timecode_at(now) + 1; }

bool is_completed(int timecode, std::optional<int> newest_with_data, epoch_seconds now) {
    return timecode_at(now) - timecode > 1 || (newest_with_data && *newest_with_data > timecode);
}

double quiet_before(int revision) {
    double quiet = 60;
    if (revision < 2) return 0;
    for (int n = 2; n < revision && quiet < longest_quiet; ++n) quiet *= 2;
    return std::min(quiet, longest_quiet);
}

finalization_step next_step(const open_timecode& d, std::optional<int> newest_with_data, epoch_seconds now,
                            std::optional<epoch_seconds> put_off_since) {
    if (!is_completed(d.timecode, newest_with_data, now)) return finalization_step::wait;
    if (d.unsettled > 0)
        return d.failed == d.unsettled ? finalization_step::blocked : finalization_step::wait;
    if (d.lost > 0 || d.removed_there) return finalization_step::blocked;
    // Names carry whole seconds: a second apart, two revisions never meet in one.
    if (!is_over(d.last_finalized_at + between_revisions, now, between_revisions))
        return finalization_step::too_soon;
    const bool quiet = is_over(d.settled_at + quiet_before(d.revision + 1), now, longest_quiet);
    if (!quiet && !(put_off_since && is_over(*put_off_since + longest_put_off, now, longest_put_off)))
        return finalization_step::not_quiet;
    return finalization_step::finalize;
}

epoch_seconds finalized_until(const std::optional<epoch_seconds>& oldest_unsettled, epoch_seconds now) {
    // A date in the future must not promise what is not here yet.
    const auto until = oldest_unsettled ? std::min(*oldest_unsettled - 1, now) : now;
    // As readers are told it: their microsecond is never a later one.
    constexpr double in_second = 1e6;
    const auto whole = std::floor(until * in_second);
    return (whole / in_second > until ? whole - 1 : whole) / in_second;
}

epoch_seconds promised(epoch_seconds computed, epoch_seconds published) {
    return std::max(computed, published);
}

bool may_be_published(epoch_seconds until, epoch_seconds published,
                      const std::optional<epoch_seconds>& oldest_unsettled) {
    if (until <= published) return until == published;
    return !oldest_unsettled || *oldest_unsettled >= until;
}

finalization_file compose_finalization(const std::string& root, const std::string& instance_id,
                                       const std::string& archive, const timecode_summary& s,
                                       epoch_seconds now, epoch_seconds until) {
    const int tc_now = timecode_at(now);
    const auto after = fmt::format("_{}{}", timecode_directory(s.timecode), finalization_suffix);
    const auto before = fmt::format("{}_", static_cast<long long>(now));
    const auto name =
        before + shortened(archive, longest_name - before.size() - after.size(), archive) + after;

    // The agent's keys in its order (sorted); readers parse subdirs, archive_name, timecode and instance_id.
    auto text = fmt::format(
        "archive_name: {}\nfinalized_at: {:.6f}\nfinalized_until: {:.6f}\ninstance_id: {}\nnum_files: {}\nsubdirs:",
        yaml_text(archive), now, until, yaml_text(instance_id), s.num_files);
    if (s.subdirs.empty()) text += " []";
    for (const auto& subdir : s.subdirs) text += "\n  - " + yaml_text(subdir);
    text += fmt::format("\ntimecode: {}\n", s.timecode);
    if (s.revision > 1) text += fmt::format("revision: {}\n", s.revision);

    return {fmt::format("{}/{}/{}/{}", root, tc_now, instance_id, name),
            fmt::format("{}/suprsync/{}/{}", tc_now, instance_id, name), text};
}

}  // namespace suprsync
