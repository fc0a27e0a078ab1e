#include "engine/rules/finalization.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "engine/rules/backoff.hpp"

namespace suprsync {

bool is_completed(int timecode, const std::vector<int>& with_data_newest, epoch_seconds now) {
    const int tc_now = timecode_at(now);
    if (tc_now - timecode > 1) return true;
    for (const int other : with_data_newest)
        if (other > timecode && other <= tc_now + 1) return true;
    return false;
}

double quiet_before(int revision) {
    double quiet = 60;
    if (revision < 2) return 0;
    for (int n = 2; n < revision && quiet < longest_quiet; ++n) quiet *= 2;
    return std::min(quiet, longest_quiet);
}

finalization_step next_step(const open_timecode& d, const std::vector<int>& with_data_newest,
                            epoch_seconds now, std::optional<epoch_seconds> put_off_since) {
    if (!is_completed(d.timecode, with_data_newest, now)) return finalization_step::wait;
    if (d.unsettled > 0)
        return d.failed == d.unsettled ? finalization_step::blocked : finalization_step::wait;
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
    return oldest_unsettled ? std::min(*oldest_unsettled - 1, now) : now;
}

finalization_file compose_finalization(const std::string& root, const std::string& instance_id,
                                       const std::string& archive, const timecode_summary& s,
                                       epoch_seconds now, epoch_seconds until) {
    const int tc_now = timecode_at(now);
    const auto name =
        fmt::format("{}_{}_{:05d}_finalized.yaml", static_cast<long long>(now), archive, s.timecode);

    // The agent's keys in its order (sorted); readers parse subdirs, archive_name, timecode and instance_id.
    YAML::Emitter yaml;
    yaml << YAML::BeginMap;
    yaml << YAML::Key << "archive_name" << YAML::Value << YAML::DoubleQuoted << archive;
    yaml << YAML::Key << "finalized_at" << YAML::Value << fmt::format("{:.6f}", now);
    yaml << YAML::Key << "finalized_until" << YAML::Value << fmt::format("{:.6f}", until);
    yaml << YAML::Key << "instance_id" << YAML::Value << YAML::DoubleQuoted << instance_id;
    yaml << YAML::Key << "num_files" << YAML::Value << s.num_files;
    yaml << YAML::Key << "subdirs" << YAML::Value << YAML::BeginSeq;
    for (const auto& subdir : s.subdirs) yaml << YAML::DoubleQuoted << subdir;
    yaml << YAML::EndSeq;
    yaml << YAML::Key << "timecode" << YAML::Value << s.timecode;
    if (s.revision > 1) yaml << YAML::Key << "revision" << YAML::Value << s.revision;
    yaml << YAML::EndMap;

    return {fmt::format("{}/{}/{}/{}", root, tc_now, instance_id, name),
            fmt::format("{}/suprsync/{}/{}", tc_now, instance_id, name), std::string(yaml.c_str()) + "\n"};
}

}  // namespace suprsync
